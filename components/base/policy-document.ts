import type { PolicyStatement } from "@pulumi/aws/iam/documents.js";
import { type Input, jsonStringify, type Output } from "@pulumi/pulumi";

export type Statement = PolicyStatement;

/**
 * A policy document as the JSON text that AWS keeps.
 *
 * @throws {Error} when there is no statement, or two have one id: AWS refuses that only once it is too late.
 */
export function policyDocument(statements: readonly Statement[]): Output<string> {
  if (statements.length === 0) throw new Error("a policy needs a statement: AWS refuses one that has none");
  const ids = statements.flatMap(({ Sid }) => (Sid === undefined ? [] : [Sid]));
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) throw new Error(`a policy names more than one statement ${[...new Set(twice)].join(", ")}`);
  return jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** Permission of a role: `actions` on `resources`, under `condition` when given. */
export function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly Input<string>[],
  condition?: Record<string, unknown>,
): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: [...actions],
    Resource: [...resources],
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** Refuses everybody who does not come over TLS; for resource policies of buckets, queues and topics. */
export function denyPlainText(actions: string, resources: readonly Input<string>[]): Statement {
  return {
    Sid: "DenyPlainText",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: [...resources],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** Trust policy of a role that an AWS service takes on. */
export function trustService(service: string): Output<string> {
  return policyDocument([{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }]);
}

/** Trust policy of a role that another role takes on. */
export function trustRole(roleArn: Input<string>): Output<string> {
  return policyDocument([{ Effect: "Allow", Principal: { AWS: roleArn }, Action: "sts:AssumeRole" }]);
}
