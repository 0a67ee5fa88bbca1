/** What is told while a load test runs: a line of at most 80 columns for each minute of the target's time. */
import { nameWithinStack } from "../../runtime/contract/names.ts";
import { clock, figure, percent } from "../../scaling/simulate/report/format.ts";
import type { Sample } from "./record/recorder.ts";
import type { LoadMinute } from "./timeline.ts";

const width = 80;

/** @param seconds of the wall clock that this machine itself takes for an answer. */
export function overheadLine(seconds: number, speed: number): string {
  const inTarget = speed === 1 ? "" : `, ${figure(1000 * seconds * speed)} ms of the target's time`;
  return `This machine itself takes ${figure(1000 * seconds)} ms for an answer${inTarget}.`;
}

export function progressLine(row: LoadMinute, group: string, sample: Sample): string {
  const size = sample.groups.find(({ name }) => name === group);
  const own = nameWithinStack(group);
  // An alarm's name begins with its group's, and other groups' alarms have their place in the report.
  const loud = Object.entries(sample.alarms).flatMap(([name, state]) =>
    state === "ALARM" && name.startsWith(`${own}-`) ? [nameWithinStack(name.slice(own.length + 1))] : [],
  );
  const parts = [
    `${clock(row.minute).padStart(5)} ${figure(row.users ?? 0).padStart(5)} users`,
    `${figure(row.requests).padStart(6)}/min`,
    `failed ${percent(row.failed, row.requests)}`,
    `p95 ${figure(row.p95)} s`,
    `${size?.inService ?? "?"}/${size?.desired ?? "?"} in service`,
    ...(loud.length === 0 ? [] : [`ALARM ${loud.join(" ")}`]),
  ];
  const line = parts.join("  ");
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
