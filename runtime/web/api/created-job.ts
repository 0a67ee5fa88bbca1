/** The answer to whatever has made a job. */
import type { Response } from "express";
import type { Job } from "../../contract/job.ts";
import type { WebConfig } from "../config.ts";
import { currentUser } from "../http/context.ts";
import { apiJob } from "./schemas.ts";

export function sendCreated(
  { freeRetentionSeconds }: Pick<WebConfig, "freeRetentionSeconds">,
  job: Job,
  response: Response,
): void {
  response
    .status(201)
    .location(`/api/v1/jobs/${job.job_id}`)
    .json(apiJob(job, currentUser(response), freeRetentionSeconds));
}
