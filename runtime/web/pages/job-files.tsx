/** The input and the log of a job, as a page or as a download from storage. */
import type { RequestHandler } from "express";
import { HttpError } from "../http/errors.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import { downloadSeconds } from "../results.ts";
import { readHead } from "../text-head.ts";
import { FilePage } from "../views/file.tsx";
import { formatBytes } from "../views/format.ts";
import type { OwnJob } from "./own-job.ts";

const logBytes = 1024 * 1024;

export function jobFiles({ objects }: Pick<WebPorts, "objects">, pages: Pages, ownJob: OwnJob) {
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

  return { input, log };
}
