/** Settings for a goal: a search under common random numbers, then a check of what it found with runs that it never saw. */
import type { Scenario } from "../model.ts";
import { type Check, checkInOrder, checkOf, finalistsMost, neededOf } from "./check.ts";
import type { Goal } from "./goal.ts";
import { heldOutLoads } from "./held-out.ts";
import { costly, hopefuls, misses, type Race, type Racer, riskOfEach } from "./race.ts";
import { type Found, type Refusal, refinedMost, type SearchOptions, search } from "./search.ts";
import type { Space } from "./space.ts";
import type { RunTrials } from "./trial.ts";

/** What was found, under a load that is not the search's. */
interface HeldOut {
  readonly load: string;
  readonly check: Check;
}

export interface Tuning {
  readonly scenario: Scenario;
  readonly goal: Goal;
  readonly seed: number;
  /** Runs of the check. */
  readonly runs: number;
  /** Chance that one setting is called a miss and is none. */
  readonly risk: number;
  /** All settings that the program took, the declaration as it is first. */
  readonly racers: readonly Racer[];
  readonly refused: readonly Refusal[];
  /** Finalists in their order; the last has passed, if any has. */
  readonly checks: readonly Check[];
  /** The declaration as it is, with the same seeds. */
  readonly declared: Check;
  readonly heldOut: readonly HeldOut[];
}

export interface TuneOptions extends Pick<SearchOptions, "count" | "candidateOf"> {
  readonly goal: Goal;
  readonly seed: number;
  readonly runs: number;
  readonly run: RunTrials;
  /** Told of each part of the work as it begins. */
  readonly onPart?: (part: "search" | "check") => void;
}

/** The setting that was found; `undefined`: none passed the check. */
export const foundBy = ({ checks }: Pick<Tuning, "checks">): Check | undefined => checks.find(({ passed }) => passed);

/** Settings that cost less than a check's, and which of them are shown to miss the goal. */
export function cheaperThan(check: Check, tuning: Pick<Tuning, "racers" | "goal" | "risk">) {
  const own = tuning.racers.find(({ candidate }) => candidate === check.candidate);
  const cheaper = own === undefined ? [] : tuning.racers.filter((each) => costly(each) < costly(own));
  return { cheaper, missing: cheaper.filter((each) => misses(each, tuning)) };
}

/** Runs of what is only shown beside the check. */
const besideRuns = (runs: number): number => Math.ceil(runs / 4);

async function underHeldOutLoads(found: Check, { goal, seed, runs, run }: TuneOptions): Promise<HeldOut[]> {
  const all: HeldOut[] = [];
  for (const { name, under } of heldOutLoads) {
    const scenario = under(found.candidate.scenario);
    if (scenario === undefined) continue;
    const options = { seed, runs: besideRuns(runs), risk: 1 - goal.confidence, run };
    all.push({ load: name, check: await checkOf({ ...found.candidate, scenario }, goal, options) });
  }
  return all;
}

function finalistsOf({ racers, declared }: Found, { declaredCounts }: Space, rules: Race) {
  const all = hopefuls(racers, rules).filter((each) => declaredCounts || each !== declared);
  return all.slice(0, finalistsMost).map(({ candidate }) => candidate);
}

/**
 * Looks for the cheapest settings that meet a goal. The same space, seed and options give the same answer, on however many threads.
 *
 * @throws {RangeError} when so few runs cannot show the goal, or nothing that is varied is part of the program.
 */
export async function tune(space: Space, options: TuneOptions): Promise<Tuning> {
  const { goal, seed, runs, run, count, candidateOf } = options;
  const needed = neededOf(goal, runs);
  if (needed === undefined)
    throw new RangeError(`${runs} runs cannot show that a share of ${goal.share} meets the goal`);
  const risk = riskOfEach(goal, count + refinedMost);
  const rules: Race = { goal, seed, risk, hope: needed / runs, run };
  options.onPart?.("search");
  const found = await search(space, { count, rules, candidateOf });
  options.onPart?.("check");
  const checks = await checkInOrder(finalistsOf(found, space, rules), goal, options);
  const passed = foundBy({ checks });
  const beside = { seed, runs: besideRuns(runs), risk: 1 - goal.confidence, run };
  const declared = await checkOf(found.declared.candidate, goal, beside);
  const heldOut = passed === undefined ? [] : await underHeldOutLoads(passed, options);
  const { scenario } = found.declared.candidate;
  return { scenario, goal, seed, runs, risk, racers: found.racers, refused: found.refused, checks, declared, heldOut };
}
