/** The figures of a comparison that every report shows, in order. */
import { figure } from "../../report/format.ts";
import type { Comparison, MeasureName, Outcome } from "../compare.ts";

interface Column {
  readonly measure: MeasureName;
  /** Short enough for a terminal of 80 columns. */
  readonly head: string;
  readonly meaning: string;
}

/** By price, what decides: the objectives' measures, and money. */
const priceColumns = (unit: string, workers: boolean): readonly Column[] => [
  { measure: "failed", head: "failed", meaning: workers ? "jobs that failed" : "requests that failed" },
  {
    measure: "p95",
    head: "p95 s",
    meaning: `95th percentile of the ${workers ? "time from submission to completion" : "response time"}, seconds`,
  },
  { measure: "instanceHours", head: "inst-h", meaning: "instance-hours" },
  { measure: "cost", head: "USD", meaning: "list price of the group, its alarms and its policies" },
  {
    measure: "unitCost",
    head: workers ? "USD/1k" : "USD/1M",
    meaning: `the same for each ${unit} done, without those that failed`,
  },
];

/** Columns that a comparison has something to say in; `null` measures would only be a row of dashes. */
export function columnsOf({ workers, need, slo }: Comparison): Column[] {
  const unit = workers ? "thousand jobs" : "million requests";
  if (slo !== undefined) return [...priceColumns(unit, workers)];
  const reaction: Column[] = [
    {
      measure: "enoughAfter",
      head: "enough",
      meaning: "minutes from when the load first needs more until enough are in service",
    },
    { measure: "short", head: "short", meaning: "minutes with fewer in service than the load needs" },
    {
      measure: "backAfter",
      head: "back",
      meaning: "minutes from the end of the load until the farm is at its initial size",
    },
  ];
  const time = workers ? "time from submission to completion" : "response time";
  const always: Column[] = [
    { measure: "failed", head: "failed", meaning: workers ? "jobs that failed" : "requests that failed" },
    { measure: "p50", head: "p50 s", meaning: `median ${time}, seconds` },
    { measure: "p95", head: "p95 s", meaning: `95th percentile of the ${time}, seconds` },
    { measure: "turns", head: "turns", meaning: "scaling steps in the opposite direction to the step before" },
    { measure: "instanceHours", head: "inst-h", meaning: "instance-hours" },
    { measure: "cost", head: "USD", meaning: "list price of the group, its alarms and its policies" },
  ];
  return [...(need.crossing === undefined ? [] : reaction), ...always];
}

/** The median of all runs; `never` where most runs do not get so far. */
export function cell({ measures, known }: Outcome, measure: MeasureName, runs: number): string {
  if (known[measure] * 2 < runs) return measure === "enoughAfter" || measure === "backAfter" ? "never" : "–";
  const { middle } = measures[measure] ?? {};
  return measure === "cost" || measure === "unitCost" ? (middle ?? 0).toFixed(3) : figure(middle);
}

/** The 90 % interval. */
export function spread({ measures }: Outcome, measure: MeasureName): string {
  const interval = measures[measure];
  return interval === undefined ? "–" : `${figure(interval.low)} to ${figure(interval.high)}`;
}
