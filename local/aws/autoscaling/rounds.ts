/** One round at a time, and one more a while after each: a call during a round waits for the one after it. */

export interface Rounds {
  /** Goes round now instead of at the next second. Resolves when the round is over. */
  now(): Promise<void>;
  /** None begins by itself any more until `now` is called. Resolves when the one under way is over. */
  rest(): Promise<void>;
}

const pauseMilliseconds = 1_000;

/** @param may whether a round may begin. */
export function createRounds(
  round: () => Promise<void>,
  { may, onError }: { may: () => boolean; onError: (error: unknown) => void },
): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again: Promise<void> | undefined;

  function now(): Promise<void> {
    if (!may()) return Promise.resolve();
    if (running !== undefined) {
      again ??= running.then(() => {
        again = undefined;
        return now();
      });
      return again;
    }
    clearTimeout(timer);
    running = round()
      .catch(onError)
      .then(() => {
        running = undefined;
        if (may()) timer = setTimeout(() => void now(), pauseMilliseconds).unref();
      });
    return running;
  }

  return {
    now,
    async rest() {
      clearTimeout(timer);
      await running;
    },
  };
}
