/**
 * Time that one record takes. Short records cannot take long and are not timed: reading the clock costs as much as they do.
 *
 * A look ends a record only if the work between two looks ends by itself. So each part of it takes time in proportion to the
 * record's bytes, of which there are 16 MiB at most: about a second of a slow processor.
 */
import { recordLimits } from "../../contract/limits.ts";
import { tooSlow } from "../../vcf/record.ts";

/** Characters from which on a record is timed. */
export const timedFrom = 16 * 1024;
/** Alleles between two looks at the clock. */
const betweenLooks = 256;

export interface Stopwatch {
  /** A record of this length begins. */
  start(length: number, line: number): void;
  /** An allele is dealt with. @throws {InputError} when the record has taken too long. */
  lap(): void;
  /** A part of the record's work, or all of it, is done. @throws {InputError} as `lap` does. */
  look(): void;
}

/** @param now milliseconds, from any beginning. */
export function createStopwatch(now: () => number): Stopwatch {
  let timed = false;
  let begun = 0;
  let line = 0;
  let laps = 0;
  const look = () => {
    if (timed && now() - begun > recordLimits.milliseconds) throw tooSlow(recordLimits.milliseconds, line);
  };
  return {
    start(length, number) {
      timed = length >= timedFrom;
      if (!timed) return;
      begun = now();
      line = number;
      laps = 0;
    },
    lap() {
      laps += 1;
      if (laps % betweenLooks === 0) look();
    },
    look,
  };
}
