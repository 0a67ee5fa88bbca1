/**
 * What each role may do, found by asking: every verb of every store is evaluated against the role's policies and the store's
 * own. What statements allow beside that is listed as they say it, so nothing is left out.
 */
import { contextOf } from "../../iam/context.ts";
import type { Statement } from "../../iam/document.ts";
import { evaluate } from "../../iam/evaluate.ts";
import { type DeclaredPolicies, type DeclaredRole, declaredPolicies } from "../../iam/roles.ts";
import type { Plan } from "../../types.ts";
import { type Store, storesOf, type Verb } from "./stores.ts";

/** A role's hold on one store by one verb; `parts` are key patterns or indexes, empty for all of it. */
export interface Hold {
  readonly store: Store;
  readonly verb: Verb;
  readonly parts: readonly string[];
}

export interface Other {
  readonly statement: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** `ses:FromAddress is gas@example.org` */
  readonly conditions: readonly string[];
}

export interface RoleView {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  /** `ec2.amazonaws.com`, or names of roles. */
  readonly assumedBy: readonly string[];
  readonly holds: readonly Hold[];
  /** What it may do beside that. */
  readonly others: readonly Other[];
  readonly awsPolicies: readonly string[];
  /** Stores it has no hold on at all. */
  readonly outOfReach: readonly Store[];
}

/** Condition keys of a role's calls; its tags are among them. */
export function callContext({ tags }: Pick<DeclaredRole, "tags">, more: Readonly<Record<string, string>> = {}) {
  const ofTags = Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const);
  return contextOf({ "aws:SecureTransport": "true", ...Object.fromEntries(ofTags), ...more });
}
const patternsOf = (statement: Statement) => statement.resources?.patterns.map(({ text }) => text) ?? [];

function isAllowed(role: DeclaredRole, action: string, store: Store, resource: string, policies: DeclaredPolicies) {
  const trust = store.kind.kind === "role" ? policies.roles.find(({ arn }) => arn === store.arn)?.trust : undefined;
  const own = trust ?? policies.ofResources.get(store.arn);
  // What a boundary says that another program declares is not known: then this is what the role's own policies allow.
  const boundary = role.boundary === undefined ? undefined : policies.managed.get(role.boundary);
  return evaluate(
    { caller: { role: role.arn }, action, resource, context: callContext(role) },
    {
      identity: role.identity,
      ...(boundary === undefined ? {} : { boundary }),
      ...(own === undefined ? {} : { resource: own }),
      resourceDecides: action === "sts:AssumeRole",
    },
  ).allowed;
}

/** Parts of the store that the role's own statements name: `/gas/*`, `/index/user_id_index`. */
function namedParts(role: DeclaredRole, store: Store): string[] {
  const parts = role.identity
    .flatMap(patternsOf)
    .filter((pattern) => pattern.startsWith(store.arn) && pattern.length > store.arn.length)
    .map((pattern) => pattern.slice(store.arn.length))
    .filter((part) => /^[/:]/.test(part));
  return [...new Set(parts)];
}

function holdOf(role: DeclaredRole, store: Store, verb: Verb, policies: DeclaredPolicies): Hold | undefined {
  const may = (part: string) => isAllowed(role, verb.action, store, `${store.arn}${part}`, policies);
  if (may(verb.part)) return { store, verb, parts: [] };
  if (verb.part === "") return undefined;
  const parts = namedParts(role, store).filter((part) => may(part.replaceAll("*", "…")));
  return parts.length === 0
    ? undefined
    : { store, verb, parts: parts.map((part) => part.replace(/^\/(index\/)?/, "")) };
}

function conditionsOf({ conditions }: Statement): string[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      const words = operator === "StringEquals" ? "is" : operator;
      return `${key} ${words} ${values.join(" or ")}`;
    }),
  );
}

/** Allowed actions on patterns that no verb's hold accounts for. */
function othersOf(role: DeclaredRole, holds: readonly Hold[]): Other[] {
  const isTold = (action: string, resource: string) =>
    holds.some(({ verb, store }) => verb.action === action && resource.startsWith(store.arn));
  return role.identity
    .filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => {
      const resources = patternsOf(statement);
      const actions = statement.actions.patterns
        .map(({ text }) => (statement.actions.negated ? `everything but ${text}` : text))
        .filter((action) => resources.some((resource) => !isTold(action, resource)));
      const untold = resources.filter((resource) => actions.some((action) => !isTold(action, resource)));
      if (actions.length === 0) return [];
      return [{ statement: statement.id, actions, resources: untold, conditions: conditionsOf(statement) }];
    });
}

function assumers({ trust }: DeclaredRole): string[] {
  return trust
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ principals }) => {
      if (principals === undefined || principals.element === "*") return ["everybody"];
      return Object.values(principals.element)
        .flat()
        .map((name) => name.replace(/^arn:[^:]+:iam::\d+:role\//, ""));
    });
}

/** The roles of a plan, by name. */
export function roleViews(plan: Plan): RoleView[] {
  const policies = declaredPolicies(plan);
  const stores = storesOf(
    plan,
    policies.roles.flatMap(({ identity }) => identity.flatMap(patternsOf)),
  );
  return policies.roles
    .map((role) => {
      const others = stores.filter(({ arn }) => arn !== role.arn);
      const holds = others.flatMap((store) =>
        store.kind.verbs.flatMap((verb) => holdOf(role, store, verb, policies) ?? []),
      );
      const { name, arn, description, awsPolicies } = role;
      return {
        name,
        arn,
        description,
        assumedBy: assumers(role),
        holds,
        others: othersOf(role, holds),
        awsPolicies,
        outOfReach: others.filter((store) => !holds.some((hold) => hold.store === store)),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
