import type { Job } from "../contract/job.ts";

export interface JobLog {
  readonly job: Pick<Job, "job_id" | "input_file_name">;
  readonly inputBytes: number;
  readonly engine: string;
  readonly worker: string;
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly started: number;
  readonly ended: number;
  readonly records: number;
  /** In words, with the line at fault; absent for a job that succeeded. */
  readonly failure?: { readonly reason: string; readonly line?: number };
  /** The engine's own account. */
  readonly account: string;
}

const whole = new Intl.NumberFormat("en-US");

/** Text of a job's log file (`….vcf.count.log`): for people, a few KB, UTF-8. */
export function formatJobLog(log: JobLog): string {
  const seconds = (log.ended - log.started) / 1000;
  const rate = seconds > 0 && log.records > 0 ? `, ${whole.format(Math.round(log.records / seconds))} records/s` : "";
  const where = log.failure?.line === undefined ? "" : `line ${whole.format(log.failure.line)}: `;
  return [
    `Annotation of ${log.job.input_file_name} (${whole.format(log.inputBytes)} bytes)`,
    log.failure === undefined ? "COMPLETED" : `FAILED      ${where}${log.failure.reason}`,
    "",
    `Job         ${log.job.job_id}`,
    `Engine      ${log.engine}`,
    `Worker      ${log.worker}, attempt ${log.attempt}`,
    `Started     ${new Date(log.started).toISOString()}`,
    `Ended       ${new Date(log.ended).toISOString()} (${seconds.toFixed(2)} s${rate})`,
    "",
    log.account,
  ].join("\n");
}
