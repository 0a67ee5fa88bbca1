/** The page of one job, and the part of it that refreshes itself. */
import type { RequestHandler, Response } from "express";
import type { Job } from "../../contract/job.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import { currentUser, session } from "../http/context.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import type { PlaceInQueue } from "../queue-place.ts";
import { JobDetails, JobPage } from "../views/job.tsx";
import type { LabelView } from "../views/job-label.tsx";
import type { OwnJob } from "./own-job.ts";

/** @param label what was written and refused; omitted: what is stored. */
export type ShowJob = (response: Response, job: Job, label?: LabelView, status?: number) => Promise<void>;

export function jobDetails(
  { config, clock }: Pick<WebPorts, "config" | "clock">,
  pages: Pages,
  { ownJob, placeInQueue }: { readonly ownJob: OwnJob; readonly placeInQueue: PlaceInQueue },
) {
  const viewOf = async (response: Response, job: Job) => ({
    user: currentUser(response),
    job,
    place: await placeInQueue(job),
    retentionSeconds: config.freeRetentionSeconds,
    now: epochSeconds(clock),
  });

  const showJob: ShowJob = async (response, job, label, status = 200) => {
    const newLink = await session(response).takeNewLink(job.job_id);
    const stored = { texts: { name: job.job_name ?? "", note: job.job_note ?? "" }, errors: {} };
    const content = <JobPage {...(await viewOf(response, job))} label={label ?? stored} newLink={newLink} />;
    const title = job.job_name ?? job.input_file_name;
    pages.send(response, { title, section: "/annotations", scripts: ["live.js"], content }, { status });
  };

  const details: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    if (request.query.fragment === undefined) return showJob(response, job);
    pages.sendFragment(response, <JobDetails {...(await viewOf(response, job))} />);
  };

  return { details, showJob };
}
