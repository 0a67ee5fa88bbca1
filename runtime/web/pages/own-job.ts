import type { Request, Response } from "express";
import type { Job } from "../../contract/job.ts";
import { isDeleted } from "../../jobs/deletion.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { jobIdOf, noSuchJob } from "../http/gates.ts";
import type { WebPorts } from "../ports.ts";

/** The job that the address names. @throws {HttpError} 404, and 403 when it is somebody else's. */
export type OwnJob = (request: Request, response: Response) => Promise<Job>;

/** @param advice what the person can do about a job that is somebody else's. Omitted: nothing is advised. */
export function ownJobOf(jobs: WebPorts["jobs"], advice?: string): OwnJob {
  const foreign = ["This job belongs to somebody else.", advice].filter((part) => part !== undefined).join(" ");
  return async (request, response) => {
    const job = await jobs.get(jobIdOf(request));
    if (job === undefined || isDeleted(job)) throw noSuchJob();
    if (job.user_id !== currentUser(response).user_id) {
      throw new HttpError(403, "not-yours", foreign);
    }
    return job;
  };
}
