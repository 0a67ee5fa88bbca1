import { type RequestHandler, type Response, Router } from "express";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import { InvalidCursorError } from "../../jobs/errors.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { jobIdOf, noSuchJob, notAllowed, requireUser } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import type { Plans } from "../plans.ts";
import type { WebPorts } from "../ports.ts";
import { resultAccess } from "../results.ts";
import { readHead } from "../text-head.ts";
import { FilePage } from "../views/file.tsx";
import { formatBytes } from "../views/format.ts";
import { JobDetails, JobPage } from "../views/job.tsx";
import { JobList, JobsPage } from "../views/jobs.tsx";

const pageSize = 20;
/** Presigned downloads last long enough to begin one, not long enough to be passed around. */
export const downloadSeconds = 300;
const previewLines = 200;
const previewBytes = 256 * 1024;
const logBytes = 1024 * 1024;

/** `/annotations`: the list, one job, its input, log and result. */
export function annotationsRoutes(
  { jobs, users, objects, config, clock }: Pick<WebPorts, "jobs" | "users" | "objects" | "config" | "clock">,
  pages: Pages,
  plans: Plans,
): Router {
  const retentionSeconds = config.freeRetentionSeconds;
  const scripts = ["live.js"];

  async function ownJob(request: Parameters<RequestHandler>[0], response: Response): Promise<Job> {
    const job = await jobs.get(jobIdOf(request));
    if (job === undefined) throw noSuchJob();
    if (job.user_id !== currentUser(response).user_id) {
      throw new HttpError(
        403,
        "not-yours",
        "This job belongs to somebody else. If it should be yours, sign in with the account that submitted it.",
      );
    }
    return job;
  }

  /** The result's place, when this user may have it now; else back to the job's page, which says why not. */
  function openResult(job: Job, response: Response): { bucket: string; key: string } | undefined {
    const access = resultAccess(job, currentUser(response), retentionSeconds);
    if (access.kind === "available" && job.s3_results_bucket !== undefined && job.s3_key_result_file !== undefined) {
      return { bucket: job.s3_results_bucket, key: job.s3_key_result_file };
    }
    response.redirect(303, `/annotations/${job.job_id}`);
    return undefined;
  }

  const list: RequestHandler = async (request, response) => {
    const user = currentUser(response);
    const { cursor } = request.query;
    try {
      if (cursor !== undefined && typeof cursor !== "string") throw new InvalidCursorError("more than one cursor");
      const found = await jobs.listByUser(user.user_id, {
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const view = { user, jobs: found.items, retentionSeconds, cursor, next: found.cursor };
      if (request.query.fragment !== undefined) return pages.sendFragment(response, <JobList {...view} />);
      pages.send(response, { title: "Your jobs", section: "/annotations", scripts, content: <JobsPage {...view} /> });
    } catch (error) {
      if (!(error instanceof InvalidCursorError)) throw error;
      throw new HttpError(400, "bad-cursor", "This page of the list does not exist (any more).", {
        action: { href: "/annotations", label: "Newest jobs" },
      });
    }
  };

  const details: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const view = { user: currentUser(response), job, retentionSeconds, now: epochSeconds(clock) };
    if (request.query.fragment !== undefined) return pages.sendFragment(response, <JobDetails {...view} />);
    pages.send(response, {
      title: job.input_file_name,
      section: "/annotations",
      scripts,
      content: <JobPage {...view} />,
    });
  };

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

  /** A restore that failed, or whose message was lost, can be asked for again; the restorer skips what is under way. */
  const restore: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    if (resultAccess(job, currentUser(response), retentionSeconds).kind === "archived") {
      await plans.requestRestore(currentUser(response));
    }
    response.redirect(303, `/annotations/${job.job_id}`);
  };

  const router = Router().use("/annotations", requireUser(users));
  const reads: [string, RequestHandler][] = [
    ["/annotations", list],
    ["/annotations/:id", details],
    ["/annotations/:id/input", input],
    ["/annotations/:id/log", log],
    ["/annotations/:id/result", result],
    ["/annotations/:id/result/download", download],
  ];
  for (const [path, handler] of reads) router.route(path).get(handler).all(notAllowed("GET"));
  router.route("/annotations/:id/restore").post(restore).all(notAllowed("POST"));
  return router;
}
