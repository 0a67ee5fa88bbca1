/** Time that one record takes. Short records cannot take long and are not timed: reading the clock costs as much as they do. */
import { recordLimits } from "../../contract/limits.ts";
import { tooSlow } from "../vcf/record.ts";

/** Characters of a record that is timed. */
const longRecord = 16 * 1024;
/** Units of work between two looks at the clock. */
const betweenLooks = 256;

export interface Stopwatch {
  /** A record of this length begins. */
  start(length: number, line: number): void;
  /** Part of the record's work is done. @throws {InputError} when the record has taken too long. */
  lap(): void;
  /** The record is done. @throws {InputError} */
  stop(): void;
}

/** @param now milliseconds, from any beginning. */
export function createStopwatch(now: () => number): Stopwatch {
  let timed = false;
  let begun = 0;
  let line = 0;
  let laps = 0;
  const look = () => {
    if (now() - begun > recordLimits.milliseconds) throw tooSlow(recordLimits.milliseconds, line);
  };
  return {
    start(length, number) {
      timed = length >= longRecord;
      if (!timed) return;
      begun = now();
      line = number;
      laps = 0;
    },
    lap() {
      laps += 1;
      if (timed && laps % betweenLooks === 0) look();
    },
    stop() {
      if (timed) look();
    },
  };
}
