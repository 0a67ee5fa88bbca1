/** What a setting is to reach, and whether a run of it did. */
import type { Candidate } from "../compare/compare.ts";
import { meetsSlo, type Objective } from "../slo.ts";
import type { Trial } from "./trial.ts";

export interface Goal {
  readonly slo: readonly Objective[];
  /** USD of a run at most; `undefined`: whatever it costs. */
  readonly budget: number | undefined;
  /** Share of runs that must meet all of it. */
  readonly share: number;
  /** With which everything is told that is told with confidence. */
  readonly confidence: number;
}

export const costOf = ({ cost, scenario }: Candidate, trial: Trial): number => cost(trial, scenario.seconds / 3600);

export function meets({ slo, budget }: Goal, candidate: Candidate, trial: Trial): boolean {
  return meetsSlo(slo, trial) && (budget === undefined || costOf(candidate, trial) <= budget);
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
