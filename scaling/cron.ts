/** Recurrences of scheduled actions: the five fields of cron, in a time zone, minute by minute. */

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
    throw new RangeError(`${field.name} ${JSON.stringify(text)} is not between ${field.min} and ${field.max}`);
  }
  return value;
}

function valuesOf(text: string, field: Field): number[] {
  return text.split(",").flatMap((part) => {
    const [range = "", stride = "1", ...more] = part.split("/");
    if (!/^[1-9]\d*$/.test(stride) || more.length > 0) {
      throw new RangeError(`${field.name} ${JSON.stringify(part)} has no whole stride`);
    }
    const [from = "", to] = range.split("-");
    const first = range === "*" ? field.min : numberOf(from, field);
    const last = range === "*" || (to === undefined && part.includes("/")) ? field.max : numberOf(to ?? from, field);
    if (last < first) throw new RangeError(`${field.name} ${JSON.stringify(part)} ends before it begins`);
    const count = Math.floor((last - first) / Number(stride)) + 1;
    return Array.from({ length: count }, (_, index) => first + index * Number(stride));
  });
}

/** @throws {RangeError} naming the field or the time zone that is wrong. */
export function parseCron(text: string, timeZone = "Etc/UTC"): CronSchedule {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    throw new RangeError(
      `${JSON.stringify(text)} has ${parts.length} fields; cron has 5: minute hour day month weekday`,
    );
  }
  partsAt(0, timeZone);
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
    throw new RangeError(
      `time zone ${JSON.stringify(timeZone)} is unknown; give an IANA name such as America/Chicago`,
      {
        cause,
      },
    );
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
