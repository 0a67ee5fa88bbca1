// Each control sees the setting that it guards, and nothing else does.
import test from "ava";
import { controls } from "../../../plan/policy/controls.ts";
import type { Plan } from "../../../plan/types.ts";
import { conforming, idsWith, planOf, World } from "./world.ts";

let base: Plan;
test.before(async () => {
  // Production, private: what needs the fewest additions to conform without any exception.
  base = conforming(await planOf("local", { production: "true", instances: "private" })).plan;
});

const anybody = (action: string, resource: string) => ({
  Effect: "Allow",
  Principal: "*",
  Action: action,
  Resource: resource,
});
const inputs = "gas-inputs--local--123456789012-us-east-1";
/** The public access blocks of bucket and account would make a public policy harmless. */
const unblocked = (world: World) =>
  world
    .set("BucketPublicAccessBlock", "gas-inputs", "restrictPublicBuckets", false)
    .set("AccountPublicAccessBlock", undefined, "restrictPublicBuckets", false);

interface Row {
  readonly change: (world: World) => World;
  /** Logical name of the resource at fault. */
  readonly at: string;
  readonly path: string;
  /** Controls that guard the same setting. */
  readonly also?: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  "AutoScaling.1": {
    change: (world) => world.set("Group", "gas-web", "healthCheckType", "EC2"),
    at: "gas-web",
    path: "healthCheckType",
  },
  "AutoScaling.2": {
    change: (world) => {
      const [first] = world.resource("Group", "gas-annotator").inputs.vpcZoneIdentifiers as string[];
      return world.set("Group", "gas-annotator", "vpcZoneIdentifiers", [first]);
    },
    at: "gas-annotator",
    path: "vpcZoneIdentifiers",
  },
  "AutoScaling.3": {
    change: (world) => world.set("LaunchConfiguration", "old", "metadataOptions", undefined),
    at: "old",
    path: "metadataOptions.httpTokens",
  },
  "AutoScaling.5": {
    change: (world) => world.set("LaunchConfiguration", "old", "associatePublicIpAddress", true),
    at: "old",
    path: "associatePublicIpAddress",
  },
  "AutoScaling.6": {
    change: (world) =>
      world.set("Group", "gas-web", "mixedInstancesPolicy.launchTemplate.overrides", [{ instanceType: "t4g.small" }]),
    at: "gas-web",
    path: "mixedInstancesPolicy.launchTemplate.overrides",
  },
  "AutoScaling.9": {
    change: (world) =>
      world
        .set("Group", "gas-utility", "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification", undefined)
        .set("Group", "gas-utility", "launchConfiguration", "old"),
    at: "gas-utility",
    path: "launchTemplate",
  },
  "DynamoDB.1": {
    change: (world) => world.set("Table", "gas-users", "billingMode", "PROVISIONED"),
    at: "gas-users",
    path: "billingMode",
  },
  "DynamoDB.2": {
    change: (world) => world.set("Table", "gas-events", "pointInTimeRecovery", undefined),
    at: "gas-events",
    path: "pointInTimeRecovery.enabled",
  },
  "DynamoDB.6": {
    change: (world) => world.set("Table", "gas-annotations", "deletionProtectionEnabled", false),
    at: "gas-annotations",
    path: "deletionProtectionEnabled",
  },
  "EC2.2": {
    change: (world) => world.set("DefaultSecurityGroup", undefined, "egress", [{ protocol: "-1" }]),
    at: "gas-default",
    path: "egress",
  },
  "EC2.6": {
    change: (world) => world.set("FlowLog", undefined, "trafficType", "ACCEPT"),
    at: "gas-flow-log",
    path: "trafficType",
  },
  "EC2.7": {
    change: (world) => world.remove("EncryptionByDefault"),
    at: "the account",
    path: "aws:ebs/encryptionByDefault:EncryptionByDefault",
  },
  "EC2.8": {
    change: (world) => world.set("Instance", "single", "metadataOptions.httpTokens", "optional"),
    at: "single",
    path: "metadataOptions.httpTokens",
  },
  "EC2.15": {
    change: (world) => world.set("Subnet", "gas-public-1", "mapPublicIpOnLaunch", true),
    at: "gas-public-1",
    path: "mapPublicIpOnLaunch",
  },
  "EC2.21": {
    change: (world) => world.set("NetworkAcl", undefined, "ingress[0].fromPort", 20),
    at: "gas-acl",
    path: "ingress[0]",
  },
  "EC2.25": {
    change: (world) => world.set("LaunchTemplate", "gas-web", "networkInterfaces[0].associatePublicIpAddress", "true"),
    at: "gas-web",
    path: "networkInterfaces[0].associatePublicIpAddress",
  },
  "EC2.170": {
    change: (world) => world.set("LaunchTemplate", "gas-web", "metadataOptions.httpTokens", "optional"),
    at: "gas-web",
    path: "metadataOptions.httpTokens",
    // Its instances follow their template.
    also: ["EC2.8"],
  },
  "EC2.172": {
    change: (world) => world.set("VpcBlockPublicAccessOptions", undefined, "internetGatewayBlockMode", "off"),
    at: "block",
    path: "internetGatewayBlockMode",
  },
  "ELB.1": {
    change: (world) => world.set("Listener", "gas-web-http", "defaultActions", [{ type: "forward" }]),
    at: "gas-web-http",
    path: "defaultActions[0].type",
  },
  "ELB.4": {
    change: (world) => world.set("LoadBalancer", undefined, "dropInvalidHeaderFields", undefined),
    at: "gas-web",
    path: "dropInvalidHeaderFields",
  },
  "ELB.5": {
    change: (world) => world.set("LoadBalancer", undefined, "accessLogs.enabled", false),
    at: "gas-web",
    path: "accessLogs.enabled",
  },
  "ELB.6": {
    change: (world) => world.set("LoadBalancer", undefined, "enableDeletionProtection", undefined),
    at: "gas-web",
    path: "enableDeletionProtection",
  },
  "ELB.12": {
    change: (world) => world.set("LoadBalancer", undefined, "desyncMitigationMode", "monitor"),
    at: "gas-web",
    path: "desyncMitigationMode",
  },
  "ELB.13": {
    change: (world) => {
      // Two subnets, but of one zone.
      return world.set("Subnet", "gas-public-1", "availabilityZone", "us-east-1a");
    },
    at: "gas-web",
    path: "subnets",
  },
  "ELB.17": {
    change: (world) => world.set("Listener", "gas-web-https", "sslPolicy", "ELBSecurityPolicy-2016-08"),
    at: "gas-web-https",
    path: "sslPolicy",
  },
  "S3.1": {
    change: (world) => world.set("AccountPublicAccessBlock", undefined, "blockPublicAcls", false),
    at: "account",
    path: "blockPublicAcls",
  },
  "S3.2": {
    change: (world) =>
      unblocked(world).state("BucketPolicy", "gas-inputs", anybody("s3:GetObject", `arn:aws:s3:::${inputs}/*`)),
    at: "gas-inputs",
    path: "policy.Statement[1].Principal",
    also: ["S3.1", "S3.8"],
  },
  "S3.3": {
    change: (world) =>
      unblocked(world).state("BucketPolicy", "gas-inputs", anybody("s3:Put*", `arn:aws:s3:::${inputs}/*`)),
    at: "gas-inputs",
    path: "policy.Statement[1].Principal",
    also: ["S3.1", "S3.8"],
  },
  "S3.5": {
    change: (world) => world.remove("BucketPolicy", "gas-results"),
    at: "gas-results",
    path: "BucketPolicy",
  },
  "S3.8": {
    change: (world) => world.remove("BucketPublicAccessBlock", "gas-code"),
    at: "gas-code",
    path: "BucketPublicAccessBlock",
  },
  "S3.9": {
    change: (world) => world.remove("BucketLogging", "gas-results"),
    at: "gas-results",
    path: "BucketLogging",
  },
  "S3.12": {
    change: (world) => world.add("aws:s3/bucketAcl:BucketAcl", "list", { bucket: inputs, acl: "public-read" }),
    at: "list",
    path: "acl",
  },
  "S3.13": {
    change: (world) => {
      const { rules } = world.resource("BucketLifecycleConfiguration", "gas-logs").inputs as { rules: object[] };
      return world.set(
        "BucketLifecycleConfiguration",
        "gas-logs",
        "rules",
        rules.map((rule) => ({ ...rule, status: "Disabled" })),
      );
    },
    at: "gas-logs",
    path: "rules",
  },
  "SQS.1": {
    change: (world) => world.set("Queue", "gas-job-notify-dead-letters", "sqsManagedSseEnabled", undefined),
    at: "gas-job-notify-dead-letters",
    path: "sqsManagedSseEnabled",
  },
  "SQS.3": {
    change: (world) => world.state("QueuePolicy", "gas-job-notify", anybody("sqs:SendMessage", "*")),
    at: "gas-job-notify",
    path: "policy.Statement[2].Principal",
  },
  "SNS.4": {
    change: (world) =>
      // A condition that lets in whole ranges of ARNs names nobody.
      world.state("TopicPolicy", "gas-job-results", {
        ...anybody("sns:Publish", "*"),
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } },
      }),
    at: "gas-job-results",
    path: "policy.Statement[1].Principal",
  },
};

