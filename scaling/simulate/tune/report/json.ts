/** A search for programs. */
import type { Check } from "../check.ts";
import { costly, misses } from "../race.ts";
import { cheaperThan } from "../tune.ts";
import { goalText, type TuneReport } from "./report.ts";
import { verdictOf } from "./verdict.ts";

const checkJson = ({ candidate, met, trials, atLeast, passed, costs }: Check) => ({
  ...candidate.variant,
  ...{ met, runs: trials.length, atLeast, passed, costs, trials },
});

/** Every run of every setting; shares are of 1, times in seconds, costs in USD of a run. */
export function tuneJson(report: TuneReport): object {
  const { tuning, found, diff, commands, notes } = report;
  const { scenario, goal, seed, runs, racers, refused, checks, declared, heldOut } = tuning;
  const { head, sentences } = verdictOf(report);
  const cheaper = found === undefined ? undefined : cheaperThan(found, tuning);
  return {
    ...{ title: scenario.title, group: scenario.group, seconds: scenario.seconds, seed, runs },
    ...{ objectives: goalText(report), goal, verdict: head, sentences, notes: [...notes, ...(scenario.notes ?? [])] },
    found: found === undefined ? null : checkJson(found),
    cheaper: cheaper === undefined ? null : { tried: cheaper.cheaper.length, shownToMiss: cheaper.missing.length },
    ...{ diff, commands },
    checks: checks.map(checkJson),
    declared: checkJson(declared),
    heldOut: heldOut.map(({ load, check }) => ({ load, ...checkJson(check) })),
    settings: racers.map((racer) => ({
      ...racer.candidate.variant,
      ...{ met: racer.met, runs: racer.trials.length, cost: costly(racer), missesShown: misses(racer, tuning) },
      trials: racer.trials,
    })),
    refused,
  };
}
