import type { Clock } from "../../../runtime/jobs/ports.ts";

/** Time that stands still until the test advances it. */
export interface VirtualClock extends Clock {
  /** Runs `callback` when the clock reaches `time` (epoch milliseconds); at the next advance when that has passed. */
  at(time: number, callback: () => void): () => void;
  /** Moves on by `milliseconds`, waking sleepers in the order of their times and letting each finish what it can. */
  advance(milliseconds: number): Promise<void>;
  /** Advances from sleeper to sleeper until `promise` settles. @throws when that takes more than `limit` milliseconds. */
  until<Value>(promise: Promise<Value>, limit?: number): Promise<Value>;
  /** Time of the next sleeper, or undefined when nobody sleeps. */
  next(): number | undefined;
}

/** Lets everything run that needs no passing of time: promises, ticks, streams. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** @param start epoch milliseconds; omitted: 2026-01-01T00:00:00Z. */
export function createVirtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let time = start;
  let order = 0;
  const timers = new Map<number, { time: number; callback: () => void }>();

  const earliest = () => {
    let first: [number, { time: number; callback: () => void }] | undefined;
    for (const entry of timers) if (first === undefined || entry[1].time < first[1].time) first = entry;
    return first;
  };

  const clock: VirtualClock = {
    now: () => time,
    at(due, callback) {
      const id = order++;
      timers.set(id, { time: due, callback });
      return () => timers.delete(id);
    },
    sleep(milliseconds, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise<void>((resolve) => {
        const wake = () => {
          forget();
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const forget = clock.at(time + Math.max(0, milliseconds), wake);
        signal?.addEventListener("abort", wake, { once: true });
      });
    },
    async advance(milliseconds) {
      const end = time + milliseconds;
      await settle();
      for (let first = earliest(); first !== undefined && first[1].time <= end; first = earliest()) {
        const [id, timer] = first;
        timers.delete(id);
        time = Math.max(time, timer.time);
        timer.callback();
        await settle();
      }
      time = end;
    },
    async until(promise, limit = 7 * 86_400_000) {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      const end = time + limit;
      await settle();
      while (!settled) {
        const due = clock.next();
        if (due === undefined) throw new Error("nobody sleeps, yet the promise has not settled: it waits for ever");
        if (due > end) throw new Error(`not settled within ${limit} ms of virtual time`);
        await clock.advance(Math.max(0, due - time));
      }
      return promise;
    },
    next: () => earliest()?.[1].time,
  };
  return clock;
}
