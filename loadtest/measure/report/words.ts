/** Figures, capacities and verdicts in words, for the page and the terminal alike. */
import { figure, span } from "../../../scaling/simulate/report/format.ts";
import type { Capacity } from "../record/target.ts";
import type { Figure } from "./figures.ts";
import type { Report } from "./report.ts";

const withUnit = (value: number | undefined, unit: Figure["unit"]): string =>
  value === undefined ? "–" : `${figure(value)}${unit === "" ? "" : ` ${unit}`}`;

export function figureWords({ unit, measured, predicted, low, high, error, relative }: Figure) {
  const sign = error !== undefined && error > 0 ? "+" : "";
  const interval = low === undefined || high === undefined || low === high ? "" : `${figure(low)} to ${figure(high)}`;
  return {
    measured: withUnit(measured, unit),
    predicted: withUnit(predicted, unit),
    interval,
    error: error === undefined ? "" : relative ? `${sign}${figure(100 * error)} %` : `${sign}${withUnit(error, unit)}`,
  };
}

function capacityWords(capacity: Capacity): string {
  const { kind } = capacity.distribution;
  const chance = kind === "lognormal" ? `lognormal, variation ${capacity.distribution.variation}` : kind;
  if (capacity.kind === "workers") return `${figure(capacity.jobSeconds)} s a job (${chance})`;
  return `${figure(capacity.rate)} requests/s an instance, ${capacity.concurrency ?? 1} at a time (${chance})`;
}

/** What was run, where, in one line. */
export function subtitle({ target, speed, group, measured, loadMinutes, interrupted, parameters }: Report): string {
  const given = Object.entries(parameters)
    .filter(([name]) => name !== "SPEED")
    .map(([name, value]) => `${name}=${value}`);
  const pace = speed === 1 ? "" : `, at ${figure(speed)} times real time`;
  const cut = interrupted ? "INTERRUPTED; " : "";
  return (
    `${cut}${target}${pace}; group ${group}; load for ${span(60 * loadMinutes)}, recorded for ` +
    `${span(60 * measured.minutes)}; ${given.join(" ")}`
  );
}

/** What a reader must know of how it was measured. */
export function remarks(report: Report): string[] {
  const { speed, capacities, prediction, measured, interrupted, totals, jobs } = report;
  const stood = measured.sizes[report.group]?.[0]?.inService;
  const foretold = typeof prediction === "string" ? undefined : prediction.inService[0]?.middle;
  return [
    ...(interrupted ? ["The run was interrupted; this report covers the part before that."] : []),
    ...capacities.map(
      (each) =>
        `Declared handicap: each instance of ${each.group} is held to ${capacityWords(each)}; this is declared, not measured.`,
    ),
    ...(speed === 1
      ? []
      : [
          `Times are in the target's time, ${figure(speed)} times as long as in reality; this also multiplies the time ` +
            "that this machine itself spends on an answer.",
        ]),
    typeof prediction === "string"
      ? `No prediction: ${prediction}.`
      : `Prediction: ${prediction.runs} simulated runs from seed ${prediction.seed}; service from ${prediction.source}.`,
    ...(stood === undefined || foretold === undefined || stood === foretold
      ? []
      : [`${report.group} started with ${stood} in service, the prediction with ${figure(foretold)}.`]),
    ...(speed === 1 || typeof jobs === "string"
      ? []
      : [`Jobs record whole seconds of real time, so their times are accurate to ${figure(speed)} s.`]),
    ...(totals.dropped > 0
      ? [`k6 dropped ${figure(totals.dropped)} iterations because no virtual user was free.`]
      : []),
    ...Object.entries(totals.failedChecks).map(([name, count]) => `A check failed ${figure(count)} times: ${name}.`),
    ...measured.problems.map((problem) => `While recording: ${problem}`),
  ];
}
