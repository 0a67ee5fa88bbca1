/** A result is shown to whoever has a link. Pages and API share this. */
import { timingSafeEqual } from "node:crypto";
import type { Job } from "../contract/job.ts";
import { epochSeconds } from "../jobs/ports.ts";
import { share, unshare } from "../jobs/sharing.ts";
import { HttpError } from "./http/errors.ts";
import { noSuchJob } from "./http/gates.ts";
import type { WebPorts } from "./ports.ts";
import { makeShareToken, partsOfShareToken } from "./share-link.ts";

/** How long a link may last. */
export const shareDays = [1, 7, 30] as const;
export type ShareDays = (typeof shareDays)[number];

type Ports = Pick<WebPorts, "jobs" | "config" | "clock" | "log">;

/**
 * A new link to the job's result, in place of one that was there. Its address is known to the caller alone.
 *
 * @throws {HttpError} 409 for a job without a result
 */
export async function shareResult(
  { jobs, config, clock, log }: Ports,
  { job_id }: Pick<Job, "job_id">,
  days: ShareDays,
): Promise<{ url: string; until: number }> {
  const { token, hash } = makeShareToken(job_id);
  const until = epochSeconds(clock) + days * 86_400;
  const { applied, job } = await jobs.apply(job_id, share(hash, until));
  if (job === undefined) throw noSuchJob();
  if (!applied) {
    throw new HttpError(409, "no-result", `The job is ${job.job_status}: it has no result to share.`, {
      action: { href: `/annotations/${job_id}`, label: "Back to the job" },
    });
  }
  log.info({ job_id, days }, "result shared by a link");
  return { url: `${config.publicUrl}/shared/${token}`, until };
}

/** The link works no more. Twice is once. */
export async function withdrawLink(
  { jobs, log }: Pick<Ports, "jobs" | "log">,
  { job_id }: Pick<Job, "job_id">,
): Promise<void> {
  if ((await jobs.apply(job_id, unshare())).applied) log.info({ job_id }, "link to the result withdrawn");
}

/**
 * The completed job that a link shows.
 *
 * @throws {HttpError} 410 for every link that does not work, whatever the reason: what jobs there are is nobody's business
 */
export async function sharedJob({ jobs, clock }: Pick<Ports, "jobs" | "clock">, token: string): Promise<Job> {
  const parts = partsOfShareToken(token);
  const job = parts === undefined ? undefined : await jobs.get(parts.jobId);
  const isOpen =
    parts !== undefined &&
    job?.share_hash !== undefined &&
    timingSafeEqual(Buffer.from(parts.hash, "hex"), Buffer.from(job.share_hash, "hex")) &&
    (job.share_until ?? 0) > epochSeconds(clock);
  if (isOpen) return job;
  throw new HttpError(
    410,
    "link-ended",
    "This link has ended, was withdrawn, or was not copied as a whole. Ask whoever gave it to you for a new one.",
    { action: { href: "/", label: "What this service is" } },
  );
}
