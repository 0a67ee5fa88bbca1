import { type RequestHandler, Router, urlencoded } from "express";
import { InvalidCursorError } from "../../jobs/errors.ts";
import type { ResultReader } from "../../results/result-reader.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed, requireUser } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import type { PlaceInQueue } from "../queue-place.ts";
import { JobList, JobsPage } from "../views/jobs.tsx";
import { type Deeds, jobChanges } from "./job-changes.ts";
import { jobDeletion } from "./job-deletion.tsx";
import { jobDetails } from "./job-details.tsx";
import { jobFiles } from "./job-files.tsx";
import { ownJobOf } from "./own-job.ts";
import { resultPages } from "./result.tsx";

const pageSize = 20;

const form = urlencoded({ extended: false, limit: "32kb" });
const scripts = ["live.js"];

/** `/annotations`: the list, one job, its input, log and result, and what its user does to it. */
export function annotationsRoutes(
  ports: Pick<WebPorts, "jobs" | "users" | "objects" | "archiveQueue" | "config" | "clock" | "log">,
  pages: Pages,
  deeds: Deeds,
  { reader, placeInQueue }: { readonly reader: ResultReader; readonly placeInQueue: PlaceInQueue },
): Router {
  const { jobs, users, config } = ports;
  const ownJob = ownJobOf(jobs, "If it should be yours, sign in with the account that submitted it.");
  const retentionSeconds = config.freeRetentionSeconds;

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

  const { details, showJob } = jobDetails(ports, pages, { ownJob, placeInQueue });
  const { restore, cancel, resubmit, label, share, withdraw } = jobChanges(ports, deeds, { ownJob, showJob });
  const { confirm, remove } = jobDeletion(ports, pages, ownJob);
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
  const changes: [string, RequestHandler][] = [
    ["/annotations/:id/restore", restore],
    ["/annotations/:id/cancel", cancel],
    ["/annotations/:id/resubmit", resubmit],
    ["/annotations/:id/share/withdraw", withdraw],
  ];
  for (const [path, handler] of changes) router.route(path).post(handler).all(notAllowed("POST"));
  router.route("/annotations/:id/delete").get(confirm).post(remove).all(notAllowed("GET", "POST"));
  router.route("/annotations/:id/label").post(form, label).all(notAllowed("POST"));
  router.route("/annotations/:id/share").post(form, share).all(notAllowed("POST"));
  return router;
}
