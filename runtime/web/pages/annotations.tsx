import { type RequestHandler, Router } from "express";
import { InvalidCursorError } from "../../jobs/errors.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import type { ResultReader } from "../../results/result-reader.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed, requireUser } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import type { Plans } from "../plans.ts";
import type { WebPorts } from "../ports.ts";
import { resultAccess } from "../results.ts";
import { JobDetails, JobPage } from "../views/job.tsx";
import { JobList, JobsPage } from "../views/jobs.tsx";
import { jobFiles } from "./job-files.tsx";
import { ownJobOf } from "./own-job.ts";
import { resultPages } from "./result.tsx";

const pageSize = 20;

/** `/annotations`: the list, one job, its input, log and result. */
export function annotationsRoutes(
  ports: Pick<WebPorts, "jobs" | "users" | "objects" | "config" | "clock">,
  pages: Pages,
  plans: Plans,
  reader: ResultReader,
): Router {
  const { jobs, users, config, clock } = ports;
  const ownJob = ownJobOf(jobs, "If it should be yours, sign in with the account that submitted it.");
  const retentionSeconds = config.freeRetentionSeconds;
  const scripts = ["live.js"];

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

  /** A restore that failed, or whose message was lost, can be asked for again; the restorer skips what is under way. */
  const restore: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    if (resultAccess(job, currentUser(response), retentionSeconds).kind === "archived") {
      await plans.requestRestore(currentUser(response));
    }
    response.redirect(303, `/annotations/${job.job_id}`);
  };

  const { input, log } = jobFiles(ports, pages, ownJob);
  const { table, variant, exported, download } = resultPages({ ...ports, reader, pages, ownJob });
  const router = Router().use("/annotations", requireUser(users));
  const reads: [string, RequestHandler][] = [
    ["/annotations", list],
    ["/annotations/:id", details],
    ["/annotations/:id/input", input],
    ["/annotations/:id/log", log],
    ["/annotations/:id/result", table],
    ["/annotations/:id/result/variants/:number", variant],
    ["/annotations/:id/result/export", exported],
    ["/annotations/:id/result/download", download],
  ];
  for (const [path, handler] of reads) router.route(path).get(handler).all(notAllowed("GET"));
  router.route("/annotations/:id/restore").post(restore).all(notAllowed("POST"));
  return router;
}