test("the plan to start from conforms to every control, without any exception", (t) => {
  const results = new World(base).evaluate({ exceptions: [] });
  t.deepEqual(idsWith(results, "violated"), []);
  t.deepEqual(idsWith(results, "passed"), Object.keys(rows).sort(inOrder));
});

const order = controls.map(({ id }) => id);
const inOrder = (a: string, b: string) => order.indexOf(a) - order.indexOf(b);

test("every control has its row", (t) => {
  t.deepEqual(order, Object.keys(rows).sort(inOrder));
});

for (const [id, { change, at, path, also = [] }] of Object.entries(rows)) {
  test(`${id} sees ${path}`, (t) => {
    const results = change(new World(base)).evaluate({ exceptions: [] });
    t.deepEqual(idsWith(results, "violated"), [id, ...also].sort(inOrder));
    const violations = results.find(({ control }) => control.id === id)?.violations ?? [];
    t.deepEqual(
      violations.map((violation) => [violation.name, violation.path]),
      [[at, path]],
    );
    const [violation] = violations;
    t.regex(violation?.urn ?? "", at === "the account" ? /::pulumi:pulumi:Stack::annofarm-local$/ : /^urn:pulumi:/);
    t.truthy(violation?.wanted);
    t.truthy(violation?.fix);
  });
}

test("nothing applies to a program that declares nothing, and each control says why", (t) => {
  const results = new World({ ...base, resources: [] }).evaluate();
  t.deepEqual(idsWith(results, "not applicable"), order);
  t.true(results.every(({ examined, control }) => examined === 0 && control.otherwise !== ""));
});

test("an id and its place in AWS's guide", (t) => {
  const source = (id: string) => controls.find((control) => control.id === id)?.source;
  t.is(source("AutoScaling.1"), "autoscaling-controls.html#autoscaling-1");
  t.is(source("EC2.172"), "ec2-controls.html#ec2-172");
});
