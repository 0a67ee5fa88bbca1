/**
 * Declared times of jobs. A job begins when its annotator reads the input; the upload that ends it (of the result, or of the
 * log where there is none) is let through when the job's time is over:
 *
 *     GetObject input ──▶ the annotator works ──▶ upload of result or log … held until the time is over ──▶ stored
 *
 * Meanwhile the worker is what a busy one is: its lease and its message's invisibility are renewed by itself, it is protected,
 * and a cancelled job or a hurried worker goes away from the upload at once. Time that the work itself takes counts towards
 * the job's. A job that fails before it reads anything takes no longer than it does.
 */

import { jobOfKey, parseInputKey } from "../../runtime/contract/keys.ts";
import { generator } from "../../scaling/random.ts";
import { sampler } from "../../scaling/simulate/distribution.ts";
import type { Interceptor } from "../gateway/call.ts";
import type { LocalClock } from "../types.ts";
import type { WorkerCapacity } from "./capacity.ts";

export interface JobTimesOptions {
  readonly clock: Pick<LocalClock, "now" | "after">;
  /** By the role by which a group's annotators call. */
  readonly capacities: ReadonlyMap<string, WorkerCapacity>;
  /**
   * How often a waiting caller hears of us, in milliseconds of the wall clock: clients take a connection that is silent for a
   * minute or two for broken. Default 20,000.
   */
  readonly signMilliseconds?: number;
}

/** The stream of chance for service times, as a simulation numbers it. */
const serviceStream = 2;
const uploads = new Set(["PutObject", "CompleteMultipartUpload"]);

export function createJobTimes(options: JobTimesOptions): Interceptor {
  const { clock, capacities, signMilliseconds = 20_000 } = options;
  const times = new Map(
    [...capacities].map(([role, { distribution, jobSeconds, seed }]) => {
      return [role, sampler(distribution, jobSeconds, generator(seed, serviceStream))] as const;
    }),
  );
  /** When jobs under way are over. */
  const ends = new Map<string, number>();

  function untilEnd(end: number, signal: AbortSignal, stillHere: () => void): Promise<void> {
    const rest = end - clock.now();
    if (rest <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const signs = setInterval(stillHere, signMilliseconds);
      const cancel = clock.after(rest, () => {
        clearInterval(signs);
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = () => {
        clearInterval(signs);
        cancel();
        reject(signal.reason);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  return async function timed(call, next) {
    const { service, action, caller, key } = call;
    const draw = times.get(caller);
    if (draw === undefined || service !== "s3" || key === undefined) return next(call);
    const jobId = jobOfKey(key);
    if (jobId === undefined) return next(call);
    if (action === "GetObject" && parseInputKey(key) !== undefined) {
      for (const [past, over] of ends) if (over <= clock.now()) ends.delete(past);
      ends.set(jobId, clock.now() + draw() * 1000);
      return next(call);
    }
    // Whatever a job's annotator writes is its result or its log, of whichever attempt.
    const end = uploads.has(action) ? ends.get(jobId) : undefined;
    if (end === undefined) return next(call);
    await untilEnd(end, call.signal, call.stillHere);
    return next(call);
  };
}
