/**
 * Scale-in protection of this instance: on as soon as a job runs, off only after a while of idleness, so that a steady trickle of
 * jobs does not toggle it (the API is throttled).
 */
import type { Clock, InstanceIdentity, Log } from "../jobs/ports.ts";

export interface Protection {
  /** A job begins. */
  busy(): void;
  /** A job has ended. */
  idle(): void;
  /** Keeps the instance's protection as it should be until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const retryMilliseconds = 5_000;

export function createProtection(options: {
  instance: Pick<InstanceIdentity, "protectFromScaleIn">;
  clock: Clock;
  log: Log;
  /** Seconds without a job before protection is given up. */
  idleSeconds: number;
}): Protection {
  const { instance, clock, log, idleSeconds } = options;
  let running = 0;
  let idleSince = clock.now();
  /** As last set by this process; groups usually start instances protected, but this is not relied on. */
  let set: boolean | undefined;
  let changed = new AbortController();
  const wake = () => changed.abort();

  return {
    busy() {
      running += 1;
      if (set !== true) wake();
    },
    idle() {
      running -= 1;
      if (running === 0) idleSince = clock.now();
      wake();
    },
    async run(signal) {
      signal.addEventListener("abort", wake, { once: true });
      while (!signal.aborted) {
        changed = new AbortController();
        const idleLeft = running > 0 ? Number.POSITIVE_INFINITY : idleSince + idleSeconds * 1000 - clock.now();
        const wanted = running > 0 ? true : idleLeft <= 0 ? false : set;
        let pause = running > 0 || idleLeft <= 0 ? Number.POSITIVE_INFINITY : idleLeft;
        if (wanted !== set && wanted !== undefined) {
          try {
            await instance.protectFromScaleIn(wanted);
            set = wanted;
            log.info({ protected: wanted }, "scale-in protection set");
            continue; // things may have changed meanwhile
          } catch (err) {
            // An instance that is not yet (or no longer) in service cannot be protected.
            log.warn({ err, protected: wanted }, "could not set scale-in protection");
            pause = retryMilliseconds;
          }
        }
        if (signal.aborted || changed.signal.aborted) continue;
        await clock.sleep(Math.min(pause, 3_600_000), changed.signal);
      }
    },
  };
}
