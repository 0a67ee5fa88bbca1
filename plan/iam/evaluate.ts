/**
 * What IAM decides within one account: a deny anywhere refuses; else an allow of the role's own policies, or of the
 * resource's policy for this very caller, permits; else nothing does. A permissions boundary must allow it as well, unless the
 * resource's policy allows everybody.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { conditionsHold } from "./condition.ts";
import type { Context } from "./context.ts";
import type { Element, Statement } from "./document.ts";

/** Who asks: a role of the account, or a service of AWS (`sns.amazonaws.com`). */
export type Caller = { readonly role: string } | { readonly service: string };

export interface Request {
  readonly caller: Caller;
  /** `sqs:SendMessage`. */
  readonly action: string;
  /** ARN, or `*` where the action knows none. */
  readonly resource: string;
  readonly context: Context;
  /** See `conditionsHold`. Default: every key is known. */
  readonly knows?: (key: string) => boolean;
}

export interface Policies {
  /** Everything attached to the role; nothing for a service. */
  readonly identity: readonly Statement[];
  /** The role's permissions boundary: the most that its own policies can allow. Default: it has none. */
  readonly boundary?: readonly Statement[];
  /** The policy of the bucket, queue, topic, or the trust policy of the role that is asked for. */
  readonly resource?: readonly Statement[];
  /** True: without an allow of the resource's own policy nothing is permitted, as with roles. Default: false. */
  readonly resourceDecides?: boolean;
}

/** A statement that applied, and by which of its patterns. */
export interface Match {
  readonly statement: Statement;
  readonly action: string;
  /** `undefined` in a trust policy. */
  readonly resource: string | undefined;
}

export type AccessDecision =
  | { readonly allowed: true; readonly by: readonly Match[] }
  | {
      readonly allowed: false;
      /** `beyond the boundary`: it would be allowed, by the statements of `by`, if the role had no boundary. */
      readonly why: "explicit deny" | "beyond the boundary" | "not allowed";
      readonly by: readonly Match[];
    };

/** Patterns that match; for a `Not…` element the whole of it, when none does. */
function matching(element: Element, value: string, context: Context): string[] {
  const found = element.patterns.filter((pattern) => pattern.matches(value, context)).map(({ text }) => text);
  if (!element.negated) return found;
  return found.length > 0 ? [] : [`not ${element.patterns.map(({ text }) => text).join(", ")}`];
}

const accountOf = (arn: string) => arn.split(":")[4] ?? "";

/**
 * How a resource policy names the caller: `itself` (or everybody), its `account`, which leaves it to the role's own
 * policies, or not at all.
 */
function naming({ principals }: Statement, caller: Caller): "itself" | "account" | undefined {
  if (principals === undefined) return "itself";
  const { element, negated } = principals;
  const positive = (): "itself" | "account" | undefined => {
    if (element === "*") return "itself";
    if ("service" in caller) return element.Service?.includes(caller.service) === true ? "itself" : undefined;
    const names = element.AWS ?? [];
    if (names.includes("*") || names.includes(caller.role)) return "itself";
    const account = accountOf(caller.role);
    return names.some((name) => name === account || (accountOf(name) === account && name.endsWith(":root")))
      ? "account"
      : undefined;
  };
  const named = positive();
  if (!negated) return named;
  return named === undefined ? "itself" : undefined;
}

function matchesOf(statement: Statement, request: Request): Match[] {
  const { actions, resources, conditions } = statement;
  const byAction = matching(actions, request.action, request.context);
  if (byAction.length === 0) return [];
  const byResource = resources === undefined ? [undefined] : matching(resources, request.resource, request.context);
  if (byResource.length === 0) return [];
  if (!conditionsHold(conditions, request.context, request.knows ?? (() => true))) return [];
  return byAction.flatMap((action) => byResource.map((resource) => ({ statement, action, resource })));
}

/** Whether a resource policy allows everybody: such an allow needs no consent of the caller's boundary. */
function allowsEverybody({ principals }: Statement): boolean {
  if (principals === undefined || principals.negated) return false;
  return principals.element === "*" || principals.element.AWS?.includes("*") === true;
}

/** Every statement that applies, by what it does. */
function applying(request: Request, { identity, boundary = [], resource = [] }: Policies) {
  const denies: Match[] = [];
  const own: Match[] = [];
  const bounds: Match[] = [];
  const direct: Match[] = [];
  const delegated: Match[] = [];

  for (const statement of identity) {
    (statement.effect === "Deny" ? denies : own).push(...matchesOf(statement, request));
  }
  for (const statement of boundary) {
    (statement.effect === "Deny" ? denies : bounds).push(...matchesOf(statement, request));
  }
  for (const statement of resource) {
    const named = naming(statement, request.caller);
    if (named === undefined) continue;
    const place = statement.effect === "Deny" ? denies : named === "itself" ? direct : delegated;
    place.push(...matchesOf(statement, request));
  }
  return { denies, own, bounds, direct, delegated };
}

/** @throws {PolicyError} when a statement that would apply has a condition that cannot be evaluated */
export function evaluate(request: Request, policies: Policies): AccessDecision {
  const { denies, own, bounds, direct, delegated } = applying(request, policies);
  if (denies.length > 0) return { allowed: false, why: "explicit deny", by: denies };

  const byOwn = own.length > 0 && (!policies.resourceDecides || delegated.length > 0);
  const allows = direct.length > 0 ? [...own, ...direct] : byOwn ? [...own, ...delegated] : [];
  if (allows.length === 0) return { allowed: false, why: "not allowed", by: [] };
  if (policies.boundary === undefined || bounds.length > 0) return { allowed: true, by: allows };
  const toEverybody = direct.filter(({ statement }) => allowsEverybody(statement));
  if (toEverybody.length > 0) return { allowed: true, by: toEverybody };
  return { allowed: false, why: "beyond the boundary", by: allows };
}
