import type { Clock } from "./ports.ts";

/** Longest delay a Node timer takes; longer sleeps are slept in pieces. */
const timerMax = 2 ** 31 - 1;

function nap(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    for (let left = Math.max(0, milliseconds); left >= 0 && !signal?.aborted; left -= timerMax) {
      await nap(Math.min(left, timerMax), signal);
      if (left <= timerMax) return;
    }
  },
};
