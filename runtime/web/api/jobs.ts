/** Handlers of the API that tell of jobs and give their files. */
import { pipeline } from "node:stream/promises";
import type { RequestHandler, Response } from "express";
import * as z from "zod";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import { InvalidCursorError, ObjectNotFoundError } from "../../jobs/errors.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import { cancelJob } from "../cancelling.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { labelJob } from "../labelling.ts";
import { ownJobOf } from "../pages/own-job.ts";
import type { WebPorts } from "../ports.ts";
import { downloadSeconds, type ResultAccess, resultAccess } from "../results.ts";
import { apiJob, apiLabelSchema } from "./schemas.ts";

const listSchema = z.object({
  limit: z.coerce.number<string>().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
});

type Ports = Pick<WebPorts, "jobs" | "objects" | "config" | "clock" | "log">;

export function jobHandlers(ports: Ports) {
  const { jobs, objects, config, clock } = ports;
  const shown = (job: Job, response: Response) => apiJob(job, currentUser(response), config.freeRetentionSeconds);

  const ownJob = ownJobOf(jobs);

  const list: RequestHandler = async (request, response) => {
    const parsed = listSchema.safeParse(request.query);
    if (!parsed.success) {
      throw new HttpError(400, "malformed", "limit is a whole number from 1 to 100, cursor a text given once.");
    }
    const { limit, cursor } = parsed.data;
    try {
      const page = await jobs.listByUser(currentUser(response).user_id, {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const next =
        page.cursor === undefined
          ? {}
          : { next: `/api/v1/jobs?${new URLSearchParams({ limit: String(limit), cursor: page.cursor })}` };
      response.json({ jobs: page.items.map((job) => shown(job, response)), ...next });
    } catch (error) {
      if (!(error instanceof InvalidCursorError)) throw error;
      throw new HttpError(400, "bad-cursor", "The cursor was not made by this list.");
    }
  };

  const show: RequestHandler = async (request, response) => {
    response.json(shown(await ownJob(request, response), response));
  };

  const cancel: RequestHandler = async (request, response) => {
    response.json(shown(await cancelJob(ports, await ownJob(request, response)), response));
  };

  const label: RequestHandler = async (request, response) => {
    const parsed = apiLabelSchema.safeParse(request.body);
    if (!parsed.success)
      throw new HttpError(
        400,
        "malformed",
        `The body has job_name, job_note or both: ${z.prettifyError(parsed.error)}`,
      );
    const job = await ownJob(request, response);
    const { job_name, job_note } = parsed.data;
    const texts = {
      ...(job_name === undefined ? {} : { name: job_name }),
      ...(job_note === undefined ? {} : { note: job_note }),
    };
    response.json(shown(await labelJob(ports, job, texts), response));
  };

  const log: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const none = new HttpError(404, "no-log", "This job has no log (yet): it is written when the job ends.");
    if (job.s3_results_bucket === undefined || job.s3_key_log_file === undefined) throw none;
    try {
      const body = await objects.read({ bucket: job.s3_results_bucket, key: job.s3_key_log_file });
      response.type("text/plain");
      await pipeline(body, response);
    } catch (error) {
      throw error instanceof ObjectNotFoundError ? none : error;
    }
  };

  const result: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const access = resultAccess(job, currentUser(response), config.freeRetentionSeconds);
    if (access.kind !== "available") throw noResult(job, access, epochSeconds(clock));
    const ref = { bucket: job.s3_results_bucket ?? "", key: job.s3_key_result_file ?? "" };
    const url = await objects.presignGet(ref, { expiresSeconds: downloadSeconds, fileName: downloadName(ref.key) });
    response.redirect(302, url);
  };

  return { list, show, label, cancel, log, result };
}

/** Why the result cannot be had now. @param now epoch seconds. */
function noResult(job: Job, access: Exclude<ResultAccess, { kind: "available" }>, now: number): HttpError {
  switch (access.kind) {
    case "none":
      return new HttpError(
        409,
        "no-result",
        `The job is ${job.job_status}: it has no result${job.job_status === "FAILED" ? "" : " yet"}.`,
      );
    case "upgrade":
      return new HttpError(
        402,
        "archived",
        "The free period is over and the result is in the archive. Premium brings it back.",
        {
          action: { href: "/subscribe?reason=archived", label: "Upgrade" },
        },
      );
    case "archived":
    case "restoring": {
      const left = access.kind === "restoring" && access.expectedTime !== undefined ? access.expectedTime - now : 60;
      return new HttpError(409, "restoring", "The result is on its way back from the archive.", {
        headers: { "retry-after": String(Math.max(5, left)) },
      });
    }
  }
}
