/** The virtual clock. Frequent events are numbers; rare ones, timers, may be functions. */
import { EventHeap } from "./event-heap.ts";

/** Kinds of events that a simulation handles itself; `timer` is the kernel's. */
export const kinds = { timer: 0, arrival: 1, wake: 2, served: 3, shared: 4, expire: 5 } as const;
const kindOfTimers = kinds.timer;
const kindBits = 3;
const kindMask = (1 << kindBits) - 1;

type Handle = (kind: number, index: number, now: number) => void;

export class Kernel {
  readonly #heap = new EventHeap();
  readonly #timers: ((() => void) | undefined)[] = [];
  /** Places among the timers whose time has come. */
  readonly #spent: number[] = [];
  #now = 0;

  /** Seconds since the start. */
  now(): number {
    return this.#now;
  }

  /** An event of a kind about something with a number, below 2²⁸. */
  add(time: number, kind: number, index: number): void {
    this.#heap.add(time, (index << kindBits) | kind);
  }

  timer(time: number, run: () => void): void {
    if (time === Number.POSITIVE_INFINITY) return;
    const index = this.#spent.pop() ?? this.#timers.length;
    this.#timers[index] = run;
    this.#heap.add(time, index << kindBits);
  }

  /**
   * Runs everything up to a time, handing over what is no timer. At the end of each whole minute, after all that happens until
   * then and at that instant, `minute` is told; before it, and every ten seconds, `tenSeconds`.
   */
  run(until: number, handle: Handle, minute: (now: number) => void, tenSeconds?: (now: number) => void): void {
    const pace = tenSeconds === undefined ? 60 : 10;
    for (let end = pace; end <= until; end += pace) {
      this.#runTo(end, handle);
      tenSeconds?.(end);
      if (end % 60 === 0) minute(end);
    }
    this.#runTo(until, handle);
  }

  #runTo(until: number, handle: Handle): void {
    const heap = this.#heap;
    for (let code = heap.take(until); code >= 0; code = heap.take(until)) {
      this.#now = heap.time;
      const kind = code & kindMask;
      const index = code >> kindBits;
      if (kind !== kindOfTimers) handle(kind, index, heap.time);
      else {
        const run = this.#timers[index];
        this.#timers[index] = undefined;
        this.#spent.push(index);
        run?.();
      }
    }
    this.#now = until;
  }
}
