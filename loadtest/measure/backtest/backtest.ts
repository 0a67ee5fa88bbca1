/** A backtest: what was recorded, and what each variant of the declaration predicts of it. */
import type { BacktestOutcome } from "./judge.ts";
import type { BacktestRecord } from "./record.ts";

export interface Backtest {
  readonly directory: string;
  readonly group: string;
  readonly record: BacktestRecord;
  readonly seed: number;
  readonly runs: number;
  /** Whose record it is, in words: every error is against that. */
  readonly against: string;
  readonly notes: readonly string[];
  readonly outcomes: readonly BacktestOutcome[];
}

/** Of every account that annofarm local plays. */
const localAccount = "123456789012";

/** @returns in words, whose record it is. */
export function againstOf({ group }: Pick<BacktestRecord, "group">): string {
  const account = group?.arn?.split(":")[4];
  if (account === undefined) return "a record of unknown origin (describe-auto-scaling-groups was not exported)";
  if (account === localAccount) return "our own loop, annofarm local, and not AWS";
  return `a record of account ${account}`;
}
