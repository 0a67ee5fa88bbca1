/**
 * How a file becomes a job: an upload is offered (a presigned form for one exact key), the file arrives in the bucket, the
 * job is recorded once and its request published once. Pages and API share this.
 */
import { createHash, randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { safeFileName } from "../contract/file-name.ts";
import type { Job } from "../contract/job.ts";
import { inputKey, parseInputKey } from "../contract/keys.ts";
import { formBytesMost } from "../contract/limits.ts";
import type { User } from "../contract/user.ts";
import { isEnded } from "../jobs/annotation.ts";
import { isDeleted } from "../jobs/deletion.ts";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import type { ObjectRef } from "../jobs/ports.ts";
import { HttpError } from "./http/errors.ts";
import { noSuchJob } from "./http/gates.ts";
import { type LimitedStream, limitedStream } from "./limited-stream.ts";
import type { WebPorts } from "./ports.ts";
import { createRecorder } from "./recorder.ts";
import { checkBytes, checkUpload, sniffedBytes, streamLimits, tooLarge, tooLargeForForm } from "./upload-checks.ts";

export interface UploadOffer {
  readonly jobId: string;
  readonly key: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Submissions {
  /**
   * A form that uploads exactly this file's key, within the user's limit.
   *
   * @param as the job's id; omitted: a new one. `seconds` that the form works for; omitted: 60.
   * @throws {HttpError} 400, 413
   */
  offer(
    user: User,
    file: { name: string; bytes: number },
    as?: { readonly jobId?: string; readonly seconds?: number },
  ): Promise<UploadOffer>;
  /** The job of an uploaded file: recorded once, however often this is called. @throws {HttpError} 400, 403, 404, 413 */
  record(user: User, uploaded: ObjectRef): Promise<Job>;
  /** Key that `offer` gave to this job and file. */
  keyOf(user: User, jobId: string, fileName: string): ObjectRef;
  /**
   * Takes the file itself and records the job.
   *
   * @param as the job's id, chosen before, and what is to happen once the file has been stored, before the job exists.
   * @throws {HttpError} 400, 413
   */
  receive(
    user: User,
    file: { name: string; bytes: number; body: Readable },
    as?: { jobId: string; stored(sha256: string): Promise<void> },
  ): Promise<Job>;
  /**
   * Another run of an ended job, as a job of its own with a copy of the input. While one is under way, however often and wherever this
   * is called, that one is it.
   *
   * @throws {HttpError} 409 for a job that has not ended, 410 when its input is gone, 413 beyond the plan's limit
   */
  rerun(user: User, job: Job): Promise<Job>;
}

const uploadSeconds = 60;
/** Of every input: what it is, its bytes tell. */
export const contentType = "application/octet-stream";

export function createSubmissions(
  ports: Pick<WebPorts, "jobs" | "objects" | "topics" | "config" | "clock" | "log">,
): Submissions {
  const { jobs, objects, config } = ports;
  const bucket = config.inputsBucket;
  const create = createRecorder(ports);

  const keyOf = (user: User, jobId: string, fileName: string): ObjectRef => ({
    bucket,
    key: inputKey({ prefix: config.keyPrefix, userId: user.user_id, jobId }, fileName),
  });

  return {
    keyOf,

    async offer(user, file, { jobId = randomUUID(), seconds = uploadSeconds } = {}) {
      checkUpload(config, user, file);
      if (file.bytes > formBytesMost) throw tooLargeForForm(file.bytes);
      const ref = keyOf(user, jobId, file.name);
      const form = await objects.presignPost(ref, {
        expiresSeconds: seconds,
        bytesMin: 1,
        bytesMax: Math.min(config.inputBytesMax[user.role], formBytesMost),
        redirectTo: `${config.publicUrl}/annotate/job`,
        contentType,
      });
      return { jobId, key: ref.key, ...form };
    },

    async record(user, uploaded) {
      const parsed = parseInputKey(uploaded.key);
      if (parsed === undefined || uploaded.bucket !== bucket || parsed.prefix !== config.keyPrefix) throw notAnUpload();
      if (parsed.userId !== user.user_id) {
        throw notYours("This file was uploaded by somebody else, so it cannot become a job of yours.");
      }
      const known = await jobs.get(parsed.jobId);
      if (known !== undefined) {
        if (known.user_id === user.user_id && isDeleted(known)) throw noSuchJob();
        if (known.user_id === user.user_id) return known;
        throw notYours("This job belongs to somebody else.");
      }
      const head = await objects.head(uploaded);
      if (head === undefined) throw noUpload();
      // The form's policy has checked the size already; a user may have been downgraded since it was made.
      if (head.bytes > config.inputBytesMax[user.role]) {
        await objects.delete(uploaded);
        throw tooLarge(config, user, head.bytes);
      }
      const { jobId, fileName: name } = parsed;
      await sniff(objects, name, uploaded);
      return create(user, { ref: uploaded, jobId, name, bytes: head.bytes });
    },

    async receive(user, file, as) {
      checkUpload(config, user, file);
      const jobId = as?.jobId ?? randomUUID();
      const fileName = safeFileName(file.name);
      const ref = keyOf(user, jobId, fileName);
      const counted = limitedStream(streamLimits(config, user, fileName));
      await store(objects, ref, file.body, counted);
      await as?.stored(counted.sha256());
      return create(user, { ref, jobId, name: fileName, bytes: counted.bytes });
    },

    async rerun(user, job) {
      if (!isEnded(job)) throw notEnded(job);
      for (const jobId of runsAfter(job.job_id)) {
        const known = await jobs.get(jobId);
        if (known !== undefined && isEnded(known)) continue;
        if (known !== undefined) return known;
        const source = { bucket: job.s3_inputs_bucket, key: job.s3_key_input_file };
        const head = await objects.head(source);
        if (head === undefined) throw inputGone();
        checkUpload(config, user, { name: job.input_file_name, bytes: head.bytes });
        const ref = keyOf(user, jobId, job.input_file_name);
        await objects.copy(source, ref).catch((error: unknown) => {
          throw error instanceof ObjectNotFoundError ? inputGone() : error;
        });
        const of = { rerun_of: job.job_id, ...(job.job_name === undefined ? {} : { job_name: job.job_name }) };
        return create(user, { ref, jobId, name: job.input_file_name, bytes: head.bytes, of });
      }
      throw tooManyRuns();
    },
  };
}

/** Removes what is no VCF file. @throws {HttpError} 400 */
async function sniff(objects: WebPorts["objects"], name: string, uploaded: ObjectRef): Promise<void> {
  const first = await buffer(await objects.read(uploaded, { range: { start: 0, end: sniffedBytes - 1 } }));
  try {
    checkBytes(name, first);
  } catch (error) {
    await objects.delete(uploaded);
    throw error;
  }
}

/** Runs of one job: beyond, a run of it can be run again. */
const runsMax = 100;

/**
 * Ids of a job's further runs, in their order. They follow from its own, so that two requests for the next run, a click made
 * twice or two instances, ask for the same job.
 *
 * @see RFC 9562, version 8
 */
function* runsAfter(jobId: string): Generator<string> {
  for (let run = 1; run <= runsMax; run++) {
    const hex = createHash("sha256").update(`${jobId} run ${run}`).digest("hex");
    yield `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

/** Stores what the client sends, whole or not at all. @throws {HttpError} what `counted` refuses. */
async function store(
  objects: WebPorts["objects"],
  ref: ObjectRef,
  body: Readable,
  counted: LimitedStream,
): Promise<void> {
  const stop = new AbortController();
  // A client that hangs up must not leave half a file that looks whole.
  body.once("error", (error) => counted.destroy(error));
  body.once("close", () => {
    if (!body.readableEnded) counted.destroy(new Error("the client went away before the file was complete"));
  });
  try {
    await objects.write(ref, body.pipe(counted), { contentType, signal: stop.signal });
  } catch (error) {
    stop.abort();
    throw counted.errored instanceof HttpError ? counted.errored : error;
  }
}

const notYours = (why: string) => new HttpError(403, "not-yours", why);

const notEnded = ({ job_id, job_status }: Job) =>
  new HttpError(409, "not-ended", `The job is ${job_status}: run it again once it has ended, or cancel it first.`, {
    action: { href: `/annotations/${job_id}`, label: "Back to the job" },
  });

const inputGone = () =>
  new HttpError(410, "input-gone", "The file that was uploaded is not kept any more, so it has to be submitted anew.", {
    action: { href: "/annotate", label: "Upload it again" },
  });

const tooManyRuns = () =>
  new HttpError(
    409,
    "too-many-runs",
    `This job has been run ${runsMax} times more. Run the newest of them again instead.`,
    {
      action: { href: "/annotations", label: "Newest jobs" },
    },
  );

const notAnUpload = () =>
  new HttpError(400, "not-an-upload", "This address does not name a file uploaded here. Start a new upload.", {
    action: { href: "/annotate", label: "Upload a file" },
  });

const noUpload = () =>
  new HttpError(
    404,
    "no-upload",
    "The file has not arrived. The upload may have been refused or interrupted: try it again.",
    { action: { href: "/annotate", label: "Upload it again" } },
  );
