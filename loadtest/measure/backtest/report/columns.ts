/** The figures of a backtest that every report shows, in order. */
import type { Interval } from "../../../../scaling/simulate/prediction.ts";
import { figure } from "../../../../scaling/simulate/report/format.ts";
import type { BacktestOutcome } from "../judge.ts";

interface Column {
  /** Short enough for a terminal of 80 columns. */
  readonly head: string;
  readonly meaning: string;
  text(outcome: BacktestOutcome): string;
}

export const intervalText = (interval: Interval | undefined): string =>
  interval === undefined ? "–" : `${figure(interval.low)} to ${figure(interval.high)}`;

const percent = (share: number): string => `${figure(Math.round(1000 * share) / 10)} %`;

function relative(predicted: number | undefined, recorded: number): string {
  if (predicted === undefined || recorded === 0) return "–";
  const error = predicted / recorded - 1;
  return `${error < 0 ? "−" : "+"}${Math.abs(100 * error).toFixed(1)} %`;
}

const minuteText = (crosses: boolean, value: number | undefined) =>
  !crosses ? "–" : value === undefined ? "never" : figure(value);

export const columns: readonly Column[] = [
  {
    head: "error",
    meaning: "mean absolute error of the instances in service, minute by minute, against the median of all runs",
    text: ({ figures }) => figures.meanError.toFixed(2),
  },
  {
    head: "inside",
    meaning: "minutes in which the recorded size is within the prediction's 90 % interval",
    text: ({ figures }) => percent(figures.coverage),
  },
  {
    head: "inst-h",
    meaning: "predicted instance-hours, median of all runs",
    text: ({ figures: { hours } }) => figure(hours.predicted?.middle),
  },
  {
    head: "off by",
    meaning: "predicted against recorded instance-hours",
    text: ({ figures: { hours } }) => relative(hours.predicted?.middle, hours.recorded),
  },
  {
    head: "enough",
    meaning: "minutes from when the load first needs more until enough are in service: recorded / predicted",
    text: ({ crosses, figures: { enough } }) =>
      `${minuteText(crosses, enough.recorded)} / ${minuteText(crosses, enough.predicted?.middle)}`,
  },
  {
    head: "first",
    meaning: "minute with the first instance more than at the start: recorded / predicted",
    text: ({ figures: { firstOut } }) => `${figure(firstOut.recorded)} / ${figure(firstOut.predicted)}`,
  },
];
