/**
 * The check: what a search found, run with seeds that it never saw. Only these runs are counted for what is said of a setting.
 *
 * Finalists are tried one after the other until one passes. Each try is a chance to pass by luck, so the risk is divided by the number
 * of finalists (Bonferroni), however many are tried: the sentence "meets the goal in so many runs, with this confidence" then holds of
 * whichever passes.
 */
import type { Candidate } from "../compare/compare.ts";
import { lowerBound, metFor, runsFor } from "./chance.ts";
import { costOf, type Goal, meets } from "./goal.ts";
import type { RunTrials, Trial } from "./trial.ts";

/** Settings that are tried at most. */
export const finalistsMost = 3;

/** Seeds of the check are this far from those of the search, whose runs are fewer. */
export const heldOutSeeds = 1_000_000;

export interface Check {
  readonly candidate: Candidate;
  readonly trials: readonly Trial[];
  readonly costs: readonly number[];
  readonly met: number;
  /** Share of runs that meets the goal at least, with the goal's confidence. */
  readonly atLeast: number;
  readonly passed: boolean;
}

const riskOfFinalist = ({ confidence }: Pick<Goal, "confidence">): number => (1 - confidence) / finalistsMost;

/** Runs of a check at least: fewer show nothing, even if all of them meet the goal. */
export const leastRuns = (goal: Pick<Goal, "share" | "confidence">): number =>
  runsFor(goal.share, riskOfFinalist(goal));

/** Runs that must meet the goal; `undefined`: so few runs cannot show it. */
export const neededOf = (goal: Goal, runs: number): number | undefined =>
  metFor(goal.share, runs, riskOfFinalist(goal));

/** @param risk chance that `atLeast` says too much. */
export async function checkOf(
  candidate: Candidate,
  goal: Goal,
  {
    seed,
    runs,
    risk,
    run,
  }: { readonly seed: number; readonly runs: number; readonly risk: number; readonly run: RunTrials },
): Promise<Check> {
  const seeds = Array.from({ length: runs }, (_, n) => seed + heldOutSeeds + n);
  const trials = await run(candidate.scenario, seeds);
  const met = trials.filter((trial) => meets(goal, candidate, trial)).length;
  const atLeast = lowerBound(met, runs, risk);
  const costs = trials.map((trial) => costOf(candidate, trial));
  return { candidate, trials, costs, met, atLeast, passed: atLeast >= goal.share };
}

/** Tries finalists in their order until one passes: it is the last of those that are returned. */
export async function checkInOrder(
  finalists: readonly Candidate[],
  goal: Goal,
  options: { readonly seed: number; readonly runs: number; readonly run: RunTrials },
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const candidate of finalists.slice(0, finalistsMost)) {
    const check = await checkOf(candidate, goal, { ...options, risk: riskOfFinalist(goal) });
    checks.push(check);
    if (check.passed) break;
  }
  return checks;
}
