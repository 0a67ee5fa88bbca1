/**
 * Settings race each other under common random numbers: all get the same few runs, and those that could still win get more.
 *
 * A setting that is shown to miss the goal is out. The test is exact, and corrected (Bonferroni) for every setting and every stage: with
 * the goal's confidence, not one of all that a search calls a miss is called so by chance. A setting that costs more than the cheapest
 * hopeful in the runs with the same seeds waits: this only decides what runs next. Should the hopeful turn out to miss the goal, it
 * runs on.
 */
import type { Candidate } from "../compare/compare.ts";
import { lowerBound, upperBound } from "./chance.ts";
import { costOf, type Goal, meanOf, meets } from "./goal.ts";
import type { RunTrials, Trial } from "./trial.ts";

export interface Racer {
  readonly candidate: Candidate;
  /** With the seeds from the search's on, one after the other. */
  readonly trials: Trial[];
  /** Of each trial. */
  readonly costs: number[];
  met: number;
}

export const racerOf = (candidate: Candidate): Racer => ({ candidate, trials: [], costs: [], met: 0 });

/** How many runs a setting has after each stage. */
const stages = [5, 15, 40] as const;
const most = Math.max(...stages);

export interface Race {
  readonly goal: Goal;
  readonly seed: number;
  /** Chance that one setting is called a miss at one stage and is none. */
  readonly risk: number;
  /** Share of its runs that a setting has to meet in order to be a hopeful: as many as the check will ask for. */
  readonly hope: number;
  readonly run: RunTrials;
}

/** @param settings that the search looks at, at most. Each may be called a miss after each stage. */
export const riskOfEach = ({ confidence }: Pick<Goal, "confidence">, settings: number): number =>
  (1 - confidence) / (stages.length * settings);

/** Shown to miss the goal. */
export const misses = ({ met, trials }: Racer, { goal, risk }: Pick<Race, "goal" | "risk">): boolean =>
  trials.length > 0 && upperBound(met, trials.length, risk) < goal.share;

/** Chance at which one setting waits for another though it costs no more: it only waits. */
const waitingRisk = 0.05;

/** In so many of the runs with the same seeds, five of five at least, that it is hardly chance. */
function costsMore(racer: Racer, than: Racer): boolean {
  const common = Math.min(racer.costs.length, than.costs.length);
  if (racer === than || common === 0) return false;
  const more = racer.costs.slice(0, common).filter((cost, run) => cost > (than.costs[run] as number)).length;
  return lowerBound(more, common, waitingRisk) > 0.5;
}

export const costly = ({ costs }: Racer): number => meanOf(costs);

/** Those that have met the goal often enough so far, the cheapest first. */
export const hopefuls = (racers: readonly Racer[], { hope }: Pick<Race, "hope">): Racer[] =>
  racers
    .filter(({ met, trials }) => trials.length > 0 && met >= hope * trials.length)
    .sort((a, b) => costly(a) - costly(b));

async function extend(racer: Racer, to: number, { goal, seed, run }: Race): Promise<void> {
  const { candidate, trials } = racer;
  const seeds = Array.from({ length: to - trials.length }, (_, n) => seed + trials.length + n);
  for (const trial of await run(candidate.scenario, seeds)) {
    trials.push(trial);
    racer.costs.push(costOf(candidate, trial));
    if (meets(goal, candidate, trial)) racer.met++;
  }
}

/** Runs all of the settings until each is out, behind, or at the last stage. */
export async function race(racers: readonly Racer[], rules: Race): Promise<void> {
  for (;;) {
    const [best] = hopefuls(racers, rules);
    const runners = racers.filter(
      (each) => each.trials.length < most && !misses(each, rules) && (best === undefined || !costsMore(each, best)),
    );
    if (runners.length === 0) return;
    // The least advanced first: the others may be spared what they would run.
    const least = Math.min(...runners.map(({ trials }) => trials.length));
    const to = stages.find((stage) => stage > least) as number;
    await Promise.all(runners.filter(({ trials }) => trials.length === least).map((each) => extend(each, to, rules)));
  }
}
