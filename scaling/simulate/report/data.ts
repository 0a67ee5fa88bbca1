/** A prediction for programs. */
import type { Scenario } from "../model.ts";
import type { Prediction } from "../prediction.ts";

/** Everything of the first run, and the intervals of all. */
export function jsonReport(scenario: Scenario, { runs, run, totals, inService }: Prediction): string {
  const { title, group, seconds, notes = [] } = scenario;
  return `${JSON.stringify({ title, group, seconds, notes, runs, intervals: { totals, inService }, run }, null, 2)}\n`;
}

const cell = (value: string | number | undefined): string => {
  const text = value === undefined ? "" : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The first run, a row a minute; an alarm a column. */
export function csvReport({ run }: Prediction): string {
  const alarms = Object.keys(run.rows[0]?.alarms ?? {});
  const head = ["minute", "desired", "in_service", "ended", "failed", "waiting", "p50", "p95", "p99", ...alarms];
  const rows = run.rows.map(({ minute, desired, inService, ended, failed, waiting, p50, p95, p99, alarms: states }) => [
    minute,
    desired,
    inService,
    ended,
    failed,
    waiting,
    ...[p50, p95, p99].map((seconds) => seconds?.toFixed(4)),
    ...alarms.map((name) => states[name]),
  ]);
  return [head, ...rows].map((cells) => `${cells.map(cell).join(",")}\n`).join("");
}
