/**
 * Sizes of a group over a year, as its scheduled actions change them. How long each holds weighs what it costs.
 *
 * A year is 2027, of 365 days. A group that one of its policies makes smaller rests at its minimum; one that no policy makes smaller
 * keeps what it was last given, as on AWS.
 */
import { type CronSchedule, minutesAhead, parseCron } from "../../runtime/contract/cron.ts";
import type { PlannedResource } from "../types.ts";

/** A size that holds for some hours of the year. */
export interface Segment {
  readonly hours: number;
  readonly min: number;
  readonly max: number;
  /** Instances while nothing else asks for more. */
  readonly rest: number;
}

interface Change {
  readonly at: number;
  readonly min?: number;
  readonly max?: number;
  readonly desired?: number;
}

const dayMilliseconds = 86_400_000;
const begin = Date.UTC(2027, 0, 1);
const days = 365;
const end = begin + days * dayMilliseconds;

/** −1 is how the provider says "leave as it is". */
function sizeOf(value: unknown): number | undefined {
  const size = Number(value ?? -1);
  return size >= 0 ? size : undefined;
}

function fallsOn(
  { days: dates, months, weekdays, daysRestricted, weekdaysRestricted }: CronSchedule,
  day: Date,
): boolean {
  if (!months.includes(day.getUTCMonth() + 1)) return false;
  const [date, weekday] = [dates.includes(day.getUTCDate()), weekdays.includes(day.getUTCDay())];
  return daysRestricted && weekdaysRestricted ? date || weekday : date && weekday;
}

/** When a recurrence runs in the year, epoch milliseconds; the clock of each day is that of its noon. */
function timesOf(cron: CronSchedule): number[] {
  return Array.from({ length: days }, (_, index) => begin + index * dayMilliseconds)
    .filter((day) => fallsOn(cron, new Date(day)))
    .flatMap((day) => {
      const ahead = minutesAhead(cron.timeZone, day + dayMilliseconds / 2) * 60_000;
      return cron.hours.flatMap((hour) => cron.minutes.map((minute) => day + (hour * 60 + minute) * 60_000 - ahead));
    });
}

/** Why the times of a scheduled action are not known here; `undefined`: they are. */
export function untimed({ inputs }: PlannedResource): string | undefined {
  if (inputs.recurrence === undefined) return "an action that runs once: a month with it is not a month without it";
  try {
    parseCron(String(inputs.recurrence), inputs.timeZone === undefined ? undefined : String(inputs.timeZone));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function changesOf(schedule: PlannedResource): Change[] {
  if (untimed(schedule) !== undefined) return [];
  const { recurrence, timeZone, minSize, maxSize, desiredCapacity } = schedule.inputs;
  const cron = parseCron(String(recurrence), timeZone === undefined ? undefined : String(timeZone));
  const sizes = Object.fromEntries(
    Object.entries({ min: sizeOf(minSize), max: sizeOf(maxSize), desired: sizeOf(desiredCapacity) }).filter(
      ([, size]) => size !== undefined,
    ),
  );
  return timesOf(cron).map((at) => ({ at, ...sizes }));
}

interface State {
  readonly min: number;
  readonly max: number;
  readonly rest: number;
}

const clamp = (value: number, { min, max }: Pick<State, "min" | "max">) => Math.min(max, Math.max(min, value));

function changed(state: State, { min = state.min, max = state.max, desired }: Change, shrinks: boolean): State {
  if (min > max) return state; // AWS refuses such an action when it runs
  return { min, max, rest: shrinks ? min : clamp(desired ?? state.rest, { min, max }) };
}

/** @param shrinks whether a policy makes the group smaller once there is less to do. */
export function segmentsOf(
  start: { readonly min: number; readonly max: number; readonly desired: number },
  schedules: readonly PlannedResource[],
  shrinks: boolean,
): Segment[] {
  const changes = schedules.flatMap(changesOf).sort((a, b) => a.at - b.at);
  const first: State = { min: start.min, max: start.max, rest: shrinks ? start.min : clamp(start.desired, start) };
  // The year begins as the last one ended.
  let state = changes.reduce((before, change) => changed(before, change, shrinks), first);
  const segments: Segment[] = [];
  let since = begin;
  for (const change of [...changes, { at: end }]) {
    const at = Math.min(end, Math.max(begin, change.at));
    if (at > since) segments.push({ ...state, hours: (at - since) / 3_600_000 });
    since = Math.max(since, at);
    state = changed(state, change, shrinks);
  }
  return segments;
}

/** Average of something over the segments, weighted by how long each holds. */
export function averageOf(segments: readonly Segment[], of: (segment: Segment) => number): number {
  const hours = segments.reduce((sum, each) => sum + each.hours, 0);
  return hours === 0 ? 0 : segments.reduce((sum, each) => sum + of(each) * each.hours, 0) / hours;
}
