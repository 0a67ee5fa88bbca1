/**
 * What a call needs of the key that its store is encrypted with. AWS asks KMS in the caller's name, so the caller must be allowed;
 * a store with AWS's own key asks for nothing.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
 */
import type { Call } from "../../gateway/call.ts";
import type { Permission } from "./permission.ts";

/** What the key of one store must allow, where it is a customer's. */
export interface KeyNeed {
  /** ARN of the bucket's object, queue, topic, table or parameter. */
  readonly store: string;
  /** `kms:Decrypt` */
  readonly actions: readonly string[];
}

const decrypt = ["kms:Decrypt"];
const generate = ["kms:GenerateDataKey"];
const both = [...generate, ...decrypt];

/** By service and action of the call. An upload in parts reads the key that its beginning has got. */
const byCall: Readonly<Record<string, readonly string[]>> = {
  "s3:GetObject": decrypt,
  "s3:PutObject": generate,
  "s3:PostObject": generate,
  "s3:CopyObject": generate,
  "s3:CreateMultipartUpload": generate,
  "s3:UploadPart": both,
  "s3:UploadPartCopy": both,
  "s3:CompleteMultipartUpload": decrypt,
  "sqs:SendMessage": both,
  "sqs:SendMessageBatch": both,
  "sqs:ReceiveMessage": decrypt,
  "sns:Publish": both,
  "sns:PublishBatch": both,
};

/** Everything that touches items: DynamoDB unwraps the table's own key with the caller's permission. */
const ofItems = /^dynamodb:(Batch|Get|Put|Update|Delete|ConditionCheck)\w*Item$|^dynamodb:(Query|Scan)$/;

function actionsOf({ service, action, input, headers }: Call, asked: Permission): readonly string[] {
  if (ofItems.test(asked.action)) return decrypt;
  if (service === "ssm") return input.WithDecryption === true ? decrypt : [];
  // Written under S3's own key, whatever the bucket says.
  if (headers["x-amz-server-side-encryption"] === "AES256") return [];
  // The source of a copy is read; all else is as the call says.
  if (headers["x-amz-copy-source"] !== undefined && asked.action.startsWith("s3:GetObject")) return decrypt;
  return byCall[`${service}:${action}`] ?? [];
}

/** @param permissions what the call needs otherwise: each names a store. */
export function keyNeedsOf(call: Call, permissions: readonly Permission[]): KeyNeed[] {
  return permissions
    .map((asked) => ({ store: asked.resource, actions: actionsOf(call, asked) }))
    .filter(({ store, actions }) => actions.length > 0 && store !== "*");
}
