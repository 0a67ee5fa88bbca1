/** Recurrences of scheduled actions: the five fields of cron, in a time zone, minute by minute. */
import { meantInstead } from "./nearest.ts";

export interface CronSchedule {
  /** As declared: `30 6 * * MON-FRI`. */
  readonly text: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** When both are restricted, a day that fits either fits, as in cron. */
  readonly daysRestricted: boolean;
  readonly weekdaysRestricted: boolean;
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fields = [
  { name: "minute", min: 0, max: 59, names: [] },
  { name: "hour", min: 0, max: 23, names: [] },
  { name: "day of month", min: 1, max: 31, names: [] },
  { name: "month", min: 1, max: 12, names: monthNames },
  { name: "day of week", min: 0, max: 7, names: weekdayNames },
] as const;
type Field = (typeof fields)[number];

function numberOf(text: string, field: Field): number {
  const named = (field.names as readonly string[]).indexOf(text.toUpperCase());
  const value = named >= 0 ? named + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max)) {
    const names = field.names.length === 0 ? "" : `, or ${field.names[0]} to ${field.names.at(-1)}`;
    throw new RangeError(
      `${field.name} ${JSON.stringify(text)} does not fit; give ${field.min} to ${field.max}${names}`,
    );
  }
  return value;
}

function valuesOf(text: string, field: Field): number[] {
  return text.split(",").flatMap((part) => {
    const [range = "", stride = "1", ...more] = part.split("/");
    if (!/^[1-9]\d*$/.test(stride) || more.length > 0) {
      throw new RangeError(
        `${field.name} ${JSON.stringify(part)} has no whole stride; give one from 1 on after one slash`,
      );
    }
    const [from = "", to] = range.split("-");
    const first = range === "*" ? field.min : numberOf(from, field);
    const last = range === "*" || (to === undefined && part.includes("/")) ? field.max : numberOf(to ?? from, field);
    if (last < first) {
      const problem = `${field.name} ${JSON.stringify(part)} ends before it begins; name the values with commas instead`;
      throw new RangeError(problem);
    }
    const count = Math.floor((last - first) / Number(stride)) + 1;
    return Array.from({ length: count }, (_, index) => first + index * Number(stride));
  });
}

/** @throws {RangeError} naming a time zone that there is not, and the nearest that there is. */
export function checkTimeZone(timeZone: string): void {
  formatOf(timeZone);
}

/** @throws {RangeError} naming the field or the time zone that is wrong. */
export function parseCron(text: string, timeZone = "Etc/UTC"): CronSchedule {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    throw new RangeError(
      `${JSON.stringify(text)} has ${parts.length} fields; cron has 5: minute hour day month weekday`,
    );
  }
  checkTimeZone(timeZone);
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = fields.map((field, index) =>
    valuesOf(parts[index] as string, field),
  );
  return {
    text,
    timeZone,
    minutes,
    hours,
    days,
    months,
    weekdays: weekdays.map((day) => day % 7),
    daysRestricted: !parts[2]?.startsWith("*"),
    weekdaysRestricted: !parts[4]?.startsWith("*"),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const found = formats.get(timeZone);
  if (found !== undefined) return found;
  let made: Intl.DateTimeFormat;
  try {
    const numeric = { month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    made = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", weekday: "short", ...numeric });
  } catch (cause) {
    const meant = meantInstead(timeZone, Intl.supportedValuesOf("timeZone"));
    const problem = `time zone ${JSON.stringify(timeZone)} is unknown${meant} Give an IANA name, such as America/Chicago`;
    throw new RangeError(problem, { cause });
  }
  formats.set(timeZone, made);
  return made;
}

function partsAt(at: number, timeZone: string) {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    minute: Number(parts.minute),
    hour: Number(parts.hour),
    day: Number(parts.day),
    month: Number(parts.month),
    weekday: weekdayNames.indexOf((parts.weekday ?? "").toUpperCase()),
  };
}

/** Does the schedule name the minute that begins at `at` (epoch milliseconds)? */
export function cronMatches(schedule: CronSchedule, at: number): boolean {
  const now = partsAt(at, schedule.timeZone);
  if (!schedule.minutes.includes(now.minute) || !schedule.hours.includes(now.hour)) return false;
  if (!schedule.months.includes(now.month)) return false;
  const day = schedule.days.includes(now.day);
  const weekday = schedule.weekdays.includes(now.weekday);
  return schedule.daysRestricted && schedule.weekdaysRestricted ? day || weekday : day && weekday;
}

/** Minutes that the clocks of a time zone are ahead of UTC at a time (epoch milliseconds). */
export function minutesAhead(timeZone: string, at: number): number {
  const local = partsAt(at, timeZone);
  const year = new Date(at).getUTCFullYear();
  // At the turn of a year the zone may still, or already, be in another one than UTC.
  const candidates = [year - 1, year, year + 1].map(
    (each) => (Date.UTC(each, local.month - 1, local.day, local.hour, local.minute) - at) / 60_000,
  );
  return Math.round(candidates.sort((a, b) => Math.abs(a) - Math.abs(b))[0] ?? 0);
}
