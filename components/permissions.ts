/** What services are allowed, said in the terms of the ports they reach AWS through. */
import type * as dynamodb from "@pulumi/aws/dynamodb/index.js";
import type * as sns from "@pulumi/aws/sns/index.js";
import { type Input, interpolate } from "@pulumi/pulumi";
import type { Account } from "./account.ts";
import { allow, type Statement } from "./policy-document.ts";
import type { SecureBucket } from "./secure-bucket.ts";
import type { WorkerQueue } from "./worker-queue.ts";

/** Item operations on a table, and queries of the named indexes. */
export function useTable(
  sid: string,
  table: dynamodb.Table,
  actions: readonly ("GetItem" | "PutItem" | "UpdateItem" | "DeleteItem")[],
  queriedIndexes: readonly string[] = [],
): Statement[] {
  const statements = [
    allow(
      sid,
      actions.map((action) => `dynamodb:${action}`),
      [table.arn],
    ),
  ];
  if (queriedIndexes.length > 0) {
    const indexes = queriedIndexes.map((index) => interpolate`${table.arn}/index/${index}`);
    statements.push(allow(`${sid}Indexes`, ["dynamodb:Query"], indexes));
  }
  return statements;
}

/** Reads a queue: receives, hides, deletes. */
export function consume(sid: string, queue: WorkerQueue): Statement {
  return allow(sid, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], [queue.arn]);
}

export function send(sid: string, queue: WorkerQueue): Statement {
  return allow(sid, ["sqs:SendMessage"], [queue.arn]);
}

export function publish(sid: string, ...topics: readonly sns.Topic[]): Statement {
  return allow(
    sid,
    ["sns:Publish"],
    topics.map(({ arn }) => arn),
  );
}

export type ObjectAction = "GetObject" | "PutObject" | "DeleteObject" | "DeleteObjectVersion" | "AbortMultipartUpload";

/** Objects of the stack's own prefix. To a reader, listing is what turns a missing object into 404 instead of 403. */
export function useObjects(
  sid: string,
  bucket: SecureBucket,
  actions: readonly ObjectAction[],
  keyPrefix: string,
): Statement[] {
  const statements = [
    allow(
      sid,
      actions.map((action) => `s3:${action}`),
      [interpolate`${bucket.arn}/${keyPrefix}/*`],
    ),
  ];
  if (actions.includes("GetObject")) statements.push(allow(`${sid}Missing`, ["s3:ListBucket"], [bucket.arn]));
  return statements;
}

/** Reads secrets. They are encrypted with AWS's own key for parameters, which every role of the account may use. */
export function readParameters(sid: string, account: Account, names: readonly string[]): Statement {
  const { partition, region, accountId } = account;
  return allow(
    sid,
    ["ssm:GetParameter"],
    names.map((name) => interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`),
  );
}

/**
 * Sends mail from one address. In SES's sandbox the recipient's identity is checked as well as the sender's, so the
 * sender is the condition, not the resource.
 */
export function sendMail(sid: string, account: Account, from: Input<string>): Statement {
  const { partition, region, accountId } = account;
  return allow(sid, ["ses:SendEmail"], [interpolate`arn:${partition}:ses:${region}:${accountId}:identity/*`], {
    StringEquals: { "ses:FromAddress": from },
  });
}
