/** What a search found, or what keeps it from finding anything: in sentences, with how sure each is. */
import { figure } from "../../report/format.ts";
import { meetsSlo, type Objective, sloText, sloValue } from "../../slo.ts";
import { type Check, neededOf } from "../check.ts";
import { costly, type Racer } from "../race.ts";
import { cheaperThan, type Tuning } from "../tune.ts";
import { atLeastText, median, type TuneReport, valueText } from "./report.ts";

export interface Verdict {
  readonly head: string;
  readonly sentences: readonly string[];
}

const sure = ({ goal }: Tuning): string => `${figure(100 * goal.confidence)} % confidence`;

const unconfirmed = ({ candidate, met, trials }: Check): string =>
  `The check did not confirm ${candidate.variant.name}: met in ${met} of ${trials.length} fresh runs.`;

function cheaperText(found: Check, tuning: Tuning): string {
  const { cheaper, missing } = cheaperThan(found, tuning);
  if (cheaper.length === 0) return "No setting that was tried costs less.";
  const open = cheaper.length - missing.length;
  const rest =
    open === 0 ? "" : `; ${open} met them too seldom in the search to be checked, which shows nothing with confidence`;
  return (
    `${cheaper.length} of the ${tuning.racers.length} settings that were tried cost less: ${missing.length} ${missing.length === 1 ? "is" : "are"} shown to miss the objectives ` +
    `(${sure(tuning)} for all settings together)${rest}.`
  );
}

function foundVerdict(found: Check, tuning: Tuning): Verdict {
  const { met, trials, atLeast } = found;
  return {
    head: `Found: ${found.candidate.variant.name}`,
    sentences: [
      `It met the objectives in ${met} of ${trials.length} fresh runs: in ${atLeastText(atLeast)} of all runs at least, with ${sure(tuning)}, as far ` +
        "as the simulation is right.",
      cheaperText(found, tuning),
      ...tuning.checks.filter((each) => each !== found).map(unconfirmed),
    ],
  };
}

/** Runs of a setting: of its check, or of the search. */
type Tried = Pick<Check, "candidate" | "trials" | "costs" | "met">;

const metShare = ({ met, trials }: Tried): number => met / trials.length;

/** How far the objectives are missed at the worst, as a multiple of the bound; the median of all runs. */
function excess({ trials }: Tried, slo: readonly Objective[]): number {
  const worst = trials.map((trial) =>
    Math.max(...slo.map((each) => (sloValue(each, trial) ?? Number.POSITIVE_INFINITY) / each.below)),
  );
  return median(worst) ?? Number.POSITIVE_INFINITY;
}

function nearestOf({ checks, racers, goal }: Tuning): Tried {
  const checked = [...checks].sort((a, b) => metShare(b) - metShare(a))[0];
  if (checked !== undefined) return checked;
  return [...racers].sort(
    (a, b) => metShare(b) - metShare(a) || excess(a, goal.slo) - excess(b, goal.slo) || costly(a) - costly(b),
  )[0] as Racer;
}

/** Each objective by itself: in how many runs it was met, and its median. */
const byObjective = ({ trials }: Tried, slo: readonly Objective[]): string[] =>
  slo.map((objective) => {
    const values = trials.map((each) => sloValue(objective, each));
    const met = values.filter((value) => value !== undefined && value < objective.below).length;
    return `${sloText([objective])}: met in ${met} of ${trials.length} runs, median ${valueText(objective, median(values))}.`;
  });

/** The same of the budget. */
const byBudget = ({ costs }: Tried, { tuning: { goal }, budget }: TuneReport): string[] => {
  const { budget: most } = goal;
  if (most === undefined) return [];
  const met = costs.filter((cost) => cost <= most).length;
  return [
    `At most ${budget}, USD ${most.toFixed(3)} a run: met in ${met} of ${costs.length}, median ${(median(costs) ?? 0).toFixed(3)}.`,
  ];
};

/** Whether the maximum holds the farm back, and whether more instances would do at all. */
function limits(nearest: Tried, { racers, goal }: Tuning): string[] {
  const { scenario } = nearest.candidate;
  const { max = 0, min = 0 } = scenario.plan.groups.find(({ name }) => name === scenario.group) ?? {};
  const minutes = median(nearest.trials.map(({ minutesAtMost }) => minutesAtMost)) ?? 0;
  const hours = ({ trials }: Racer) => trials.reduce((sum, each) => sum + each.instanceHours, 0) / trials.length;
  const largest = [...racers].sort((a, b) => hours(b) - hours(a))[0] as Racer;
  const met = largest.trials.filter((trial) => meetsSlo(goal.slo, trial)).length;
  return [
    ...(minutes > 0 && min < max
      ? [`Its farm was at its maximum of ${max} instances for ${figure(minutes)} min of a run (median).`]
      : []),
    `The setting with most instance-hours, ${largest.candidate.variant.name}, met ${sloText(goal.slo)} in ${met} of ${largest.trials.length} runs` +
      (met < goal.share * largest.trials.length
        ? ": within these bounds, more instances do not help."
        : `, at USD ${costly(largest).toFixed(3)} a run.`),
  ];
}

function errorsText({ scenario: { service }, goal }: Tuning): string[] {
  const failed = goal.slo.find(({ measure }) => measure === "failed");
  if (failed === undefined || service.errorShare < failed.below) return [];
  return [
    `${figure(100 * service.errorShare)} % of all answers are errors in this scenario (errorShare), however many instances there are.`,
  ];
}

function notFoundVerdict(report: TuneReport): Verdict {
  const { tuning } = report;
  const { racers, goal, checks, runs } = tuning;
  const nearest = nearestOf(tuning);
  return {
    head: `Not found: none of the ${racers.length} settings that were tried is shown to meet the objectives in ${figure(100 * goal.share)} % of runs.`,
    sentences: [
      `Nearest: ${nearest.candidate.variant.name}, which met them in ${nearest.met} of ${nearest.trials.length} runs.`,
      ...byObjective(nearest, goal.slo),
      ...byBudget(nearest, report),
      ...limits(nearest, tuning),
      ...errorsText(tuning),
      ...(checks.length === 0 ? [] : [...checks.map(unconfirmed), `It asks for ${neededOf(goal, runs)} of ${runs}.`]),
    ],
  };
}

export const verdictOf = (report: TuneReport): Verdict =>
  report.found === undefined ? notFoundVerdict(report) : foundVerdict(report.found, report.tuning);

/** Settings that the program did not take. */
export function refusedText({ refused, racers }: Tuning): string {
  const [first] = refused;
  if (first === undefined) return `${racers.length} settings were tried.`;
  const reason = first.reason.split("\n").join(" ");
  return `${racers.length} settings were tried; ${refused.length} more are none that the program takes, such as ${reason}`;
}
