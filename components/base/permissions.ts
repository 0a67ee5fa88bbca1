/** What services are allowed, said in the terms of the ports they reach AWS through. */
import { type Input, interpolate, output } from "@pulumi/pulumi";
import type { DeploymentPlace } from "./account.ts";
import { allow, type Statement } from "./policy-document.ts";

/** Something that a policy may name. */
interface Named {
  readonly arn: Input<string>;
}

/** Item operations on a table, and queries of the named indexes. */
export function useTable(
  sid: string,
  table: Named,
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
export function consume(sid: string, queue: Named): Statement {
  return allow(sid, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], [queue.arn]);
}

/** Asks a queue for its attributes: the cheap question by which a service learns that an outage is over. */
export const probeQueue = (sid: string, queue: Named): Statement => allow(sid, ["sqs:GetQueueAttributes"], [queue.arn]);

/** Asks a topic for its attributes, for the same reason. */
export const probeTopic = (sid: string, topic: Named): Statement => allow(sid, ["sns:GetTopicAttributes"], [topic.arn]);

/** Asks SES whether the account may send, for the same reason; the action knows no resources. */
export const probeMail = (sid: string): Statement => allow(sid, ["ses:GetAccount"], ["*"]);

export function send(sid: string, queue: Named): Statement {
  return allow(sid, ["sqs:SendMessage"], [queue.arn]);
}

export function publish(sid: string, ...topics: readonly Named[]): Statement {
  return allow(
    sid,
    ["sns:Publish"],
    topics.map(({ arn }) => arn),
  );
}

export type ObjectAction =
  | "GetObject"
  | "PutObject"
  | "DeleteObject"
  | "DeleteObjectVersion"
  | "AbortMultipartUpload"
  | "ListMultipartUploadParts";

/** Objects of the stack's own prefix. To a reader, listing is what turns a missing object into 404 instead of 403. */
export function useObjects(
  sid: string,
  bucket: Named,
  actions: readonly ObjectAction[],
  keyPrefix: Input<string>,
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

/** Removes objects of the stack's own prefix with all their versions. */
export function eraseObjects(sid: string, bucket: Named, keyPrefix: Input<string>): Statement[] {
  return [
    allow(sid, ["s3:DeleteObjectVersion"], [interpolate`${bucket.arn}/${keyPrefix}/*`]),
    allow(`${sid}Versions`, ["s3:ListBucketVersions"], [bucket.arn]),
  ];
}

/** Reads secrets. AWS's own key for parameters, which encrypts them unless they name another, is open to every role of the account. */
export function readParameters(sid: string, account: DeploymentPlace, names: readonly Input<string>[]): Statement {
  const { partition, region, accountId } = account;
  return allow(
    sid,
    ["ssm:GetParameter"],
    names.map(
      (name) =>
        interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter/${output(name).apply((text) => text.replace(/^\//, ""))}`,
    ),
  );
}

/**
 * Sends mail from one address. In SES's sandbox the recipient's identity is checked as well as the sender's, so the
 * sender is the condition, not the resource.
 */
export function sendMail(sid: string, account: DeploymentPlace, from: Input<string>): Statement {
  const { partition, region, accountId } = account;
  return allow(sid, ["ses:SendEmail"], [interpolate`arn:${partition}:ses:${region}:${accountId}:identity/*`], {
    StringEquals: { "ses:FromAddress": from },
  });
}
