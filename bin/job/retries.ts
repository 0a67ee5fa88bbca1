/** Trying again: only what may be repeated without a second effect, only where that may help, and not for ever. */
import { setTimeout as sleep } from "node:timers/promises";

const attemptsMost = 6;
/** A service that asks for a longer wait is not waited for. */
const waitMostSeconds = 120;

export interface Retries {
  /** Seconds that pass; tests let them pass at once. */
  readonly pause: (seconds: number) => Promise<unknown>;
  /** Told before each pause. */
  readonly tell: (text: string) => void;
}

export const realPause = (seconds: number): Promise<void> => sleep(seconds * 1000);

/** 1, 2, 4, 8, 16 s, each shortened by up to a half by chance, so that many clients do not come back together. */
const backoff = (attempt: number): number => 2 ** (attempt - 1) * (1 - Math.random() / 2);

/** What one attempt came to. */
export type Attempt<Value> =
  | { readonly value: Value }
  /** `after`: seconds that the service asks for. `moved`: it came further than the one before, which does not count then. */
  | { readonly failure: Error; readonly again: boolean; readonly after?: number | undefined; readonly moved?: boolean };

/** @throws the last attempt's failure. */
export async function repeated<Value>({ pause, tell }: Retries, act: () => Promise<Attempt<Value>>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await act();
    if ("value" in outcome) return outcome.value;
    const { failure, again, after, moved = false } = outcome;
    if (moved) attempt = 1;
    if (!again || attempt >= attemptsMost || (after ?? 0) > waitMostSeconds) throw failure;
    const seconds = after ?? backoff(attempt);
    tell(`${failure.message}; again in ${Math.ceil(seconds)} s`);
    await pause(seconds);
  }
}
