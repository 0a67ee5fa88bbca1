/** What a stack will need of the account it is deployed to, read from its plan. */
import { bootManifestOf } from "../../plan/boot.ts";
import { zoneCount } from "../../plan/resource-types/zone-count.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { type CustomerKey, customerKeysOf } from "./key-users.ts";

interface GroupNeeds {
  readonly name: string;
  readonly instanceType: string;
  readonly min: number;
  readonly max: number;
  readonly spot: boolean;
}

/** One VPC's zones. */
interface ZoneNeeds {
  readonly count: number;
  /** `undefined`: the first that the account has. */
  readonly names: readonly string[] | undefined;
}

interface Parameter {
  readonly name: string;
  /** Variable that names it: `STRIPE_SECRET_KEY_PARAMETER`. */
  readonly variable: string;
}

export interface Needs {
  readonly region: string;
  readonly groups: readonly GroupNeeds[];
  /** Availability zones that instances are spread over, by name where the stack says which; none where the VPC is there already. */
  readonly zones: readonly ZoneNeeds[];
  /** Subnets of a VPC that is there already, in which instances and balancers of the stack stand; none where it makes its own. */
  readonly subnets: readonly string[];
  readonly balancers: number;
  readonly vpcs: number;
  /** Elastic IP addresses: one for each NAT gateway. */
  readonly addresses: number;
  /** Vault names; empty unless the store is a vault. */
  readonly vaults: readonly string[];
  /** Whether some group's disks are encrypted with the key that the account has chosen for those that name none. */
  readonly defaultDiskKey: boolean;
  /** KMS keys that the stack names and does not make. */
  readonly keys: readonly CustomerKey[];
  /** Host names of declared certificates that DNS validates. */
  readonly certificates: readonly string[];
  /** Address that mails come from; `undefined` when nothing mails. */
  readonly mailFrom: string | undefined;
  /** SES identities that the stack makes itself. */
  readonly mailIdentities: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Alarms that tell a topic, with what their mail says. Those that only scale a group are none. */
  readonly alarms: readonly { readonly name: string; readonly runbook: string }[];
  /** `undefined` until the balancer has its name. */
  readonly publicUrl: string | undefined;
  readonly identity: { readonly issuer: string; readonly clientId: string } | undefined;
  readonly payments:
    | { readonly publishableKey: string; readonly priceId: string; readonly apiUrl: string; readonly secretKey: string }
    | undefined;
}

type Inputs = Readonly<Record<string, unknown>>;

const ofType = (plan: Plan, type: string) => plan.resources.filter((resource) => resource.type === type);

/** The launch template a group's instances start from, plainly or under a mixed-instances policy. */
function templateOf(group: PlannedResource, templates: readonly PlannedResource[]): PlannedResource | undefined {
  const { launchTemplate, mixedInstancesPolicy } = group.inputs as {
    launchTemplate?: { id?: string };
    mixedInstancesPolicy?: { launchTemplate?: { launchTemplateSpecification?: { launchTemplateId?: string } } };
  };
  const id = launchTemplate?.id ?? mixedInstancesPolicy?.launchTemplate?.launchTemplateSpecification?.launchTemplateId;
  return templates.find((template) => template.id === id);
}

function namesNoKey({ inputs }: PlannedResource): boolean {
  const { blockDeviceMappings: disks = [] } = inputs as {
    blockDeviceMappings?: readonly { readonly ebs?: { readonly kmsKeyId?: string } }[];
  };
  return disks.length === 0 || disks.some(({ ebs }) => ebs !== undefined && ebs.kmsKeyId === undefined);
}

function addressesOf({ inputs }: PlannedResource): number {
  const { natGateways } = inputs as { natGateways?: { strategy?: string } };
  const strategy = natGateways?.strategy ?? "OnePerAz";
  return strategy === "None" ? 0 : strategy === "Single" ? 1 : zoneCount(inputs);
}

