import type { LocalClock } from "./types.ts";

/** Runs `speed` times as fast as the wall clock, starting from now. */
export function acceleratedClock(speed: number): LocalClock {
  if (!(speed >= 0.1 && speed <= 10_000)) throw new RangeError(`speed ${speed} is not between 0.1 and 10,000`);
  const origin = Date.now();
  return {
    speed,
    now: () => origin + (Date.now() - origin) * speed,
    after(milliseconds, callback) {
      const timer = setTimeout(callback, milliseconds / speed);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

/**
 * A declared delay for something that takes real time (a request on its way, a job to finish) as local milliseconds: never
 * shorter in reality than the declared delay or `leastReal` milliseconds, whichever is less, however fast the clock runs.
 */
export function atLeastReal(clock: Pick<LocalClock, "speed">, milliseconds: number, leastReal: number): number {
  return Math.max(milliseconds, Math.min(milliseconds, leastReal) * clock.speed);
}
