/** All checks of one stack, in the order in which a newcomer meets what they are about. */
import type { AccountReader } from "./account.ts";
import { checkAlarms } from "./checks/alarms.ts";
import { checkDomain, type ResolveNameServers } from "./checks/domain.ts";
import { checkIdentity } from "./checks/identity.ts";
import { checkKeys } from "./checks/keys.ts";
import { checkMachines } from "./checks/machines.ts";
import { checkMail } from "./checks/mail.ts";
import { checkParameters } from "./checks/parameters.ts";
import { checkPayments } from "./checks/payments.ts";
import { checkQuotas } from "./checks/quotas.ts";
import { checkVaults } from "./checks/vaults.ts";
import { type CheckResult, note, ok, unknown, wrong } from "./finding.ts";
import type { Needs } from "./needs.ts";

/** @returns undefined when there are no credentials that work, with the finding that says so. */
async function checkCredentials(account: AccountReader): Promise<{ finding: CheckResult; usable: boolean }> {
  const check = "credentials";
  try {
    const { arn, accountId } = await account.caller();
    const isRoot = arn.endsWith(":root");
    const finding = isRoot
      ? note(
          check,
          `account ${accountId}, as its root user`,
          "create an administrator in IAM Identity Center and use it",
        )
      : ok(check, `account ${accountId}, as ${arn.slice(arn.lastIndexOf(":") + 1)}`);
    return { finding, usable: true };
  } catch (error) {
    const { name, message } = error as Error;
    const fix = "aws configure sso (or set AWS_PROFILE), then try: aws sts get-caller-identity";
    return { finding: wrong(check, `${message || name}`, fix), usable: false };
  }
}

/**
 * @param onProgress told what is looked at.
 * @returns every finding; without credentials only what needs none.
 */
export async function examine(
  needs: Needs,
  account: AccountReader,
  { onProgress = () => {}, resolve }: { onProgress?: (what: string) => void; resolve?: ResolveNameServers } = {},
): Promise<CheckResult[]> {
  onProgress("credentials");
  const { finding, usable } = await checkCredentials(account);
  if (!usable) {
    const rest = unknown("the account", "was not checked", "provide credentials first");
    onProgress("identity provider");
    return [finding, rest, ...(await checkIdentity(needs)), ...(await checkPayments(needs, undefined))];
  }
  const findings = [finding];
  const checks: readonly [string, () => Promise<CheckResult[]>][] = [
    ["region and instance types", () => checkMachines(needs, account)],
    ["quotas", () => checkQuotas(needs, account)],
    ["archive", () => checkVaults(needs, account)],
    ["keys", () => checkKeys(needs, account)],
    ["mail", () => checkMail(needs, account)],
    ["domain", () => checkDomain(needs, account, resolve)],
    ["secrets", () => checkParameters(needs, account)],
    ["identity provider", () => checkIdentity(needs)],
    ["payments", () => checkPayments(needs, account)],
    ["alarms", () => checkAlarms(needs, account)],
  ];
  for (const [what, check] of checks) {
    onProgress(what);
    findings.push(...(await check()));
  }
  return findings;
}
