/** Keeps a claimed job's lease while the job runs, and tells when the job is no longer this worker's. */
import type { Job } from "../contract/job.ts";
import { type Claim, heartbeat } from "../jobs/annotation.ts";
import { type Clock, epochSeconds, type JobStore, type Log } from "../jobs/ports.ts";
import { keepRenewing, type Renewal } from "../jobs/renewal.ts";

/** The job was cancelled, or another worker has it. */
export class LeaseLostError extends Error {
  override name = "LeaseLostError";
}

export interface LeaseOptions {
  readonly jobs: JobStore;
  readonly job: Pick<Job, "job_id">;
  readonly claim: Claim;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseSeconds: number;
  /** What the user is shown while the job runs. */
  readonly progress: () => { records: number; percent: number };
}

export interface Lease extends Renewal {
  /** Aborts with a `LeaseLostError`. */
  readonly signal: AbortSignal;
  /** Renews now. @throws {LeaseLostError} and what the store throws. */
  confirm(): Promise<void>;
}

/** Progress is told at least so often, however long the lease. */
const progressSeconds = 5;

export function holdLease(options: LeaseOptions): Lease {
  const { jobs, job, claim, clock, log, leaseSeconds, progress } = options;
  const lost = new AbortController();

  function lose(why: string): LeaseLostError {
    const error = new LeaseLostError(`job ${job.job_id} is no longer this worker's: ${why}`);
    lost.abort(error);
    return error;
  }

  async function confirm(): Promise<void> {
    const outcome = await jobs.apply(job.job_id, heartbeat(claim, epochSeconds(clock), leaseSeconds, progress()));
    if (!outcome.applied) throw lose(`it is ${outcome.job?.job_status ?? "gone"}`);
  }

  const renewal = keepRenewing({
    clock,
    everySeconds: Math.min(leaseSeconds / 3, progressSeconds),
    async renew() {
      if (lost.signal.aborted) return false;
      await confirm().catch((err: unknown) => {
        if (!(err instanceof LeaseLostError)) throw err;
      });
      return !lost.signal.aborted;
    },
    // Nobody else can claim the job while the table is away, and files of two attempts do not meet: the work goes on, and only a
    // refusal ends it.
    onFailure: (err) => log.warn({ err }, "could not renew the lease"),
  });
  return { signal: lost.signal, confirm, stop: renewal.stop };
}
