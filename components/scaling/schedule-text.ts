/** Scheduled sizes as they stand in a stack's configuration: `50 17 * * MON-FRI = 6; 0 21 * * MON-FRI = 2`. */
import type { ScheduledSize } from "./scheduled-size.ts";

/**
 * Least sizes by the clock, from the first on named `size-1`, `size-2`, ….
 *
 * @throws {RangeError} naming the part that is none.
 */
export function parseSchedules(text: string, timeZone: string | undefined): ScheduledSize[] {
  return text
    .split(";")
    .filter((part) => part.trim() !== "")
    .map((part, index) => {
      const [, recurrence, min] = /^\s*(\S+(?:\s+\S+){4})\s*=\s*(\d{1,4})\s*$/.exec(part) ?? [];
      if (recurrence === undefined) {
        const form = "five fields of cron, = and the least size, such as 50 17 * * MON-FRI = 6";
        throw new RangeError(
          `${JSON.stringify(part.trim())} is no scheduled size; write ${form}, with ; between several`,
        );
      }
      const zone = timeZone === undefined ? {} : { timeZone };
      return { name: `size-${index + 1}`, recurrence, ...zone, min: Number(min) };
    });
}
