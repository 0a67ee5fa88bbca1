/** How an attempt ends: log and item are written, or the job is given back. */
import { complete, type Failure, fail, release } from "../jobs/annotation.ts";
import { outlasting } from "../jobs/breaker.ts";
import { UnavailableError } from "../jobs/errors.ts";
import { epochSeconds } from "../jobs/ports.ts";
import type { Transition } from "../jobs/transition.ts";
import type { StoredResult } from "../results/store-result.ts";
import type { Attempt, Progress } from "./attempt.ts";
import { formatJobLog } from "./job-log.ts";
import type { RunOutcome } from "./run-job-options.ts";

/** What the attempt came to, for the user. */
function writeLog(
  { job, claim, options, log, started }: Attempt,
  progress: Progress,
  failure?: Failure,
): Promise<unknown> {
  const { objects, engine, clock } = options;
  return objects.write(
    log,
    formatJobLog({
      job,
      inputBytes: progress.inputBytes,
      engine: engine.name,
      worker: claim.worker,
      attempt: claim.attempt,
      started,
      ended: clock.now(),
      records: progress.records,
      ...(failure === undefined ? {} : { failure }),
      account: progress.account,
    }),
    { contentType: "text/plain; charset=utf-8" },
  );
}

/** The ending, written as soon as the table answers: nobody else can end the job before that either. */
const end = ({ job, options }: Attempt, ending: () => Transition) =>
  outlasting(() => options.jobs.apply(job.job_id, ending()), {
    ...options,
    signal: options.hurry,
    onOutage: (err) => options.log.warn({ err }, "the job's ending cannot be written yet: it waits"),
  });

export async function endAsCompleted(
  attempt: Attempt,
  { bytes, sha256 }: StoredResult,
  progress: Progress,
): Promise<RunOutcome> {
  const { claim, options, result, started } = attempt;
  const { clock, log } = options;
  const { records, findings } = progress;
  await writeLog(attempt, progress);
  const outcome = await end(attempt, () =>
    complete(claim, epochSeconds(clock), {
      s3_results_bucket: result.bucket,
      s3_key_result_file: result.key,
      s3_key_log_file: attempt.log.key,
      result_bytes: bytes,
      result_sha256: sha256,
      records,
      ...(findings === undefined ? {} : { findings }),
    }),
  );
  // A repeated write whose first answer was lost finds its own result.
  if (!outcome.applied && outcome.job?.s3_key_result_file !== result.key) return "lost";
  log.info({ records, result_bytes: bytes, milliseconds: clock.now() - started }, "job completed");
  return "ended";
}

export async function endAsFailed(attempt: Attempt, failure: Failure, progress: Progress): Promise<RunOutcome> {
  await writeLog(attempt, progress, failure);
  return writeFailure(attempt, { ...failure, log: attempt.log });
}

async function writeFailure(attempt: Attempt, failure: Failure): Promise<RunOutcome> {
  const { claim, options } = attempt;
  const outcome = await end(attempt, () => fail(claim, epochSeconds(options.clock), failure));
  if (!outcome.applied && outcome.job?.job_status !== "FAILED") return "lost";
  options.log.info({ reason: failure.reason, line: failure.line }, "job failed");
  return "ended";
}

/**
 * Neither the file nor the engine is at fault, as far as is known: the claim is released, unless the job has been tried for too long.
 *
 * @throws `err`, after the claim has been released.
 */
export async function giveBack(attempt: Attempt, err: unknown, progress: Progress): Promise<RunOutcome> {
  const { job, claim, options } = attempt;
  const { jobs, clock, log, attemptsMax } = options;
  const outside = err instanceof UnavailableError;
  const faults = (job.faults ?? 0) + (outside ? 0 : 1);
  const waited = epochSeconds(clock) - job.submit_time;
  if (faults >= attemptsMax || (outside && waited > options.patienceSeconds)) {
    log.error({ err, faults, seconds_since_submission: waited }, "job given up");
    const tries = faults >= attemptsMax ? `${faults} attempts` : `${Math.floor(waited / 3600)} hours`;
    const reason = `the service could not read the input or store the result in ${tries}; please submit the file again`;
    const logged = await writeLog(attempt, progress, { reason }).then(
      () => true,
      () => false,
    );
    return writeFailure(attempt, { reason, ...(logged ? { log: attempt.log } : {}) });
  }
  try {
    await jobs.apply(job.job_id, release(claim, epochSeconds(clock), outside ? "outside" : "job"));
  } catch (unreleased) {
    if (!(unreleased instanceof UnavailableError)) throw unreleased;
    log.warn({ err: unreleased }, "the claim could not be given back: this process takes it up again, or it runs out");
  }
  throw err;
}
