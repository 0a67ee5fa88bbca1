/** Whether another child may start: by their number, and by memory. Pure. Bytes. */

export interface Situation {
  /** What each child that runs holds now. */
  readonly inUse: readonly number[];
  /** What a child comes to hold, by those that have been measured. */
  readonly need: number;
  /** What the system has left. */
  readonly free: number;
  /** Children at a time at most. */
  readonly parallel: number;
}

/** Left to everything else on the machine. */
export const reserve = 256 * 2 ** 20;

/**
 * Children that run are given what they have not yet taken of their need. The first one always may: without it nothing would ever
 * happen, and a machine that is too small for one says so itself.
 */
export function roomForAnother({ inUse, need, free, parallel }: Situation): boolean {
  if (inUse.length >= parallel) return false;
  if (inUse.length === 0) return true;
  const promised = inUse.reduce((sum, held) => sum + Math.max(0, need - held), 0);
  return free - promised - reserve >= need;
}

/** What is taken for a child's need before one has been measured: Pulumi's own AWS provider alone holds most of it. */
export const firstGuess = 1_200 * 2 ** 20;

/** Peaks of the last children: a program that has been made smaller is believed after so many. */
const remembered = 20;

export function withPeak(peaks: readonly number[], peak: number): number[] {
  return [...peaks, peak].slice(-remembered);
}

export function needBy(peaks: readonly number[]): number {
  return peaks.length === 0 ? firstGuess : Math.max(...peaks);
}