function subnetsOf(plan: Plan): string[] {
  const instances = ofType(plan, "aws:autoscaling/group:Group").map(({ inputs }) => inputs.vpcZoneIdentifiers);
  const balancers = ofType(plan, "aws:lb/loadBalancer:LoadBalancer").map(({ inputs }) => inputs.subnets);
  return [...new Set([...instances, ...balancers].flatMap((ids) => (Array.isArray(ids) ? ids.map(String) : [])))];
}

const tellsTopic = (actions: unknown) =>
  Array.isArray(actions) && actions.some((arn) => /^arn:[a-z-]+:sns:/.test(String(arn)));

/** A balancer's own name is AWS's to choose: in a plan it stands for one that nobody knows yet. */
const publicUrlOf = (url: string | undefined) => (url?.endsWith(".elb.amazonaws.com") ? undefined : url);

export function needsOf(plan: Plan, region: string): Needs {
  const templates = ofType(plan, "aws:ec2/launchTemplate:LaunchTemplate");
  const services = templates.flatMap((template) => bootManifestOf(template)?.services ?? []);
  const environment = (name: string): Inputs => services.find((service) => service.name === name)?.environment ?? {};
  const web = environment("web");
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const vpcs = ofType(plan, "awsx:ec2:Vpc");
  return {
    region,
    groups: ofType(plan, "aws:autoscaling/group:Group").map((group) => ({
      name: String(group.inputs.name ?? group.name),
      instanceType: text(templateOf(group, templates)?.inputs.instanceType) ?? "unknown",
      min: Number(group.inputs.minSize),
      max: Number(group.inputs.maxSize),
      spot: group.inputs.mixedInstancesPolicy !== undefined,
    })),
    zones: vpcs.map(({ inputs }) => ({
      count: zoneCount(inputs),
      names: inputs.availabilityZoneNames as readonly string[] | undefined,
    })),
    subnets: vpcs.length > 0 ? [] : subnetsOf(plan),
    balancers: ofType(plan, "aws:lb/loadBalancer:LoadBalancer").length,
    vpcs: vpcs.length,
    addresses: vpcs.reduce((sum, vpc) => sum + addressesOf(vpc), 0),
    vaults: ofType(plan, "aws:glacier/vault:Vault").map(({ inputs, name }) => String(inputs.name ?? name)),
    defaultDiskKey: templates.some(namesNoKey),
    keys: customerKeysOf(plan),
    certificates: ofType(plan, "aws:acm/certificate:Certificate").flatMap(({ inputs }) =>
      inputs.validationMethod === "DNS" ? [String(inputs.domainName)] : [],
    ),
    mailFrom: text(environment("notifier").MAIL_FROM),
    mailIdentities: ofType(plan, "aws:sesv2/emailIdentity:EmailIdentity").map(({ inputs }) =>
      String(inputs.emailIdentity),
    ),
    parameters: services
      .flatMap((service) => Object.entries(service.environment))
      .filter(([variable]) => variable.endsWith("_PARAMETER"))
      .map(([variable, name]) => ({ variable, name })),
    alarms: ofType(plan, "aws:cloudwatch/metricAlarm:MetricAlarm")
      .filter(({ inputs }) => tellsTopic(inputs.alarmActions))
      .map(({ inputs, outputs }) => ({ name: String(outputs.name), runbook: String(inputs.alarmDescription ?? "") })),
    publicUrl: publicUrlOf(text(web.PUBLIC_URL)),
    identity:
      web.OIDC_ISSUER === undefined
        ? undefined
        : { issuer: String(web.OIDC_ISSUER), clientId: String(web.OIDC_CLIENT_ID) },
    payments:
      web.STRIPE_PRICE_ID === undefined
        ? undefined
        : {
            publishableKey: String(web.STRIPE_PUBLISHABLE_KEY),
            priceId: String(web.STRIPE_PRICE_ID),
            apiUrl: text(web.STRIPE_API_URL) ?? "https://api.stripe.com",
            secretKey: String(web.STRIPE_SECRET_KEY_PARAMETER),
          },
  };
}
