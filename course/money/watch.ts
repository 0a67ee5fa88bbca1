/** The loop that brakes. It ends when it is told to; nothing that goes wrong in one turn ends it. */

import { causeOf } from "../cause.ts";

export interface WatchOptions {
  /** One look and what follows from it. */
  turn(now: Date): Promise<void>;
  /** Milliseconds from the begin of a turn to the begin of the next; at most `periodMax`. */
  readonly period: number;
  now(): Date;
  /** Resolves after so long, or when it is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
  tell(line: string): void;
}

/** A minute: what has happened is in the cost, and braked, within two of them. */
const periodMax = 60_000;

export async function watch({ turn, period, now, wait, signal, tell }: WatchOptions): Promise<void> {
  if (!(period >= 1000 && period <= periodMax)) {
    throw new RangeError(`a period of ${period / 1000} s is not between 1 and ${periodMax / 1000} s`);
  }
  while (!signal.aborted) {
    const began = now().getTime();
    try {
      await turn(new Date(began));
    } catch (error) {
      tell(`this turn failed, the next one follows: ${causeOf(error)}`);
    }
    const took = now().getTime() - began;
    if (took > period)
      tell(`this turn took ${Math.round(took / 1000)} s, longer than the period of ${period / 1000} s`);
    await wait(Math.max(0, period - took), signal);
  }
}
