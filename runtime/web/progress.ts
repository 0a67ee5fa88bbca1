/** How long a running job may still take. Pure. */
import type { Job } from "../contract/job.ts";

/** What is needed before anything is said: percents are whole numbers, and the first seconds go into opening files. */
const percentMin = 5;
const secondsMin = 5;
/** Progress is told every few seconds: older than this, the worker may be gone. */
const freshSeconds = 60;

/**
 * Seconds, by the pace since the current claim began: as much time for each byte of the input that is left as for each that was read.
 * `undefined` while that is not known.
 *
 * @param now epoch seconds
 */
export function secondsLeft(job: Job, now: number): number | undefined {
  const { job_status, worker, run_time, progress_time, progress_percent: percent = 0 } = job;
  if (job_status !== "RUNNING" || worker === undefined || run_time === undefined || progress_time === undefined) {
    return undefined;
  }
  const taken = progress_time - run_time;
  const since = now - progress_time;
  if (percent < percentMin || taken < secondsMin || since > freshSeconds) return undefined;
  return Math.max(0, Math.round((taken * (100 - percent)) / percent - since));
}
