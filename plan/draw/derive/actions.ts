/** Which IAM actions move something, which way, and in a word what. Others (listing, tagging, logs) draw nothing. */
import type { FlowKind } from "../picture.ts";
import { globOf } from "./read.ts";

export interface Movement {
  readonly verb: string;
  /** As seen by whoever acts. */
  readonly direction: "in" | "out";
  readonly kind: FlowKind;
}

const movements: Readonly<Record<string, readonly [verb: string, direction: "in" | "out", kind: FlowKind]>> = {
  "sqs:ReceiveMessage": ["receive", "in", "message"],
  "sqs:SendMessage": ["send", "out", "message"],
  "sns:Publish": ["publish", "out", "message"],
  "events:PutEvents": ["publish", "out", "message"],
  "kinesis:GetRecords": ["receive", "in", "message"],
  "kinesis:PutRecord": ["send", "out", "message"],
  "kinesis:PutRecords": ["send", "out", "message"],
  "dynamodb:GetItem": ["read", "in", "data"],
  "dynamodb:BatchGetItem": ["read", "in", "data"],
  "dynamodb:Query": ["read", "in", "data"],
  "dynamodb:Scan": ["read", "in", "data"],
  "dynamodb:PutItem": ["create", "out", "data"],
  "dynamodb:UpdateItem": ["update", "out", "data"],
  "dynamodb:DeleteItem": ["delete", "out", "data"],
  "dynamodb:BatchWriteItem": ["write", "out", "data"],
  "s3:GetObject": ["read", "in", "data"],
  "s3:PutObject": ["write", "out", "data"],
  "s3:DeleteObject": ["delete", "out", "data"],
  "s3:RestoreObject": ["restore", "out", "data"],
  "glacier:UploadArchive": ["archive", "out", "data"],
  "glacier:DeleteArchive": ["delete", "out", "data"],
  "glacier:InitiateJob": ["restore", "out", "data"],
  "glacier:GetJobOutput": ["read", "in", "data"],
  "ses:SendEmail": ["mail", "out", "mail"],
  "ses:SendRawEmail": ["mail", "out", "mail"],
  "lambda:InvokeFunction": ["invoke", "out", "request"],
  "states:StartExecution": ["start", "out", "request"],
  "ssm:GetParameter": ["read", "in", "data"],
  "ssm:GetParameters": ["read", "in", "data"],
  "secretsmanager:GetSecretValue": ["read", "in", "data"],
};

/** Actions that send mail; SES needs no resource of the program's for it. */
export const sendsMail = (action: string): boolean => globOf(action, "i").test("ses:SendEmail");

const serviceOf = (type: string) => /^aws:(\w+)\//.exec(type)?.[1];
const prefixes: Readonly<Record<string, string>> = { sesv2: "ses", cloudwatch: "events" };

/** What the actions (wildcards too) let through to a resource of the type. */
export function movementsTo(type: string, actions: readonly string[]): Movement[] {
  const service = serviceOf(type);
  if (service === undefined) return [];
  const prefix = `${prefixes[service] ?? service}:`;
  const patterns = actions.map((action) => globOf(action, "i"));
  return Object.entries(movements)
    .filter(([action]) => action.startsWith(prefix) && patterns.some((pattern) => pattern.test(action)))
    .map(([, [verb, direction, kind]]) => ({ verb, direction, kind }));
}
