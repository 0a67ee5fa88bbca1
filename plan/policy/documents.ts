/** Policies of buckets, queues and topics: JSON text, read as IAM would. */
import { isWide } from "./addresses.ts";

export interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const many = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** Statements of a policy; none for what is not one. */
export function statementsOf(policy: unknown): readonly Statement[] {
  if (typeof policy !== "string")
    return many((policy as { Statement?: unknown } | undefined)?.Statement) as Statement[];
  try {
    return many((JSON.parse(policy) as { Statement?: unknown }).Statement) as Statement[];
  } catch {
    return [];
  }
}

/** `*`, alone or among others, of whatever kind of principal. */
function isEverybody(principal: unknown): boolean {
  if (principal === "*") return true;
  return (
    typeof principal === "object" &&
    principal !== null &&
    Object.values(principal).some((each) => many(each).includes("*"))
  );
}

const text = (judge: (value: string) => boolean) => (values: readonly unknown[]) =>
  values.every((value) => typeof value === "string" && judge(value));

/** AWS counts fixed values only: no wildcard, no policy variable. */
const isFixed = (value: string) => !/[*?]|\$\{/.test(value);
/** An ARN whose account is fixed, whatever stands behind it. */
const isOfAccount = (value: string) =>
  /^arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-*]*:\d{12}:/.test(value) && !value.includes("${");
/** The id of a role is fixed; what stands behind it is a session's name. */
const isRoleId = (value: string) => /^A[A-Z0-9]{9,}:\*$/.test(value);

/**
 * Keys that tie a request to somebody (an account, an organisation, a resource, a network), and which values do. Not among them:
 * `aws:VpcSourceIp`, since anybody can have a network of the same private addresses.
 */
const tying: readonly { readonly key: RegExp; readonly ties: (values: readonly unknown[]) => boolean }[] = [
  {
    key: /^aws:(SourceArn|SourceAccount|SourceOwner|SourceOrgID|SourceOrgPaths|PrincipalAccount|PrincipalOrgID|PrincipalOrgPaths|SourceVpc|SourceVpce)$/i,
    ties: text(isFixed),
  },
  { key: /^aws:PrincipalArn$/i, ties: text((value) => isFixed(value) || isOfAccount(value)) },
  { key: /^aws:userid$/i, ties: text((value) => isFixed(value) || isRoleId(value)) },
  // Delegation to access points: the account's owner says at each of them who may do what.
  { key: /^s3:DataAccessPointAccount$/i, ties: text(isFixed) },
  { key: /^s3:DataAccessPointArn$/i, ties: text((value) => isFixed(value) || isOfAccount(value)) },
  { key: /^aws:SourceIp$/i, ties: (values) => !isWide(values) },
];
/** Operators that a request without the key does not fulfil. */
const comparing = /^(ForAnyValue:)?(StringEquals(IgnoreCase)?|StringLike|ArnEquals|ArnLike|IpAddress)$/i;

/** Whether one of the conditions lets in only whom it names. All must hold, so one that does is enough. */
function isTied({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(
    ([operator, keys]) =>
      comparing.test(operator) &&
      Object.entries(keys).some(([key, values]) => {
        const list = many(values);
        return list.length > 0 && tying.some((each) => each.key.test(key) && each.ties(list));
      }),
  );
}

/** Whether anybody in the world is allowed something. */
export function isPublic(statement: Statement): boolean {
  const anybody = isEverybody(statement.Principal) || statement.NotPrincipal !== undefined;
  return statement.Effect === "Allow" && anybody && !isTied(statement);
}

/** Whether the statement's actions take in one of the sample actions; action names ignore case, `*` and `?` are wildcards. */
export function takesIn(statement: Statement, samples: readonly string[]): boolean {
  const named = (actions: unknown, sample: string) =>
    many(actions).some((action) => new RegExp(`^${wildcards(String(action))}$`, "i").test(sample));
  if (statement.NotAction !== undefined) return samples.some((sample) => !named(statement.NotAction, sample));
  return samples.some((sample) => named(statement.Action, sample));
}

/** Whether the statement's resources take in the ARN. */
export function covers(statement: Statement, arn: string): boolean {
  return many(statement.Resource).some((resource) => new RegExp(`^${wildcards(String(resource))}$`).test(arn));
}

const wildcards = (text: string) =>
  text
    .replace(/[\\^$+.()|[\]{}]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");

/** Whether every request that does not come over TLS is refused. */
export function refusesPlainText(statement: Statement): boolean {
  const secure = Object.entries(statement.Condition?.Bool ?? {}).find(([key]) => /^aws:SecureTransport$/i.test(key));
  return (
    statement.Effect === "Deny" &&
    isEverybody(statement.Principal) &&
    Object.keys(statement.Condition ?? {}).length === 1 &&
    secure !== undefined &&
    many(secure[1]).every((value) => String(value) === "false")
  );
}
