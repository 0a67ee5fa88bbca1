/**
 * Drivers that answer as AWS would, without any AWS: each resource gets an id, an ARN and the other outputs of its type, made
 * from its URN and inputs alone, so a plan is the same on every machine.
 */
import { createHash } from "node:crypto";
import type { FunctionDriver, ResourceDriver, ResourceRequest } from "./types.ts";

export interface Account {
  readonly region: string;
  readonly accountId: string;
}

interface Context extends Account {
  readonly request: ResourceRequest;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Physical name: the declared one, else logical name and seven hexadecimal digits, as Pulumi's auto-naming does. */
  readonly name: string;
  /** Hexadecimal digits that only this resource has. */
  hex(length: number): string;
  arn(service: string, resource: string, scope?: "regional" | "global" | "partition"): string;
}

type Outputs = Record<string, unknown> & { readonly id: string };
type Rule = (context: Context) => Outputs;

const named =
  (service: string, prefix: string, scope?: "regional" | "global"): Rule =>
  ({ name, arn }) => ({ id: name, name, arn: arn(service, `${prefix}${name}`, scope) });

const identified =
  (service: string, prefix: string): Rule =>
  ({ hex, arn }) => {
    const id = `${prefix}-0${hex(16)}`;
    return { id, arn: arn(service, `${service === "ec2" ? kindOf[prefix] : prefix}/${id}`) };
  };

const kindOf: Readonly<Record<string, string>> = {
  sg: "security-group",
  sgr: "security-group-rule",
  lt: "launch-template",
  fl: "vpc-flow-log",
};

/** Settings of a bucket stand under the bucket's own name. */
const ofBucket: Rule = ({ inputs }) => ({ id: String(inputs.bucket) });

const loadBalancing =
  (kind: string, prefix: string): Rule =>
  ({ name, hex, arn, region }) => {
    const suffix = `${prefix}${name}/${hex(16)}`;
    const full = arn("elasticloadbalancing", `${kind}/${suffix}`);
    const dnsName = `${name}-${Number.parseInt(hex(8), 16)}.${region}.elb.amazonaws.com`;
    const address = kind === "loadbalancer" ? { arnSuffix: suffix, dnsName, zoneId: "Z35SXDOTRQ7X7K" } : {};
    return { id: full, arn: full, name, arnSuffix: `${kind}/${suffix}`, ...address };
  };

