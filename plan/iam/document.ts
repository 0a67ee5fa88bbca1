/** Policy documents as IAM reads them: parsed once, strictly, into what evaluation needs. */
import { actionPattern, type Pattern, resourcePattern } from "./pattern.ts";

/** `operator → condition key → values`, as written. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Whom a statement of a resource policy speaks of; `kind` is `AWS`, `Service`, …; `*` is everybody. */
type PrincipalElement = "*" | Readonly<Record<string, readonly string[]>>;

/** Patterns of an element, and whether it is the `Not…` form: everything but these. */
export interface Element {
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

export interface Statement {
  /** The policy it stands in: `service`, `trust`, … */
  readonly policy: string;
  /** Its `Sid`, else its place in the document: `#1`. */
  readonly id: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: Element;
  /** Absent in trust policies, where the resource is the role itself. */
  readonly resources: Element | undefined;
  /** Absent in policies of a role, where it is the role itself. */
  readonly principals: { readonly negated: boolean; readonly element: PrincipalElement } | undefined;
  readonly conditions: Conditions;
}

/** A policy that IAM would not have taken. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

type Raw = Readonly<Record<string, unknown>>;

const elements = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

function texts(value: unknown, what: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === "string" || typeof item === "number" || typeof item === "boolean") return String(item);
    throw new PolicyError(`${what} must be text or a list of texts, not ${JSON.stringify(item)}`);
  });
}

function record(value: unknown, what: string): Raw {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Raw;
  throw new PolicyError(`${what} must be an object, not ${JSON.stringify(value)}`);
}

function element(raw: Raw, name: string, where: string, toPattern: (text: string) => Pattern): Element | undefined {
  const negated = raw[`Not${name}`] !== undefined;
  if (negated && raw[name] !== undefined) throw new PolicyError(`${where} has both ${name} and Not${name}`);
  const value = negated ? raw[`Not${name}`] : raw[name];
  if (value === undefined) return undefined;
  return { negated, patterns: texts(value, `${where}.${name}`).map(toPattern) };
}

function principals(raw: Raw, where: string): Statement["principals"] {
  const negated = raw.NotPrincipal !== undefined;
  const value = negated ? raw.NotPrincipal : raw.Principal;
  if (value === undefined) return undefined;
  if (value === "*") return { negated, element: "*" };
  const kinds = Object.entries(record(value, `${where}.Principal`));
  const listed = kinds.map(([kind, names]) => [kind, texts(names, `${where}.Principal.${kind}`)] as const);
  return { negated, element: Object.fromEntries(listed) };
}

function conditions(value: unknown, where: string): Conditions {
  if (value === undefined) return {};
  const operators = Object.entries(record(value, `${where}.Condition`)).map(([operator, keys]) => {
    const entries = Object.entries(record(keys, `${where}.Condition.${operator}`));
    return [operator, Object.fromEntries(entries.map(([key, wanted]) => [key, texts(wanted, `${where}.${key}`)]))];
  });
  return Object.fromEntries(operators);
}

function statement(raw: Raw, policy: string, id: string): Statement {
  const where = `statement ${id} of policy ${policy}`;
  const unknown = Object.keys(raw).filter((key) => !elements.has(key));
  if (unknown.length > 0) throw new PolicyError(`${where} has the unknown element ${unknown.join(", ")}`);
  const effect = raw.Effect;
  if (effect !== "Allow" && effect !== "Deny") {
    throw new PolicyError(`${where} has the Effect ${JSON.stringify(effect)}; it must be Allow or Deny`);
  }
  const actions = element(raw, "Action", where, actionPattern);
  if (actions === undefined) throw new PolicyError(`${where} has neither Action nor NotAction`);
  return {
    policy,
    id,
    effect,
    actions,
    resources: element(raw, "Resource", where, resourcePattern),
    principals: principals(raw, where),
    conditions: conditions(raw.Condition, where),
  };
}

/**
 * The statements of a policy document.
 *
 * @param policy its name, for messages and records
 * @throws {PolicyError} that names policy, statement and what is wrong with it
 */
export function parsePolicy(text: string, policy: string): Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new PolicyError(`policy ${policy} is not JSON: ${(cause as Error).message}`);
  }
  const { Statement: found = [] } = record(document, `policy ${policy}`);
  const list = Array.isArray(found) ? found : [found];
  return list.map((item, index) => {
    const raw = record(item, `statement #${index + 1} of policy ${policy}`);
    return statement(raw, policy, typeof raw.Sid === "string" && raw.Sid !== "" ? raw.Sid : `#${index + 1}`);
  });
}
