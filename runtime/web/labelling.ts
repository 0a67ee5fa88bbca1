/** Name and note of a job, as its user writes them. Pages and API share this. */
import * as z from "zod";
import type { Job } from "../contract/job.ts";
import { nameSchema, noteSchema } from "../contract/label.ts";
import { label } from "../jobs/annotation.ts";
import { noSuchJob } from "./http/gates.ts";
import type { WebPorts } from "./ports.ts";

export const labelSchema = z.strictObject({ name: nameSchema, note: noteSchema });

/** Texts that are omitted stay; empty ones are removed. */
export async function labelJob(
  { jobs }: Pick<WebPorts, "jobs">,
  { job_id }: Pick<Job, "job_id">,
  texts: Partial<z.output<typeof labelSchema>>,
): Promise<Job> {
  const { job } = await jobs.apply(job_id, label(texts));
  if (job === undefined) throw noSuchJob();
  return job;
}
