/**
 * A customer's own KMS key. Stores name it; a role that uses a store needs the key too, and only through that store's service.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
import { type Input, interpolate, type Resource } from "@pulumi/pulumi";
import { accountOf } from "./account.ts";
import { allow, type Statement } from "./policy-document.ts";
import { form, type MaybeMistake } from "./validate.ts";

/** Of a key itself: policies cannot name an alias. */
const keyArn = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

/** The argument of every component that brings a store. */
export interface CustomerKeyArgs {
  /**
   * ARN of a symmetric KMS key of your own, which encrypts everything that is kept:
   * `arn:aws:kms:<region>:<account>:key/<id>`. Its policy must let in the services that `docs/security.md` lists.
   * @default the keys of each AWS service
   */
  readonly kmsKeyArn?: Input<string>;
}

/** What the argument may be; `path` is how its writer knows it. */
export const kmsKeyRule = (value: unknown, path = "kmsKeyArn"): MaybeMistake =>
  form(path, value, keyArn, "the ARN of a key, not of an alias: arn:aws:kms:<region>:<account>:key/<id>");

type KeyAction = "kms:Decrypt" | "kms:GenerateDataKey";

/** Who sends or writes gets a new data key and proves that it can read it; a multipart upload reads the key of its first part. */
const writing: readonly KeyAction[] = ["kms:GenerateDataKey", "kms:Decrypt"];
const reading: readonly KeyAction[] = ["kms:Decrypt"];

/** What an action on an encrypted store needs of the key. DynamoDB unwraps the table's key with the caller's permission. */
const needs: Readonly<Record<string, readonly KeyAction[]>> = {
  "s3:GetObject": reading,
  "s3:PutObject": writing,
  "sqs:ReceiveMessage": reading,
  "sqs:SendMessage": writing,
  "sns:Publish": writing,
  "ssm:GetParameter": reading,
  "dynamodb:GetItem": reading,
  "dynamodb:PutItem": reading,
  "dynamodb:UpdateItem": reading,
  "dynamodb:DeleteItem": reading,
  "dynamodb:Query": reading,
};

const serviceOf = (action: string) => action.slice(0, action.indexOf(":"));

/** Services through which the statements need an action of the key, in the order of the alphabet. */
function servicesThatNeed(wanted: KeyAction, statements: readonly Statement[]): string[] {
  const actions = statements.flatMap(({ Action = [] }) => Action as string | string[]);
  const needing = actions.filter((action) => needs[action]?.includes(wanted));
  return [...new Set(needing.map(serviceOf))].sort();
}

/**
 * The statements, with what they need of the keys of the stores that they speak of: on these keys only, and only through the
 * services whose actions the statements allow.
 *
 * @param keys of those stores; undefined: encrypted with AWS's own, which need no permission.
 */
export function withKeys(
  statements: readonly Statement[],
  keys: readonly (Input<string> | undefined)[],
  parent: Resource,
): Statement[] {
  const own = [...new Set(keys.filter((key) => key !== undefined))];
  if (own.length === 0) return [...statements];
  const { region } = accountOf(parent);
  const through = (sid: string, action: KeyAction): Statement[] => {
    const services = servicesThatNeed(action, statements).map((name) => interpolate`${name}.${region}.amazonaws.com`);
    if (services.length === 0) return [];
    return [allow(sid, [action], own, { StringEquals: { "kms:ViaService": services } })];
  };
  return [...statements, ...through("DecryptByKey", "kms:Decrypt"), ...through("EncryptByKey", "kms:GenerateDataKey")];
}
