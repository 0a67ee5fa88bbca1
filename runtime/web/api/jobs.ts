/** Handlers of the API that tell of jobs and give their files. */
import { pipeline } from "node:stream/promises";
import type { RequestHandler, Response } from "express";
import * as z from "zod";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import { InvalidCursorError, ObjectNotFoundError } from "../../jobs/errors.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import { cancelJob } from "../cancelling.ts";
import { deleteJob } from "../deleting.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { labelJob } from "../labelling.ts";
import { ownJobOf } from "../pages/own-job.ts";
import type { WebPorts } from "../ports.ts";
import { secondsLeft } from "../progress.ts";
import type { PlaceInQueue, QueuePlace } from "../queue-place.ts";
import { fileOf } from "../result/files.ts";
import { downloadSeconds } from "../results.ts";
import { parsed } from "./parsed.ts";
import { type ApiJob, apiJob, apiLabelSchema } from "./schemas.ts";
import { placeOf } from "./variants.ts";

const listSchema = z.object({
  limit: z.coerce.number<string>().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
});

type Ports = Pick<WebPorts, "jobs" | "objects" | "archiveQueue" | "config" | "clock" | "log">;

/** What is expected of a job that has not ended. @param now epoch seconds */
function outlookOf(job: Job, place: QueuePlace | undefined, now: number): Partial<ApiJob> {
  const seconds_left = secondsLeft(job, now);
  return {
    ...(seconds_left === undefined ? {} : { seconds_left }),
    ...(place === undefined ? {} : { jobs_before: place.before }),
    ...(place?.startTime === undefined ? {} : { expected_start_time: place.startTime }),
  };
}

export function jobHandlers(ports: Ports, placeInQueue: PlaceInQueue) {
  const { jobs, objects, config, clock } = ports;
  const shown = (job: Job, response: Response) => apiJob(job, currentUser(response), config.freeRetentionSeconds);

  const ownJob = ownJobOf(jobs);

  const list: RequestHandler = async (request, response) => {
    const asked = listSchema.safeParse(request.query);
    if (!asked.success) {
      throw new HttpError(400, "malformed", "limit is a whole number from 1 to 100, cursor a text given once.");
    }
    const { limit, cursor } = asked.data;
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
    const job = await ownJob(request, response);
    const outlook = outlookOf(job, await placeInQueue(job), epochSeconds(clock));
    response.json({ ...shown(job, response), ...outlook } satisfies ApiJob);
  };

  const cancel: RequestHandler = async (request, response) => {
    response.json(shown(await cancelJob(ports, await ownJob(request, response)), response));
  };

  const remove: RequestHandler = async (request, response) => {
    await deleteJob(ports, await ownJob(request, response));
    response.status(204).end();
  };

  const label: RequestHandler = async (request, response) => {
    const { job_name, job_note } = parsed(apiLabelSchema, request.body, "The body has job_name, job_note or both");
    const job = await ownJob(request, response);
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
    const ref = placeOf({ config, clock }, job, response);
    const place = await fileOf(objects, ref, request.query.file);
    const url = await objects.presignGet(place, { expiresSeconds: downloadSeconds, fileName: downloadName(place.key) });
    response.redirect(302, url);
  };

  return { list, show, label, cancel, remove, log, result };
}
