/** Who may take on a role: its trust policy, as the emulator keeps it. */

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Principal?: unknown;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function isPrincipal(principal: unknown, roleArn: string): boolean {
  if (principal === "*") return true;
  const account = /^arn:[^:]+:iam::(\d{12}):/.exec(roleArn)?.[1];
  const aws = (principal as { AWS?: unknown } | null | undefined)?.AWS;
  return list(aws).some((one) => one === "*" || one === roleArn || one === account || isAccountRoot(one, account));
}

function isAccountRoot(principal: unknown, account: string | undefined): boolean {
  return typeof principal === "string" && /^arn:[^:]+:iam::(\d{12}):root$/.exec(principal)?.[1] === account;
}

/**
 * True when a statement allows `sts:AssumeRole` to the role and none denies it. Conditions are not evaluated: a statement
 * counts as if they held.
 */
export function isTrusted(trustPolicy: string, roleArn: string): boolean {
  const statements = list((JSON.parse(trustPolicy) as { Statement?: unknown }).Statement) as Statement[];
  const matching = statements.filter(
    ({ Action, Principal }) =>
      list(Action).some((action) => action === "sts:AssumeRole" || action === "sts:*" || action === "*") &&
      isPrincipal(Principal, roleArn),
  );
  return matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny");
}
