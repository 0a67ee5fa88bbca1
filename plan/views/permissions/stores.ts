/** What holds data or takes orders, and what can be done to it: the questions a permission review asks of every role. */
import type { Plan, PlannedResource } from "../../types.ts";

/** What somebody who has the permission could do with it. */
export type Harm = "reads" | "changes" | "deletes" | "uses";

export interface Verb {
  readonly harm: Harm;
  /** `reads objects`; the store and its part follow. */
  readonly words: string;
  readonly action: string;
  /** What of the store is asked for, behind its ARN: `/index/…`. Empty: the store itself. */
  readonly part: string;
}

interface StoreKind {
  /** `bucket` */
  readonly kind: string;
  readonly plural: string;
  readonly type: string;
  readonly verbs: readonly Verb[];
}

export interface Store {
  readonly kind: StoreKind;
  readonly name: string;
  readonly arn: string;
}

const verb = (harm: Harm, words: string, action: string, part = ""): Verb => ({ harm, words, action, part });

const kinds: readonly StoreKind[] = [
  {
    kind: "bucket",
    plural: "buckets",
    type: "aws:s3/bucket:Bucket",
    verbs: [
      verb("reads", "reads objects", "s3:GetObject", "/…"),
      verb("reads", "lists the keys", "s3:ListBucket"),
      verb("reads", "lists the keys of old versions", "s3:ListBucketVersions"),
      verb("reads", "reads old versions", "s3:GetObjectVersion", "/…"),
      verb("reads", "lists parts of unfinished uploads", "s3:ListMultipartUploadParts", "/…"),
      verb("changes", "writes objects", "s3:PutObject", "/…"),
      verb("changes", "gives up unfinished uploads", "s3:AbortMultipartUpload", "/…"),
      verb("uses", "asks for archived objects", "s3:RestoreObject", "/…"),
      verb("deletes", "deletes objects, versions stay", "s3:DeleteObject", "/…"),
      verb("deletes", "deletes single versions for good", "s3:DeleteObjectVersion", "/…"),
    ],
  },
  {
    kind: "table",
    plural: "tables",
    type: "aws:dynamodb/table:Table",
    verbs: [
      verb("reads", "reads items whose key it knows", "dynamodb:GetItem"),
      verb("reads", "queries by index", "dynamodb:Query", "/index/…"),
      verb("reads", "reads the whole table", "dynamodb:Scan"),
      verb("changes", "writes items", "dynamodb:PutItem"),
      verb("changes", "changes items", "dynamodb:UpdateItem"),
      verb("deletes", "deletes items", "dynamodb:DeleteItem"),
    ],
  },
  {
    kind: "queue",
    plural: "queues",
    type: "aws:sqs/queue:Queue",
    verbs: [
      verb("reads", "receives messages", "sqs:ReceiveMessage"),
      verb("reads", "reads settings and counts", "sqs:GetQueueAttributes"),
      verb("changes", "sends messages", "sqs:SendMessage"),
      verb("changes", "hides messages for a while", "sqs:ChangeMessageVisibility"),
      verb("deletes", "deletes messages it has received", "sqs:DeleteMessage"),
    ],
  },
  {
    kind: "topic",
    plural: "topics",
    type: "aws:sns/topic:Topic",
    verbs: [
      verb("changes", "publishes messages", "sns:Publish"),
      verb("reads", "reads settings", "sns:GetTopicAttributes"),
      verb("reads", "subscribes", "sns:Subscribe"),
    ],
  },
  {
    kind: "vault",
    plural: "vaults",
    type: "aws:glacier/vault:Vault",
    verbs: [
      verb("changes", "stores archives", "glacier:UploadArchive"),
      verb("reads", "asks for archives and inventories", "glacier:InitiateJob"),
      verb("reads", "reads what it has asked for", "glacier:GetJobOutput"),
      verb("reads", "reads settings and counts", "glacier:DescribeVault"),
      verb("deletes", "deletes archives", "glacier:DeleteArchive"),
    ],
  },
  {
    kind: "role",
    plural: "roles",
    type: "aws:iam/role:Role",
    verbs: [verb("uses", "takes on", "sts:AssumeRole"), verb("uses", "hands to a service of AWS", "iam:PassRole")],
  },
  {
    kind: "group",
    plural: "groups of instances",
    type: "aws:autoscaling/group:Group",
    verbs: [
      verb("changes", "protects instances from scale-in", "autoscaling:SetInstanceProtection"),
      verb("changes", "ends lifecycle waits", "autoscaling:CompleteLifecycleAction"),
      verb("changes", "prolongs lifecycle waits", "autoscaling:RecordLifecycleActionHeartbeat"),
      verb("deletes", "declares instances unhealthy, which replaces them", "autoscaling:SetInstanceHealth"),
      verb("changes", "sets the capacity", "autoscaling:SetDesiredCapacity"),
    ],
  },
  {
    kind: "log group",
    plural: "log groups",
    type: "aws:cloudwatch/logGroup:LogGroup",
    verbs: [
      verb("changes", "writes log lines", "logs:PutLogEvents", ":log-stream:…"),
      verb("changes", "begins log streams", "logs:CreateLogStream", ":log-stream:…"),
      verb("reads", "lists log streams", "logs:DescribeLogStreams", ":log-stream:…"),
      verb("reads", "reads log lines", "logs:GetLogEvents", ":log-stream:…"),
    ],
  },
];

/** Secrets are not declared by the program; those that a policy names are known by it. */
const secret: StoreKind = {
  kind: "secret",
  plural: "secrets",
  type: "",
  verbs: [verb("reads", "reads", "ssm:GetParameter"), verb("changes", "writes", "ssm:PutParameter")],
};

/** The group's ARN has an identifier that nobody knows beforehand: policies and requests leave it open. */
function arnOf({ type, outputs }: PlannedResource): string {
  const arn = String(outputs.arn);
  return type === "aws:autoscaling/group:Group" ? arn.replace(/(autoScalingGroup):[^:]+:/, "$1:*:") : arn;
}

function nameOf({ outputs, id }: PlannedResource): string {
  return String(outputs.bucket ?? outputs.name ?? id);
}

/** Everything of these kinds, sorted by name within its kind. `named` are ARNs that policies name. */
export function storesOf(plan: Plan, named: readonly string[]): Store[] {
  const declared = kinds.flatMap((kind) =>
    plan.resources
      .filter(({ type }) => type === kind.type)
      .map((resource) => ({ kind, name: nameOf(resource), arn: arnOf(resource) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
  const parameters = [...new Set(named.filter((arn) => /:ssm:[^:]*:[^:]*:parameter\//.test(arn)))].sort();
  const secrets = parameters.map((arn) => ({ kind: secret, name: arn.slice(arn.indexOf(":parameter/") + 10), arn }));
  return [...declared, ...secrets];
}
