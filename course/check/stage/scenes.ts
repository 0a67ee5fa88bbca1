/** What several items look at: made once, by the first that asks. */
import type { JobItem } from "./aws.ts";
import type { Role, Stage } from "./stage.ts";
import { smallVcf } from "./vcf.ts";

export interface Submitted {
  readonly jobId: string;
  /** Address that S3 sent the browser to. */
  readonly arrival: string;
  readonly fileName: string;
  readonly content: string;
}

/** Wall-clock seconds that a small job may take on a busy machine. */
const jobSeconds = 90;

const ended = /^(?:COMPLETED|FAILED|CANCELLED)$/;

/** Somebody who is signed in. */
export const personOf = (stage: Stage, role: Role) => stage.once(`person ${role}`, () => stage.get("person")(role));
export const apiOf = (stage: Stage, role: Role) => stage.once(`api ${role}`, () => stage.get("api")(role));

/** The first job of each role, uploaded by the page. */
export const firstJob = (stage: Stage, role: Role): Promise<Submitted> =>
  stage.once(`first job of ${role}`, async () => {
    const { person } = await personOf(stage, role);
    const fileName = `${role}-first.vcf`;
    const content = smallVcf(`${role}first`);
    return { ...(await person.submit(fileName, content)), fileName, content };
  });

/** Resolves with the item once the job has ended, whatever its end. */
export const endOf = (stage: Stage, jobId: string, seconds = jobSeconds): Promise<JobItem> =>
  stage.until(`job ${jobId} to end`, seconds, async (seen) => {
    const item = await stage.get("aws").job(jobId);
    seen(item?.job_status ?? "no item");
    return item !== undefined && ended.test(item.job_status ?? "") ? item : undefined;
  });

/** @throws {Error} when it ends otherwise. */
export async function completionOf(stage: Stage, jobId: string, seconds = jobSeconds): Promise<JobItem> {
  const item = await endOf(stage, jobId, seconds);
  if (item.job_status !== "COMPLETED") {
    throw new Error(`the job ended as ${item.job_status}: ${item.failure_reason ?? "no reason is given"}`);
  }
  return item;
}

/** The first job of a role, completed. */
export const firstDone = (stage: Stage, role: Role): Promise<Submitted & { readonly item: JobItem }> =>
  stage.once(`first completed job of ${role}`, async () => {
    const job = await firstJob(stage, role);
    return { ...job, item: await completionOf(stage, job.jobId) };
  });

/** The result of a role's first job, downloaded while it is there. */
export const firstResult = (stage: Stage, role: Role): Promise<Buffer> =>
  stage.once(`first result of ${role}`, async () => {
    const { jobId } = await firstDone(stage, role);
    const { person } = await personOf(stage, role);
    return person.download(`/annotations/${jobId}/result/download`);
  });

/** The way of a free user's result into the archive. */
export interface Departure {
  readonly jobId: string;
  /** As it was once the result had gone. */
  readonly item: JobItem;
  /** Epoch seconds at which the result was first seen to be gone. */
  readonly seenAt: number;
  /** The result as it was downloaded before. */
  readonly result: Buffer;
}

/** A job of the free user, watched from its completion on, so that an archive that comes too early is seen. */
export const departure = (stage: Stage, seconds: number): Promise<Departure> =>
  stage.once("departure of a result", async () => {
    const { person } = await personOf(stage, "free");
    const { jobId } = await person.submit("for-the-archive.vcf", smallVcf("archive"));
    await completionOf(stage, jobId);
    const result = await person.download(`/annotations/${jobId}/result/download`);
    return stage.until("the result to be archived", seconds, async (seen) => {
      const item = await stage.get("aws").job(jobId);
      seen(item?.result_state ?? "no state");
      const { s3_results_bucket: bucket = "", s3_key_result_file: key = "" } = item ?? {};
      const gone = (await stage.get("aws").storageClass(bucket, key)) === undefined;
      if (!gone || item === undefined) return undefined;
      return { jobId, item, seenAt: Math.floor(Date.now() / 1000), result };
    });
  });

/** The free user subscribes; the archive has to be waited for before. */
export const upgraded = (stage: Stage) =>
  stage.once("upgrade", async () => (await personOf(stage, "free")).person.subscribe());