const rules: Readonly<Record<string, Rule>> = {
  "awsx:ec2:Vpc": ({ hex, inputs }) => {
    const types = ["Public", "Private", "Isolated"];
    const zones = Number(inputs.numberOfAvailabilityZones ?? 3);
    const specs = (inputs.subnetSpecs as { readonly type: string }[] | undefined) ?? [
      { type: "Private" },
      { type: "Public" },
    ];
    const idsOf = (prefix: string, type: string) => {
      if (!specs.some((spec) => spec.type === type)) return [];
      return Array.from({ length: zones }, (_, zone) => `${prefix}-0${hex(12)}${types.indexOf(type)}00${zone}`);
    };
    return {
      id: "",
      vpcId: `vpc-0${hex(16)}`,
      publicSubnetIds: idsOf("subnet", "Public"),
      privateSubnetIds: idsOf("subnet", "Private"),
      isolatedSubnetIds: idsOf("subnet", "Isolated"),
      routeTables: types.flatMap((type) => idsOf("rtb", type).map((id) => ({ id }))),
    };
  },
  "aws:acm/certificate:Certificate": ({ hex, arn, inputs }) => {
    const uuid = [8, 4, 4, 4, 12].map((length) => hex(length)).join("-");
    const id = arn("acm", `certificate/${uuid}`);
    if (inputs.domainName === undefined) return { id, arn: id };
    const domains = [inputs.domainName, ...((inputs.subjectAlternativeNames as string[] | undefined) ?? [])];
    const domainValidationOptions = domains.map((domainName) => ({
      domainName,
      resourceRecordName: `_${hex(32)}.${domainName}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_${hex(32)}.acm-validations.aws.`,
    }));
    return { id, arn: id, domainValidationOptions };
  },
  "aws:acm/certificateValidation:CertificateValidation": ({ hex, inputs }) => ({
    id: hex(32),
    certificateArn: inputs.certificateArn,
  }),
  "aws:autoscaling/group:Group": ({ name, arn, hex }) => ({
    id: name,
    name,
    arn: arn("autoscaling", `autoScalingGroup:${hex(32)}:autoScalingGroupName/${name}`),
  }),
  "aws:autoscaling/policy:Policy": ({ name, arn, hex, inputs }) => ({
    id: name,
    name,
    arn: arn(
      "autoscaling",
      `scalingPolicy:${hex(32)}:autoScalingGroupName/${inputs.autoscalingGroupName}:policyName/${name}`,
    ),
  }),
  "aws:cloudwatch/logGroup:LogGroup": named("logs", "log-group:"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": named("cloudwatch", "alarm:"),
  "aws:dynamodb/table:Table": named("dynamodb", "table/"),
  "aws:ec2/launchTemplate:LaunchTemplate": (context) => ({
    ...identified("ec2", "lt")(context),
    name: context.name,
    latestVersion: 1,
    defaultVersion: 1,
  }),
  "aws:ec2/securityGroup:SecurityGroup": (context) => ({ ...identified("ec2", "sg")(context), name: context.name }),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (context) => ({
    ...identified("ec2", "sg")(context),
    name: "default",
  }),
  "aws:ec2/flowLog:FlowLog": identified("ec2", "fl"),
  "aws:glacier/vault:Vault": named("glacier", "vaults/"),
  "aws:iam/instanceProfile:InstanceProfile": named("iam", "instance-profile/", "global"),
  "aws:iam/policy:Policy": named("iam", "policy/", "global"),
  "aws:iam/role:Role": named("iam", "role/", "global"),
  "aws:lb/listener:Listener": ({ inputs, hex }) => {
    const arn = `${String(inputs.loadBalancerArn).replace(":loadbalancer/", ":listener/")}/${hex(16)}`;
    return { id: arn, arn };
  },
  "aws:lb/listenerRule:ListenerRule": ({ inputs, hex }) => {
    const arn = `${String(inputs.listenerArn).replace(":listener/", ":listener-rule/")}/${hex(16)}`;
    return { id: arn, arn };
  },
  "aws:lb/loadBalancer:LoadBalancer": loadBalancing("loadbalancer", "app/"),
  "aws:lb/targetGroup:TargetGroup": loadBalancing("targetgroup", ""),
  "aws:route53/record:Record": ({ inputs, name }) => ({
    id: `${inputs.zoneId}_${name}_${inputs.type}`,
    fqdn: name,
  }),
  "aws:s3/bucket:Bucket": ({ name, arn, region }) => ({
    id: name,
    bucket: name,
    arn: arn("s3", name, "partition"),
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    region,
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs, hex }) => ({
    id: `${inputs.bucket}/${inputs.key}`,
    key: inputs.key,
    etag: hex(32),
    versionId: hex(32),
  }),
  "aws:sesv2/emailIdentity:EmailIdentity": ({ inputs, arn, hex }) => ({
    id: String(inputs.emailIdentity),
    arn: arn("ses", `identity/${inputs.emailIdentity}`),
    dkimSigningAttributes: { tokens: ["a", "b", "c"].map((token) => `${token}${hex(31)}`) },
  }),
  "aws:sns/topic:Topic": ({ name, arn }) => {
    const id = arn("sns", name);
    return { id, arn: id, name };
  },
  "aws:sns/topicSubscription:TopicSubscription": ({ inputs, hex }) => {
    const arn = `${inputs.topic}:${[8, 4, 4, 4, 12].map((length) => hex(length)).join("-")}`;
    return { id: arn, arn };
  },
  "aws:sqs/queue:Queue": ({ name, arn, region, accountId }) => {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    return { id: url, url, arn: arn("sqs", name), name };
  },
  "aws:ssm/parameter:Parameter": named("ssm", "parameter"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": identified("ec2", "sgr"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": identified("ec2", "sgr"),
  "tls:index/privateKey:PrivateKey": ({ hex }) => ({ id: hex(40), privateKeyPem: "[private key]" }),
  "tls:index/selfSignedCert:SelfSignedCert": ({ hex }) => ({ id: hex(39), certPem: "[certificate]" }),
};

/** `aws:ec2/vpcEndpoint:VpcEndpoint` → `ec2`, `vpc-endpoint`. */
function generic({ request, name, arn }: Context): Outputs {
  const [, service, kind] = /^aws:(\w+)\/\w+:(\w+)$/.exec(request.type) ?? [];
  if (service === undefined || kind === undefined) return { id: name, name };
  const dashed = kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  return { id: name, name, arn: arn(service, `${dashed}/${name}`) };
}

function ruleFor(type: string): Rule {
  if (type.startsWith("aws:s3/bucket") && rules[type] === undefined) return ofBucket;
  return rules[type] ?? generic;
}

/** A driver that answers every resource as AWS would have. */
export function synthesizeResources(account: Account): ResourceDriver {
  return (request) => {
    const digest = createHash("sha512").update(request.urn).digest("hex");
    const hex = (length: number) => digest.slice(0, length);
    const { inputs } = request;
    const declared = inputs.bucket ?? inputs.name;
    const name = typeof declared === "string" ? declared : `${request.name}-${hex(7)}`;
    const arn: Context["arn"] = (service, resource, scope = "regional") => {
      const region = scope === "regional" ? account.region : "";
      const accountId = scope === "partition" ? "" : account.accountId;
      return `arn:aws:${service}:${region}:${accountId}:${resource}`;
    };
    const { id, ...outputs } = ruleFor(request.type)({ ...account, request, inputs, name, hex, arn });
    return { id: request.existing ?? id, outputs: { ...inputs, ...outputs } };
  };
}

/**
 * A driver for the provider functions that a program may call.
 *
 * @throws {Error} for a function that it does not know, naming it.
 */
export function synthesizeFunctions({ region, accountId }: Account): FunctionDriver {
  const functions: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Record<string, unknown>>> = {
    "aws:index/getRegion:getRegion": () => ({ id: region, name: region, region, description: region }),
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
      id: accountId,
      accountId,
      userId: accountId,
      arn: `arn:aws:iam::${accountId}:root`,
    }),
    "aws:index/getPartition:getPartition": () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com" }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
      id: region,
      names: ["a", "b", "c"].map((zone) => region + zone),
      zoneIds: ["az1", "az2", "az3"],
    }),
    // A public parameter names the current machine image of a family.
    "aws:ssm/getParameter:getParameter": ({ name }) => ({
      id: name,
      name,
      type: "String",
      version: 1,
      value: `ami-0${createHash("sha256").update(String(name)).digest("hex").slice(0, 16)}`,
    }),
    "aws:route53/getZone:getZone": ({ name }) => {
      const zoneId = `Z${createHash("sha256").update(String(name)).digest("hex").slice(0, 13).toUpperCase()}`;
      return { id: zoneId, zoneId, name };
    },
  };
  return async (token, args) => {
    const answer = functions[token];
    if (answer === undefined) {
      throw new Error(
        `the program calls ${token}, which cannot be answered without AWS; known: ${Object.keys(functions).join(", ")}`,
      );
    }
    return answer(args);
  };
}
