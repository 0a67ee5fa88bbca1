/** Policies of buckets, queues and topics: JSON text, read as IAM would. */

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

export function isEverybody(principal: unknown): boolean {
  const aws = (principal as { AWS?: unknown } | undefined)?.AWS;
  return principal === "*" || many(aws).includes("*");
}

/** Keys that tie a request to somebody: an account, an organisation, a resource, a network. */
const tying =
  /^aws:(SourceArn|SourceAccount|SourceOwner|SourceOrgID|SourceOrgPaths|PrincipalArn|PrincipalAccount|PrincipalOrgID|PrincipalOrgPaths|SourceVpc|SourceVpce|SourceIp|VpcSourceIp|userid)$/i;
const comparing = /^(ForAnyValue:)?(StringEquals(IgnoreCase)?|StringLike|ArnEquals|ArnLike|IpAddress)$/;

/** AWS counts fixed values only: no wildcard, no policy variable, no range that is the whole Internet. */
const isFixed = (value: unknown) => typeof value === "string" && !/[*?]|\$\{|\/0$/.test(value);

/** Whether one of the conditions lets in only whom it names. */
function isTied({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(
    ([operator, keys]) =>
      comparing.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => tying.test(key) && many(values).length > 0 && many(values).every(isFixed),
      ),
  );
}

/** Whether anybody in the world is allowed something. */
export function isPublic(statement: Statement): boolean {
  const anybody = isEverybody(statement.Principal) || statement.NotPrincipal !== undefined;
  return statement.Effect === "Allow" && anybody && !isTied(statement);
}

/** Whether the statement's actions take in one of the sample actions; action names ignore case, `*` and `?` are wildcards. */
export function takesIn(statement: Statement, samples: readonly string[]): boolean {
  if (statement.NotAction !== undefined) return true;
  return many(statement.Action).some((action) => {
    const pattern = new RegExp(`^${wildcards(String(action))}$`, "i");
    return samples.some((sample) => pattern.test(sample));
  });
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
