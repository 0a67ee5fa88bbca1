/** Waiting for a job: it is looked at again and again, less often the longer it takes. */
import { type Api, type ApiJob, jobPath } from "./api.ts";
import { JobFailure } from "./failure.ts";
import type { Progress } from "./progress.ts";
import { stateInWords } from "./words.ts";

/** Seconds between two looks. */
const [firstPause, longestPause] = [1, 15];

export interface WaitOptions {
  /** Seconds after which it is given up; omitted: never. */
  readonly timeout?: number | undefined;
  readonly now?: () => number;
}

/** Has the job ended? */
export const hasEnded = ({ job_status }: ApiJob): boolean => job_status !== "PENDING" && job_status !== "RUNNING";

/** Has it ended, and is its result where it can be had, if there will be one? */
export const resultSettled = (job: ApiJob): boolean =>
  hasEnded(job) && job.result.state !== "restoring" && job.result.state !== "archived";

/** @throws {JobFailure} when the time is over. */
export async function untilJob(
  api: Api,
  id: string,
  settled: (job: ApiJob) => boolean,
  progress: Progress,
  { timeout = Number.POSITIVE_INFINITY, now = () => performance.now() }: WaitOptions = {},
): Promise<ApiJob> {
  const began = now();
  let told = "";
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 1.3)) {
    const job = await api.job({ method: "GET", path: jobPath(id) });
    if (settled(job)) {
      progress.clear();
      return job;
    }
    const state = job.job_status === "COMPLETED" ? job.result.state : job.job_status;
    if (state !== told) progress.say(`${id} ${stateInWords(job)}`);
    told = state;
    progress.show(stateInWords(job), job.job_status === "RUNNING" ? (job.progress_percent ?? 0) / 100 : undefined);
    const left = timeout - (now() - began) / 1000;
    if (left <= 0) {
      progress.clear();
      throw new JobFailure("notThere", `job ${id} ${stateInWords(job)} after ${timeout} s; it goes on, wait again`);
    }
    await api.retries.pause(Math.min(pause, left));
  }
}
