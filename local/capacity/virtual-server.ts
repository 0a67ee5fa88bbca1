/**
 * An instance as its declared capacity has it: a queue and some slots on the accelerated clock. It works on nothing itself; it
 * says when an instance of that capacity would have answered.
 *
 *     enter ─▶ a slot is free ──────────▶ in service ──▶ served
 *        └───▶ waiting, first in, first out ──▲   └── leave: the slot is busy to the end
 *                 └── leave: passed over
 *
 * Timers fire late, and the faster the clock the later; so a slot's next request begins when the one before was over by the
 * clock, not when its timer was heard. Throughput is then what was declared, at any speed.
 */
import type { LocalClock } from "../types.ts";

interface Turn {
  /** Nobody waits for the answer any more. */
  leave(): void;
}

export interface VirtualServer {
  /** `served` is called when the request would be answered. `undefined`: as many wait already as may. */
  enter(served: () => void): Turn | undefined;
}

export interface VirtualServerOptions {
  readonly clock: Pick<LocalClock, "now" | "after">;
  readonly concurrency: number;
  /** Requests that may wait. */
  readonly queueLimit: number;
  /** Draws how long a slot is busy with one request, in seconds of the clock. */
  readonly serviceSeconds: () => number;
}

interface Entry {
  readonly entered: number;
  readonly served: () => void;
}

export function createVirtualServer(options: VirtualServerOptions): VirtualServer {
  const { clock, concurrency, queueLimit, serviceSeconds } = options;
  const waiting = new Set<Entry>();
  let busy = 0;

  function serve(entry: Entry, begin: number): void {
    const end = begin + serviceSeconds() * 1000;
    clock.after(Math.max(0, end - clock.now()), () => {
      entry.served();
      const [next] = waiting;
      if (next === undefined) busy -= 1;
      else {
        waiting.delete(next);
        serve(next, Math.max(end, next.entered));
      }
    });
  }

  return {
    enter(served) {
      const entry: Entry = { entered: clock.now(), served };
      if (busy < concurrency) {
        busy += 1;
        serve(entry, entry.entered);
      } else if (waiting.size < queueLimit) waiting.add(entry);
      else return undefined;
      return { leave: () => void waiting.delete(entry) };
    },
  };
}

/** One behind the other: whoever has been served by the first queues at the second. Only the first refuses. */
export function inSeries(first: VirtualServer, second: VirtualServer): VirtualServer {
  return {
    enter(served) {
      let at: Turn | undefined;
      let left = false;
      const turn = first.enter(() => {
        if (!left) at = second.enter(served);
      });
      return (
        turn && {
          leave() {
            left = true;
            turn.leave();
            at?.leave();
          },
        }
      );
    },
  };
}
