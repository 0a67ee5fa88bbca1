/**
 * One claimed job, from input to ending:
 *
 *     read ─▶ engine ─▶ result (whole or not at all) ─▶ log ─▶ complete ─▶ job_results
 *       │        │                                               │
 *       │        └── the file or the engine is at fault ─▶ log ─▶ fail ─▶ job_results
 *       ├── storage does not answer: claim released, nothing counted, the message held until it does
 *       └── anything else: claim released, counted as the job's fault; `fail` after `attemptsMax` of those
 *
 * Cancelled or taken over: the work stops, nothing is written to the item, and what this attempt has stored is removed.
 * An outage of the table is waited out with the result in hand. Each attempt writes files of its own: the item names those
 * that count, and a worker that was paused for however long cannot replace them.
 */
import type { Job } from "../contract/job.ts";
import { type Claim, type Failure, release } from "../jobs/annotation.ts";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import { epochSeconds } from "../jobs/ports.ts";
import { untraced } from "../jobs/tracing.ts";
import { InputError } from "../vcf/input-error.ts";
import { attemptOf, type Progress } from "./attempt.ts";
import { endAsCompleted, endAsFailed, giveBack } from "./endings.ts";
import { EngineError } from "./engine/engine.ts";
import { holdLease, LeaseLostError } from "./lease.ts";
import { createProduction } from "./produce.ts";
import type { RunJobOptions, RunOutcome } from "./run-job-options.ts";
import { createStop, HurryError, OutOfTimeError } from "./stop.ts";

/** @throws what storage threw, after the claim has been released. */
export async function runJob(job: Job, claim: Claim, options: RunJobOptions): Promise<RunOutcome> {
  const { jobs, clock, log, leaseSeconds, attemptsMax, tracer = untraced } = options;
  const attempt = attemptOf(job, claim, options);
  const production = createProduction(job, attempt.result, options);
  const { progress } = production;
  const lease = tracer.outside(() =>
    holdLease({ jobs, job, claim, clock, log, leaseSeconds, progress: () => shown(progress()) }),
  );
  const stop = createStop(lease.signal, options);
  try {
    if ((job.faults ?? 0) >= attemptsMax) {
      const reason = `no worker could finish this job in ${attemptsMax} attempts: each ended while it ran`;
      return await endAsFailed(attempt, { reason }, progress());
    }
    const product = await production.run(stop.signal, lease);
    return await endAsCompleted(attempt, product, progress());
  } catch (thrown) {
    const error: unknown = stop.signal.aborted ? stop.signal.reason : thrown;
    if (error instanceof LeaseLostError) return "lost";
    if (error instanceof HurryError) {
      await jobs.apply(job.job_id, release(claim, epochSeconds(clock)));
      log.info({}, "job given back unfinished");
      return "released";
    }
    const failure = failureOf(error, options.jobSecondsMax);
    if (failure === undefined) return await giveBack(attempt, error, progress());
    try {
      return await endAsFailed(attempt, failure, progress());
    } catch (err) {
      return await giveBack(attempt, err, progress());
    }
  } finally {
    stop.close();
    await lease.stop();
  }
}

/** What the user is shown while the job runs. */
const shown = ({ records, bytesRead, inputBytes }: Progress) => ({
  records,
  percent: inputBytes > 0 ? (100 * bytesRead) / inputBytes : 0,
});

/** What the user is told, when trying again would not help; undefined for troubles of the service. */
function failureOf(error: unknown, jobSecondsMax: number): Failure | undefined {
  if (error instanceof InputError) {
    return { reason: error.message, ...(error.line === undefined ? {} : { line: error.line }) };
  }
  if (error instanceof EngineError) return { reason: error.message };
  if (error instanceof OutOfTimeError) {
    return { reason: `the job took longer than ${jobSecondsMax} seconds and was stopped` };
  }
  if (error instanceof ObjectNotFoundError) {
    return { reason: "the input file is not in storage: the upload was never completed, or the file was removed" };
  }
  return undefined;
}
