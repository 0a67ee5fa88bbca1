/** Whether the account may use Glacier vaults. AWS tells only by what it has: new customers get none since 15 December 2025. */
import type { AccountReader } from "../account.ts";
import { type CheckResult, note, ok, unlooked } from "../finding.ts";
import type { Needs } from "../needs.ts";

export async function checkVaults({ vaults }: Needs, account: AccountReader): Promise<CheckResult[]> {
  const check = "Glacier vaults";
  if (vaults.length === 0) return [ok(check, "not used: results are archived in S3 Glacier")];
  try {
    const there = await account.vaults();
    if (there.length > 0) return [ok(check, `the account already has ${there.length}, so it may create more`)];
    const found = "the account has none, and since 15 December 2025 AWS lets no account create its first one";
    return [note(check, found, "set annofarm:store to s3, unless this account had vaults in another region before")];
  } catch (error) {
    return [unlooked(check, error, "glacier:ListVaults")];
  }
}
