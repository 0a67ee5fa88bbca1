/** Keeps something that runs out, such as a claim or a message's invisibility, for as long as the work under it goes on. */
import type { Clock } from "./ports.ts";

export interface RenewalOptions {
  readonly clock: Clock;
  readonly everySeconds: number;
  /** Resolves to whether there is still something to renew. */
  readonly renew: () => Promise<boolean>;
  /** A renewal has failed; the next one comes all the same. */
  readonly onFailure: (err: unknown) => void;
}

export interface Renewal {
  /** Ends it; resolves when no renewal is under way any more. */
  stop(): Promise<void>;
}

/** The first renewal comes after one interval. */
export function keepRenewing({ clock, everySeconds, renew, onFailure }: RenewalOptions): Renewal {
  const stopped = new AbortController();

  async function untilStopped(): Promise<void> {
    for (let goesOn = true; goesOn; ) {
      await clock.sleep(everySeconds * 1000, stopped.signal);
      if (stopped.signal.aborted) return;
      try {
        goesOn = await renew();
      } catch (err) {
        onFailure(err);
      }
    }
  }

  const renewing = untilStopped();
  return {
    async stop() {
      stopped.abort();
      await renewing;
    },
  };
}
