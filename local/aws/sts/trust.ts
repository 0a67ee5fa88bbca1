/** Who may take on a role: its trust policy, as the emulator keeps it. */
import type { Context } from "../../../plan/iam/context.ts";
import { parsePolicy } from "../../../plan/iam/document.ts";
import { evaluate } from "../../../plan/iam/evaluate.ts";
import { isKnownKey } from "../iam/condition-keys.ts";

/**
 * True when the policy trusts the role: names it, or its account, and denies it nowhere. Whether the role's own policies let
 * it ask is not judged here.
 *
 * @throws {PolicyError} when a condition of it cannot be evaluated
 */
export function isTrusted(trustPolicy: string, roleArn: string, context: Context): boolean {
  const trust = parsePolicy(trustPolicy, "trust");
  const mayAsk = parsePolicy('{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}', "any");
  const request = { caller: { role: roleArn }, action: "sts:AssumeRole", resource: "*", context, knows: isKnownKey };
  return evaluate(request, { identity: mayAsk, resource: trust, resourceDecides: true }).allowed;
}
