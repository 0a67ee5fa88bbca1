/** What a user does to a job of theirs: forms of its page. */
import type { RequestHandler } from "express";
import * as z from "zod";
import { cancelJob } from "../cancelling.ts";
import { currentUser, session } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { labelJob, labelSchema } from "../labelling.ts";
import type { Plans } from "../plans.ts";
import type { WebPorts } from "../ports.ts";
import { resultAccess } from "../results.ts";
import { shareDays, shareResult, withdrawLink } from "../sharing.ts";
import type { Submissions } from "../submissions.ts";
import type { ShowJob } from "./job-details.tsx";
import type { OwnJob } from "./own-job.ts";

/** What the forms set off. */
export interface Deeds {
  readonly plans: Plans;
  readonly submissions: Submissions;
}

const shareSchema = z.object({ days: z.coerce.number().pipe(z.literal(shareDays)) });
const sentSchema = z.object({ name: z.string().catch(""), note: z.string().catch("") });

export function jobChanges(
  ports: Pick<WebPorts, "jobs" | "config" | "clock" | "log">,
  { plans, submissions }: Deeds,
  { ownJob, showJob }: { readonly ownJob: OwnJob; readonly showJob: ShowJob },
) {
  /** A restore that failed, or whose message was lost, can be asked for again; the restorer skips what is under way. */
  const restore: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    if (resultAccess(job, currentUser(response), ports.config.freeRetentionSeconds).kind === "archived") {
      await plans.requestRestore(currentUser(response));
    }
    response.redirect(303, `/annotations/${job.job_id}`);
  };

  const cancel: RequestHandler = async (request, response) => {
    const { job_id } = await cancelJob(ports, await ownJob(request, response));
    response.redirect(303, `/annotations/${job_id}`);
  };

  const resubmit: RequestHandler = async (request, response) => {
    const { job_id } = await submissions.rerun(currentUser(response), await ownJob(request, response));
    response.redirect(303, `/annotations/${job_id}`);
  };

  const label: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const texts = sentSchema.parse(request.body ?? {});
    const parsed = labelSchema.safeParse(texts);
    if (parsed.success) {
      await labelJob(ports, job, parsed.data);
      return response.redirect(303, `/annotations/${job.job_id}`);
    }
    const { name, note } = z.flattenError(parsed.error).fieldErrors;
    await showJob(response, job, { texts, errors: { name: name?.[0], note: note?.[0] } }, 400);
  };

  const share: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    const sent = shareSchema.safeParse(request.body ?? {});
    if (!sent.success) throw new HttpError(400, "malformed", `A link ends after ${shareDays.join(", ")} days.`);
    const { url } = await shareResult(ports, job, sent.data.days);
    // Shown on the next page, by way of the sealed session: a reload of that page makes no second link.
    await session(response).keepNewLink(job.job_id, url);
    response.redirect(303, `/annotations/${job.job_id}`);
  };

  const withdraw: RequestHandler = async (request, response) => {
    const job = await ownJob(request, response);
    await withdrawLink(ports, job);
    response.redirect(303, `/annotations/${job.job_id}`);
  };

  return { restore, cancel, resubmit, label, share, withdraw };
}
