/** The files of a job: input, log, result, as pages or as downloads from storage. */
import type { RequestHandler, Response } from "express";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import type { ObjectRef } from "../../jobs/ports.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import { downloadSeconds, resultAccess } from "../results.ts";
import { readHead } from "../text-head.ts";
import { FilePage } from "../views/file.tsx";
import { formatBytes } from "../views/format.ts";
import type { OwnJob } from "./own-job.ts";

const previewLines = 200;
const previewBytes = 256 * 1024;
const logBytes = 1024 * 1024;

export function jobFiles({ objects, config }: Pick<WebPorts, "objects" | "config">, pages: Pages, ownJob: OwnJob) {
  /** The result's place, when this user may have it now; else back to the job's page, which says why not. */
  function openResult(job: Job, response: Response): ObjectRef | undefined {
    const access = resultAccess(job, currentUser(response), config.freeRetentionSeconds);
    if (access.kind === "available" && job.s3_results_bucket !== undefined && job.s3_key_result_file !== undefined) {
      return { bucket: job.s3_results_bucket, key: job.s3_key_result_file };
    }
    response.redirect(303, `/annotations/${job.job_id}`);
    return undefined;
  }

  const input: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const url = await objects.presignGet(
      { bucket: job.s3_inputs_bucket, key: job.s3_key_input_file },
      { expiresSeconds: downloadSeconds, fileName: job.input_file_name },
    );
    response.set("cache-control", "no-store").redirect(303, url);
  };

  const log: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    if (job.s3_results_bucket === undefined || job.s3_key_log_file === undefined) {
      throw new HttpError(404, "no-log", "This job has no log (yet): it is written when the job ends.", {
        action: { href: `/annotations/${job.job_id}`, label: "Go to the job" },
      });
    }
    const head = await readHead(
      objects,
      { bucket: job.s3_results_bucket, key: job.s3_key_log_file },
      { bytes: logBytes },
    );
    const more = head.complete ? undefined : `The log goes on: this is its first ${formatBytes(logBytes)}.`;
    const content = <FilePage job={job} heading="Log" text={head.text} more={more} download={undefined} />;
    pages.send(response, { title: `Log of ${job.input_file_name}`, section: "/annotations", content });
  };

  const result: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const ref = openResult(job, response);
    if (ref === undefined) return;
    const head = await readHead(objects, ref, { bytes: previewBytes, lines: previewLines });
    const content = (
      <FilePage
        job={job}
        heading="Result"
        text={head.text}
        more={head.complete ? undefined : `These are the first ${head.lines} lines; download the file for the rest.`}
        download={{ href: `/annotations/${job.job_id}/result/download`, label: "Download" }}
      />
    );
    pages.send(response, { title: `Result of ${job.input_file_name}`, section: "/annotations", content });
  };

  const download: RequestHandler = async (request, response) => {
    const ref = openResult(await ownJob(request, response), response);
    if (ref === undefined) return;
    const url = await objects.presignGet(ref, { expiresSeconds: downloadSeconds, fileName: downloadName(ref.key) });
    response.set("cache-control", "no-store").redirect(303, url);
  };

  return { input, log, result, download };
}
