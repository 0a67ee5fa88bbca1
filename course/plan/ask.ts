/** Quotas as the account itself tells them, through a port of plain answers. */
import type { Counted } from "./counts.ts";
import { type QuotaAnswers, type QuotaRule, quotaRules } from "./quotas.ts";

/** What an account answers; each question alone, so that one refusal leaves the others. */
export interface ClassAccount {
  /** What it has already of a kind; `undefined`: not counted for the account as a whole. */
  inUse(kind: Counted): Promise<number | undefined>;
  /** Its quota; `undefined`: AWS tells of none. */
  limit(rule: QuotaRule): Promise<number | undefined>;
  vcpusOf(instanceTypes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

/** Asks for everything that the class needs. A question that is refused leaves the published value, and says why. */
export async function askQuotas(account: ClassAccount, kinds: ReadonlySet<Counted>): Promise<QuotaAnswers> {
  const limits = new Map<Counted, number>();
  const inUse = new Map<Counted, number>();
  const unknown = new Map<Counted, string>();
  await Promise.all(
    quotaRules
      .filter(({ kind }) => kinds.has(kind))
      .map(async (rule) => {
        const told = await Promise.allSettled([account.limit(rule), account.inUse(rule.kind)]);
        const [limit, used] = told;
        if (limit.status === "fulfilled" && limit.value !== undefined) limits.set(rule.kind, limit.value);
        if (used.status === "fulfilled" && used.value !== undefined) inUse.set(rule.kind, used.value);
        const refused = told.find((each): each is PromiseRejectedResult => each.status === "rejected");
        if (refused !== undefined)
          unknown.set(rule.kind, (refused.reason as Error).message || (refused.reason as Error).name);
      }),
  );
  return { limits, inUse, unknown };
}
