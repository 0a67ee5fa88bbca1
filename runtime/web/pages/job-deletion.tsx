/** Deleting a job: a page that asks, and the form on it. */
import type { RequestHandler } from "express";
import { deleteJob } from "../deleting.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import { DeletePage } from "../views/job-delete.tsx";
import type { OwnJob } from "./own-job.ts";

export function jobDeletion(
  ports: Pick<WebPorts, "jobs" | "archiveQueue" | "clock" | "log">,
  pages: Pages,
  ownJob: OwnJob,
) {
  const confirm: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    pages.send(response, { title: "Delete a job", section: "/annotations", content: <DeletePage job={job} /> });
  };

  const remove: RequestHandler = async (request, response) => {
    await deleteJob(ports, await ownJob(request, response));
    response.redirect(303, "/annotations");
  };

  return { confirm, remove };
}
