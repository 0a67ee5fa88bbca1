/** Items as they look at the points of a job's life at which tests begin. */
import { createHash, randomUUID } from "node:crypto";
import type { Job } from "../../../runtime/contract/job.ts";
import { inputKey, logKey, resultKey } from "../../../runtime/contract/keys.ts";
import type { User } from "../../../runtime/contract/user.ts";
import { claim, complete, newJob, published } from "../../../runtime/jobs/annotation.ts";
import { applied } from "../../../runtime/jobs/transition.ts";

export function sampleUser(fields: Partial<User> = {}): User {
  return {
    user_id: "user-1",
    role: "free_user",
    email: "rosalind@example.org",
    identity_email: "rosalind@example.org",
    name: "Rosalind",
    created_time: 1_700_000_000,
    ...fields,
  };
}

/** A job just submitted at `time` (epoch seconds). */
export function pendingJob(time: number, fields: Partial<Job> = {}): Job {
  const job_id = fields.job_id ?? randomUUID();
  const user_id = fields.user_id ?? "user-1";
  const input_file_name = fields.input_file_name ?? "free_1.vcf";
  return {
    ...newJob(
      {
        job_id,
        user_id,
        input_file_name,
        s3_inputs_bucket: "inputs",
        s3_key_input_file: inputKey({ prefix: "gas", userId: user_id, jobId: job_id }, input_file_name),
        input_bytes: 1000,
      },
      time,
    ),
    ...fields,
  };
}

export const sampleResult = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

/** A job that was annotated and told of; its result file holds `result`. */
export function completedJob(time: number, fields: Partial<Job> = {}, result = sampleResult): Job {
  const pending = pendingJob(time - 10, fields);
  const running = applied(claim("worker-1", time - 5, 60), pending);
  const job = applied(
    complete({ worker: "worker-1", attempt: 1 }, time, {
      s3_results_bucket: "results",
      s3_key_result_file: resultKey(pending.s3_key_input_file),
      s3_key_log_file: logKey(pending.s3_key_input_file),
      result_bytes: Buffer.byteLength(result),
      result_sha256: createHash("sha256").update(result).digest("hex"),
      records: 0,
    }),
    running,
  );
  return { ...applied(published("job_results"), job), ...fields };
}

/** Where the job's result and log stand. @throws for a job without a result. */
export function resultRef(job: Job): { bucket: string; key: string } {
  if (job.s3_results_bucket === undefined || job.s3_key_result_file === undefined) {
    throw new Error(`job ${job.job_id} has no result`);
  }
  return { bucket: job.s3_results_bucket, key: job.s3_key_result_file };
}
