/** The figures of a comparison that every report shows, in order. */
import { figure } from "../../report/format.ts";
import type { Comparison, MeasureName, Outcome } from "../compare.ts";

interface Column {
  readonly measure: MeasureName;
  /** Short enough for a terminal of 80 columns. */
  readonly head: string;
  readonly meaning: string;
}

/** Columns that a comparison has something to say in; `null` measures would only be a row of dashes. */
export function columnsOf({ workers, need }: Comparison): Column[] {
  const reaction: Column[] = [
    { measure: "enoughAfter", head: "enough", meaning: "minutes from the load's crossing until enough is in service" },
    { measure: "short", head: "short", meaning: "minutes with less in service than the load needs" },
    { measure: "backAfter", head: "back", meaning: "minutes from the load's end until the farm is as small as before" },
  ];
  const always: Column[] = [
    { measure: "failed", head: "failed", meaning: workers ? "jobs that failed" : "requests that failed" },
    { measure: "p50", head: "p50 s", meaning: workers ? "half done within, seconds" : "half answered within, seconds" },
    { measure: "p95", head: "p95 s", meaning: "95 % within, seconds" },
    { measure: "turns", head: "turns", meaning: "steps of the group against the one before" },
    { measure: "instanceHours", head: "inst-h", meaning: "instance-hours" },
    { measure: "cost", head: "USD", meaning: "list price of the group, with alarms and policies" },
  ];
  return [...(need.crossing === undefined ? [] : reaction), ...always];
}

/** The middle of all runs; `never` where most runs do not get so far. */
export function cell({ measures, known }: Outcome, measure: MeasureName, runs: number): string {
  if (known[measure] * 2 < runs) return measure === "enoughAfter" || measure === "backAfter" ? "never" : "–";
  const { middle } = measures[measure] ?? {};
  return measure === "cost" ? (middle ?? 0).toFixed(3) : figure(middle);
}

/** Where nine of ten runs lie. */
export function spread({ measures }: Outcome, measure: MeasureName): string {
  const interval = measures[measure];
  return interval === undefined ? "–" : `${figure(interval.low)} to ${figure(interval.high)}`;
}
