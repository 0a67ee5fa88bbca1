/** Looks again and again, as somebody does who reloads a page, until what is waited for is there. */
import { setTimeout as delay } from "node:timers/promises";

/** What was waited for did not come. */
class WaitedInVain extends Error {
  override readonly name = "WaitedInVain";
}

export interface Waiting {
  /** Wall-clock seconds after which it is given up. */
  readonly seconds: number;
  /** Pause between two looks; default 300. */
  readonly everyMilliseconds?: number;
  /** Ends the wait at once. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param what in words that follow "waited for".
 * @param look undefined: not yet. `seen` is told what is there instead.
 * @throws {WaitedInVain} saying what was seen last; the signal's reason.
 */
export async function until<Found>(
  what: string,
  { seconds, everyMilliseconds = 300, signal }: Waiting,
  look: (seen: (text: string) => void) => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
  const deadline = performance.now() + seconds * 1_000;
  let last = "nothing";
  for (;;) {
    signal?.throwIfAborted();
    const found = await look((text) => {
      last = text;
    });
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new WaitedInVain(`waited ${Math.round(seconds)} s for ${what}; seen last: ${last}`);
    }
    await delay(everyMilliseconds, undefined, signal === undefined ? {} : { signal });
  }
}
