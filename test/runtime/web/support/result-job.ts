/** A completed job of a test web service, its result stored as a worker stores it. */
import { readFileSync } from "node:fs";
import type { Job } from "../../../../runtime/contract/job.ts";
import { storeResult } from "../../../../runtime/results/store-result.ts";
import { completedJob, resultRef } from "../../../support/memory.ts";
import { annotated, chunked } from "../../../support/vcf.ts";
import type { TestWeb } from "./web.ts";

const now = Date.UTC(2026, 0, 1) / 1000;

/** @param text of the result. */
export async function putResult(
  web: Pick<TestWeb, "jobs" | "objects">,
  text: string,
  fields: Partial<Job> = {},
): Promise<Job> {
  const job = completedJob(now, fields, text);
  web.jobs.put(job);
  await storeResult(web.objects, resultRef(job), chunked(Buffer.from(text), [Number.POSITIVE_INFINITY]));
  return job;
}

/** The demo's file, annotated. */
export async function sampleText(): Promise<string> {
  const sample = readFileSync(new URL("../../../../local/demo/data/clinvar-sample.vcf", import.meta.url));
  return (await annotated(sample)).text;
}
