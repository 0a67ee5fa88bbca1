/** The timeline of a run, put in order: a row a minute, and every change of the groups' sizes. Pure. */
import { isExtended, isStatistic } from "../../runtime/contract/statistic.ts";
import type { AlarmState } from "../../scaling/alarm.ts";
import { datapoints } from "../../scaling/windows.ts";
import type { LoadMinute, RecordedAlarm, TimelineLine } from "./timeline.ts";

export interface SizeChange {
  /** Minutes from the start; below 0 for what stood before. */
  readonly minute: number;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly inService: number;
  readonly instances: number;
}

export interface AlarmCourse extends RecordedAlarm {
  /** By minute: state at its end, and what the alarm looked at then. */
  readonly states: readonly AlarmState[];
  readonly values: readonly (number | undefined)[];
}

interface RecordedActivity {
  readonly minute: number;
  readonly group: string;
  readonly description: string;
  readonly cause: string;
  readonly status: string;
}

export interface Measured {
  /** Whole minutes from the first request to the end of recording. */
  readonly minutes: number;
  /** Epoch milliseconds of AWS's time. */
  readonly begun: number;
  /** One of each minute; without points: zeros. */
  readonly load: readonly LoadMinute[];
  /** By group, ascending; the first is what stood at the start. */
  readonly sizes: Readonly<Record<string, readonly SizeChange[]>>;
  readonly alarms: readonly AlarmCourse[];
  readonly activities: readonly RecordedActivity[];
  /** Minutes from one look to the next where looks between them failed, or to the end. Shorter times than AWS's own minute are left out. */
  readonly unseen: readonly { readonly from: number; readonly to: number }[];
  /** What could not be read, each once, with how often. */
  readonly problems: readonly string[];
}

const ofKind = <Kind extends TimelineLine["kind"]>(lines: readonly TimelineLine[], kind: Kind) =>
  lines.filter((line): line is Extract<TimelineLine, { kind: Kind }> => line.kind === kind);

const minute = 60_000;
const shortestUnseen = 1;

function changesOf(samples: readonly Extract<TimelineLine, { kind: "sample" }>[], begun: number) {
  const sizes: Record<string, SizeChange[]> = {};
  for (const { at, groups } of samples) {
    for (const { name, ...size } of groups) {
      sizes[name] ??= [];
      const last = sizes[name].at(-1);
      const same = (Object.keys(size) as (keyof typeof size)[]).every((key) => last?.[key] === size[key]);
      if (!same) sizes[name].push({ minute: (at - begun) / minute, ...size });
    }
  }
  return sizes;
}

/** Times without a look, because those that there were failed. */
function unseenOf(lines: readonly TimelineLine[], begun: number): Measured["unseen"] {
  const spans: { from: number; to: number }[] = [];
  let seen = begun;
  let missed: number | undefined;
  const until = (to: number) => spans.push({ from: (seen - begun) / minute, to: (to - begun) / minute });
  for (const line of lines) {
    if (line.kind === "missed") missed = line.at;
    if (line.kind !== "sample") continue;
    if (missed !== undefined) until(line.at);
    missed = undefined;
    seen = Math.max(begun, line.at);
  }
  if (missed !== undefined) until(missed);
  return spans.filter(({ from, to }) => to - from > shortestUnseen);
}

/** What stood at the end of each minute; the first value is taken for what was before it. */
export function atMinutes<T extends { readonly minute: number }>(changes: readonly T[], minutes: number): T[] {
  const first = changes[0];
  if (first === undefined) return [];
  let next = 0;
  return Array.from({ length: minutes }, (_, index) => {
    while (next + 1 < changes.length && (changes[next + 1] as T).minute <= index + 1) next++;
    return changes[next] ?? first;
  });
}

function courseOf(alarm: RecordedAlarm, lines: readonly TimelineLine[], begun: number, minutes: number): AlarmCourse {
  const looks = ofKind(lines, "sample").flatMap(({ at, alarms }) =>
    alarms[alarm.name] === undefined ? [] : [{ at, state: alarms[alarm.name] as AlarmState }],
  );
  const kept = ofKind(lines, "alarm").flatMap(({ at, name, to }) => (name === alarm.name ? [{ at, state: to }] : []));
  // What was seen stands for the time before the first kept change; a history tells the moments better than looks do.
  const known = kept.length === 0 ? looks : [...looks.slice(0, 1), ...kept];
  const states = known
    .map(({ at, state }) => ({ minute: (at - begun) / minute, state }))
    .sort((a, b) => a.minute - b.minute);
  const points = ofKind(lines, "metric").find((line) => line.alarm === alarm.name)?.minutes ?? [];
  const values = Array.from({ length: minutes }, (_, index) => {
    const end = Math.floor(begun / minute) * minute + (index + 1) * minute;
    const { statistic } = alarm;
    // Minutes are the shortest that was recorded: of a shorter period, what it comes to in one.
    const period = Math.max(minute, alarm.periodSeconds * 1000);
    if (isStatistic(statistic) && !isExtended(statistic)) return datapoints(points, statistic, period, 1, end)[0];
    // Computed at the other end: an expression for each minute, any other statistic for each period.
    const step = isStatistic(statistic) ? period : minute;
    return points.findLast(({ start }) => start < end && start >= end - step)?.sum;
  });
  return { ...alarm, states: atMinutes(states, minutes).map(({ state }) => state), values };
}

/** @throws {Error} when no load ever began. */
export function measuredOf(lines: readonly TimelineLine[], alarms: readonly RecordedAlarm[]): Measured {
  const begun = ofKind(lines, "begun")[0]?.at;
  if (begun === undefined) throw new Error("k6 made no request, so there is nothing to report");
  const samples = ofKind(lines, "sample");
  const rows = new Map(ofKind(lines, "load").map(({ kind: _, ...row }) => [row.minute, row]));
  const looks = lines.flatMap((line) => (line.kind === "sample" || line.kind === "missed" ? line.at : []));
  const minutes = Math.max(1, Math.round(((looks.at(-1) ?? begun) - begun) / minute), ...rows.keys());
  const none = { users: 0, requests: 0, failed: 0, dropped: 0, p50: undefined, p95: undefined, p99: undefined };
  const last = Math.max(0, ...rows.keys());
  let users: number | undefined = 0;
  const load = Array.from({ length: minutes }, (_, index): LoadMinute => {
    const row = rows.get(index + 1) ?? { minute: index + 1, ...none, users: undefined };
    users = index + 1 > last ? 0 : (row.users ?? users);
    return { ...row, users };
  });
  const counts = new Map<string, number>();
  for (const { message } of [...ofKind(lines, "missed"), ...ofKind(lines, "problem")])
    counts.set(message, (counts.get(message) ?? 0) + 1);
  return {
    minutes,
    begun,
    load,
    sizes: changesOf(samples, begun),
    unseen: unseenOf(lines, begun),
    alarms: alarms.map((alarm) => courseOf(alarm, lines, begun, minutes)),
    activities: ofKind(lines, "activity").map(({ kind: _, at, end: __, ...activity }) => ({
      minute: (at - begun) / minute,
      ...activity,
    })),
    problems: [...counts].map(([message, count]) => (count === 1 ? message : `${message} (${count} times)`)),
  };
}
