/**
 * What a call needs to be allowed: IAM actions and the ARNs they are asked for. The permission check itself is an
 * argument of the gateway (`authorize`).
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
import { type Call, textOf } from "../aws/call.ts";

export interface Permission {
  /** `s3:GetObject`. */
  readonly action: string;
  /** ARN, or `*` where the action knows none. */
  readonly resource: string;
}

export interface AuthorizationRequest {
  /** ARN of the calling role. */
  readonly caller: string;
  /** Every one of them must be allowed. */
  readonly permissions: readonly Permission[];
}

export type Authorize = (
  request: AuthorizationRequest,
) => Promise<{ readonly allowed: true } | { readonly allowed: false; readonly denied: Permission }>;

export interface Place {
  readonly region: string;
  readonly accountId: string;
}

type Input = Readonly<Record<string, unknown>>;

const prefixes: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

const s3Actions: Readonly<Record<string, string>> = {
  HeadObject: "GetObject",
  HeadBucket: "ListBucket",
  ListObjects: "ListBucket",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListBuckets: "ListAllMyBuckets",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListParts: "ListMultipartUploadParts",
  CreateMultipartUpload: "PutObject",
  UploadPart: "PutObject",
  UploadPartCopy: "PutObject",
  CompleteMultipartUpload: "PutObject",
  CopyObject: "PutObject",
  PostObject: "PutObject",
  DeleteObjects: "DeleteObject",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  GetBucketCors: "GetBucketCORS",
  PutBucketCors: "PutBucketCORS",
};

const ofVersion = new Set(["GetObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "GetObjectAcl"]);

/** `bucket/key` of an `x-amz-copy-source` header. */
export function copySource(header: string): { bucket: string; key: string; versionId?: string } {
  const [path = "", query = ""] = header.split("?");
  const decoded = decodeURIComponent(path).replace(/^\//, "");
  const at = decoded.indexOf("/");
  const versionId = new URLSearchParams(query).get("versionId");
  return { bucket: decoded.slice(0, at), key: decoded.slice(at + 1), ...(versionId === null ? {} : { versionId }) };
}

function s3Permissions(call: Call): Permission[] {
  const { bucket, key, action } = call;
  const plain = s3Actions[action] ?? action;
  const named = call.query.has("versionId") && ofVersion.has(plain) ? plain.replace("Object", "ObjectVersion") : plain;
  const resource = bucket === undefined ? "*" : `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
  if (action === "DeleteObjects") {
    const keys = [...call.body.toString("utf8").matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1] ?? "");
    return keys.map((each) => ({ action: "s3:DeleteObject", resource: `${resource}/${each}` }));
  }
  const permissions = [{ action: `s3:${named}`, resource }];
  const source = call.headers["x-amz-copy-source"];
  if (source !== undefined) {
    const from = copySource(source);
    const read = from.versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
    permissions.push({ action: read, resource: `arn:aws:s3:::${from.bucket}/${from.key}` });
  }
  return permissions;
}

const transactionActions: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
};

function dynamoPermissions(action: string, input: Input, { region, accountId }: Place): Permission[] {
  const table = (name: unknown) => {
    const text = textOf(name);
    return text.startsWith("arn:") ? text : `arn:aws:dynamodb:${region}:${accountId}:table/${text || "*"}`;
  };
  if (Array.isArray(input.TransactItems)) {
    return (input.TransactItems as Record<string, { TableName?: unknown }>[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => ({
        action: `dynamodb:${transactionActions[kind] ?? kind}`,
        resource: table(TableName),
      })),
    );
  }
  const names = Object.keys((input.RequestItems as object | undefined) ?? {});
  if (names.length > 0) return names.map((name) => ({ action: `dynamodb:${action}`, resource: table(name) }));
  const index = textOf(input.IndexName);
  const resource = input.TableName === undefined ? "*" : table(input.TableName);
  return [{ action: `dynamodb:${action}`, resource: index === "" ? resource : `${resource}/index/${index}` }];
}

/** Name of a queue from its URL. */
export function queueName(url: unknown): string {
  const text = textOf(url);
  return text.slice(text.lastIndexOf("/") + 1);
}

const resources: Readonly<Record<string, (input: Input, place: Place, call: Call) => string[]>> = {
  sqs: (input, { region, accountId }) => {
    const name = input.QueueUrl === undefined ? textOf(input.QueueName) : queueName(input.QueueUrl);
    return [name === "" ? "*" : `arn:aws:sqs:${region}:${accountId}:${name}`];
  },
  sns: (input) => [textOf(input.TopicArn) || textOf(input.TargetArn) || "*"],
  ssm: (input, { region, accountId }) => {
    const names = Array.isArray(input.Names) ? input.Names : [input.Name ?? input.Path];
    const arn = (name: unknown) => `arn:aws:ssm:${region}:${accountId}:parameter/${textOf(name).replace(/^\//, "")}`;
    return names.map((name) => (name === undefined ? "*" : arn(name)));
  },
  ses: (input, { region, accountId }) => {
    const from = textOf(input.FromEmailAddress);
    const address = /<([^>]*)>/.exec(from)?.[1] ?? from;
    return [address === "" ? "*" : `arn:aws:ses:${region}:${accountId}:identity/${address}`];
  },
  sts: (input) => [textOf(input.RoleArn) || "*"],
  glacier: (_input, { region, accountId }, { vault }) => [
    vault === undefined ? "*" : `arn:aws:glacier:${region}:${accountId}:vaults/${vault}`,
  ],
  autoscaling: (input, { region, accountId }) => {
    const name = textOf(input.AutoScalingGroupName);
    if (name === "") return ["*"];
    return [`arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`];
  },
  logs: (input, { region, accountId }) => [
    `arn:aws:logs:${region}:${accountId}:log-group:${textOf(input.logGroupName) || "*"}:log-stream:${textOf(input.logStreamName)}`,
  ],
};

export function permissionsOf(call: Call, place: Place): Permission[] {
  if (call.service === "s3") return s3Permissions(call);
  if (call.service === "dynamodb") return dynamoPermissions(call.action, call.input, place);
  // A batch is allowed by the permission of the single call.
  const name = call.service === "sqs" || call.service === "sns" ? call.action.replace(/Batch$/, "") : call.action;
  const action = `${prefixes[call.service] ?? call.service}:${name}`;
  const found = resources[call.service]?.(call.input, place, call) ?? ["*"];
  return found.map((resource) => ({ action, resource }));
}

/** Short name of what a call is about, for people: bucket/key, queue, topic, table, vault. */
export function resourceName(call: Omit<Call, "caller">): string | undefined {
  if (call.bucket !== undefined) return call.key === undefined ? call.bucket : `${call.bucket}/${call.key}`;
  if (call.vault !== undefined) return call.vault;
  const { QueueUrl, QueueName, TopicArn, TableName, RoleArn, Name } = call.input;
  if (QueueUrl !== undefined) return queueName(QueueUrl);
  const arn = textOf(TopicArn);
  if (arn !== "") return arn.slice(arn.lastIndexOf(":") + 1);
  return [QueueName, TableName, RoleArn, Name].map(textOf).find((text) => text !== "");
}
