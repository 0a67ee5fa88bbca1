/**
 * What a call needs to be allowed: IAM actions and the ARNs they are asked for. The permission check itself is an
 * argument of the gateway (`authorize`).
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
import type { Context } from "../../../plan/iam/context.ts";
import { type Call, textOf } from "../../gateway/call.ts";
import { queueName } from "../../gateway/resource-name.ts";
import { s3Permissions } from "../s3/permissions.ts";
import { mailAddress } from "../ses/mail-address.ts";
import type { KeyNeed } from "./key-needs.ts";
import type { Permission } from "./permission.ts";

export interface AuthorizationRequest {
  /** ARN of the calling role. */
  readonly caller: string;
  /** Every one of them must be allowed. */
  readonly permissions: readonly Permission[];
  /** What the keys of the stores must allow beside, where they are a customer's. */
  readonly keys: readonly KeyNeed[];
  /** Condition keys of the call. */
  readonly context: Context;
}

type Authorization =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly denied: Permission;
      /** Ends the sentence "… is not authorized to perform: …": `because no policy allows it`. */
      readonly why: string;
    };

export type Authorize = (request: AuthorizationRequest) => Promise<Authorization>;

export interface AccountPlace {
  readonly region: string;
  readonly accountId: string;
  /** Name of the group an instance belongs to; omitted: no group is known. */
  readonly groupOf?: (instanceId: string) => string | undefined;
}

type Input = Readonly<Record<string, unknown>>;

const prefixes: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

const transactionActions: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
};

function dynamoPermissions(action: string, input: Input, { region, accountId }: AccountPlace): Permission[] {
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

const resources: Readonly<Record<string, (input: Input, place: AccountPlace, call: Call) => string[]>> = {
  sqs: (input, { region, accountId }) => {
    const name = input.QueueUrl === undefined ? textOf(input.QueueName) : queueName(input.QueueUrl);
    return [name === "" ? "*" : `arn:aws:sqs:${region}:${accountId}:${name}`];
  },
  // Whichever of the two the service would take.
  sns: (input) => {
    const arns = [input.TopicArn, input.TargetArn].map(textOf).filter((arn) => arn !== "");
    return arns.length === 0 ? ["*"] : arns;
  },
  ssm: (input, { region, accountId }) => {
    const names = Array.isArray(input.Names) ? input.Names : [input.Name ?? input.Path];
    const arn = (name: unknown) => `arn:aws:ssm:${region}:${accountId}:parameter/${textOf(name).replace(/^\//, "")}`;
    return names.map((name) => (name === undefined ? "*" : arn(name)));
  },
  ses: (input, { region, accountId }) => {
    const address = mailAddress(textOf(input.FromEmailAddress));
    return [address === "" ? "*" : `arn:aws:ses:${region}:${accountId}:identity/${address}`];
  },
  sts: (input) => [textOf(input.RoleArn) || "*"],
  glacier: (_input, { region, accountId }, { vault }) => [
    vault === undefined ? "*" : `arn:aws:glacier:${region}:${accountId}:vaults/${vault}`,
  ],
  autoscaling: (input, { region, accountId, groupOf }, { action }) => {
    if (action.startsWith("Describe")) return ["*"];
    const name = textOf(input.AutoScalingGroupName) || groupOf?.(textOf(input.InstanceId)) || "";
    if (name === "") return ["*"];
    return [`arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`];
  },
  logs: (input, { region, accountId }) => [
    `arn:aws:logs:${region}:${accountId}:log-group:${textOf(input.logGroupName) || "*"}:log-stream:${textOf(input.logStreamName)}`,
  ],
};

export function permissionsOf(call: Call, place: AccountPlace): Permission[] {
  if (call.service === "s3") return s3Permissions(call);
  // AWS lets everybody ask who they are.
  if (call.service === "sts" && call.action === "GetCallerIdentity") return [];
  if (call.service === "dynamodb") return dynamoPermissions(call.action, call.input, place);
  // A batch is allowed by the permission of the single call.
  const name = call.service === "sqs" || call.service === "sns" ? call.action.replace(/Batch$/, "") : call.action;
  const action = `${prefixes[call.service] ?? call.service}:${name}`;
  const found = resources[call.service]?.(call.input, place, call) ?? ["*"];
  return found.map((resource) => ({ action, resource }));
}
