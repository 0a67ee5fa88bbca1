/** Finds in a plan what belongs together: a group's template, who carries which part of the load, who polls a queue. */
import type { BootManifest } from "../../runtime/contract/boot.ts";
import { bootManifestOf } from "../boot.ts";
import type { Plan, PlannedResource } from "../types.ts";

export type Inputs = Readonly<Record<string, unknown>>;

export const asInputs = (value: unknown): Inputs =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Inputs) : {};
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Parts of the load that a declared resource may carry: variables of the services' environment, and four of our own. */
export type Purpose =
  | "ANNOTATIONS_TABLE"
  | "USERS_TABLE"
  | "EVENTS_TABLE"
  | "INPUTS_BUCKET"
  | "RESULTS_BUCKET"
  | "ARCHIVE_NAME"
  | "JOB_REQUESTS_QUEUE_URL"
  | "JOB_REQUESTS_EXPRESS_QUEUE_URL"
  | "JOB_ARCHIVE_QUEUE_URL"
  | "JOB_NOTIFY_QUEUE_URL"
  | "JOB_RESTORE_QUEUE_URL"
  | "ARCHIVE_EVENTS_QUEUE_URL"
  | "JOB_REQUESTS_TOPIC_ARN"
  | "JOB_RESULTS_TOPIC_ARN"
  | "JOB_RESTORE_TOPIC_ARN"
  | "bundles"
  | "access logs"
  | "records of requests"
  | "archive notices";

export interface Host {
  readonly group: PlannedResource;
  readonly template: PlannedResource | undefined;
  /** Absent where the user data carries none of ours. */
  readonly manifest: BootManifest | undefined;
}

export interface Declared {
  readonly plan: Plan;
  readonly hosts: readonly Host[];
  purposeOf(resource: PlannedResource): Purpose | undefined;
  /** Value of a variable in the environment of any service. */
  variable(name: string): string | undefined;
  /** Ids of the roles by which a host's instances call, and of those that its services take on. */
  rolesOf(host: Host): ReadonlySet<unknown>;
  /** The groups whose instances receive from a queue, and how many loops each instance runs (1 for each role that may). */
  pollers(queueArn: string): readonly PlannedResource[];
  ofType(type: string): readonly PlannedResource[];
}

function templateIdOf(group: PlannedResource): unknown {
  const { launchTemplate, mixedInstancesPolicy } = group.inputs;
  if (launchTemplate !== undefined) return asInputs(launchTemplate).id;
  const { launchTemplate: mixed } = asInputs(mixedInstancesPolicy);
  return asInputs(asInputs(mixed).launchTemplateSpecification).launchTemplateId;
}

/** Queue ARNs that a policy lets its role receive from. */
function receivesFrom(policy: PlannedResource): readonly string[] {
  let document: unknown;
  try {
    document = JSON.parse(String(policy.inputs.policy));
  } catch {
    return [];
  }
  const many = (value: unknown) => (Array.isArray(value) ? value : [value]).map(String);
  return asList(asInputs(document).Statement).flatMap((each) => {
    const { Effect, Action, Resource } = asInputs(each);
    const receives = Effect === "Allow" && many(Action).includes("sqs:ReceiveMessage");
    return receives ? many(Resource) : [];
  });
}

export function readDeclared(plan: Plan): Declared {
  const ofType = (type: string) => plan.resources.filter((resource) => resource.type === type);
  const templates = ofType("aws:ec2/launchTemplate:LaunchTemplate");
  const hosts = ofType("aws:autoscaling/group:Group").map((group): Host => {
    const template = templates.find(({ id }) => id === templateIdOf(group));
    return { group, template, manifest: bootManifestOf(template) };
  });

  const variables = new Map<string, string>();
  const purposes = new Map<string, Purpose>();
  for (const { manifest } of hosts) {
    for (const { environment, bundle } of manifest?.services ?? []) {
      purposes.set(bundle.bucket, "bundles");
      for (const [name, value] of Object.entries(environment)) {
        variables.set(name, value);
        if (/_(TABLE|BUCKET|QUEUE_URL|TOPIC_ARN)$|^ARCHIVE_NAME$/.test(name)) purposes.set(value, name as Purpose);
      }
    }
  }
  for (const { inputs } of ofType("aws:lb/loadBalancer:LoadBalancer")) {
    const bucket = asText(asInputs(inputs.accessLogs).bucket);
    if (bucket !== undefined) purposes.set(bucket, "access logs");
  }
  for (const { inputs } of ofType("aws:s3/bucketLogging:BucketLogging")) {
    const bucket = asText(inputs.targetBucket);
    if (bucket !== undefined && !purposes.has(bucket)) purposes.set(bucket, "records of requests");
  }
  for (const { inputs } of ofType("aws:glacier/vault:Vault")) {
    const topic = asText(asInputs(inputs.notification).snsTopic);
    if (topic !== undefined) purposes.set(topic, "archive notices");
  }

  const roleNamed = (arn: unknown) => ofType("aws:iam/role:Role").find(({ outputs }) => outputs.arn === arn)?.id;
  function rolesOf({ template, manifest }: Host): ReadonlySet<unknown> {
    const { arn, name } = asInputs(template?.inputs.iamInstanceProfile);
    const profile = ofType("aws:iam/instanceProfile:InstanceProfile").find(
      ({ outputs, id }) => (arn !== undefined && outputs.arn === arn) || (name !== undefined && id === name),
    );
    const assumed = (manifest?.services ?? []).map(({ roleArn }) => roleNamed(roleArn));
    return new Set([profile?.inputs.role, ...assumed].filter((role) => role !== undefined));
  }
  const rolesOfHosts = hosts.map((host) => ({ group: host.group, roles: rolesOf(host) }));
  const receivers = ofType("aws:iam/rolePolicy:RolePolicy").map((policy) => ({
    role: policy.inputs.role,
    queues: receivesFrom(policy),
  }));

  return {
    plan,
    hosts,
    ofType,
    variable: (name) => variables.get(name),
    rolesOf,
    purposeOf: ({ id, outputs }) =>
      [id, outputs.arn, outputs.url, outputs.name].map((each) => purposes.get(String(each))).find(Boolean),
    pollers: (queueArn) =>
      receivers
        .filter(({ queues }) => queues.includes(queueArn))
        .flatMap(({ role }) => rolesOfHosts.filter(({ roles }) => roles.has(role)).map(({ group }) => group)),
  };
}
