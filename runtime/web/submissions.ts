/**
 * How a file becomes a job: an upload is offered (a presigned form for one exact key), the file arrives in the bucket, the
 * job is recorded once and its request published once. Pages and API share this.
 */
import { createHash, randomUUID } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import { isVcfName, safeFileName } from "../contract/file-name.ts";
import type { Job } from "../contract/job.ts";
import { inputKey, parseInputKey } from "../contract/keys.ts";
import { fileLimits } from "../contract/limits.ts";
import type { User } from "../contract/user.ts";
import { newJob, published } from "../jobs/annotation.ts";
import { epochSeconds, type ObjectRef } from "../jobs/ports.ts";
import { HttpError } from "./http/errors.ts";
import type { WebPorts } from "./ports.ts";
import { formatBytes } from "./views/format.ts";

export interface UploadOffer {
  readonly jobId: string;
  readonly key: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Submissions {
  /** A form that uploads exactly this file's key, within the user's limit, for 60 s. @throws {HttpError} 400, 413 */
  offer(user: User, file: { name: string; bytes: number }, jobId?: string): Promise<UploadOffer>;
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
}

export const uploadSeconds = 60;
const contentType = "application/octet-stream";

export function createSubmissions(
  ports: Pick<WebPorts, "jobs" | "objects" | "topics" | "config" | "clock" | "log">,
): Submissions {
  const { jobs, objects, topics, config, clock, log } = ports;
  const bucket = config.inputsBucket;

  function tooLarge(user: User, bytes: number): HttpError {
    const limit = config.inputBytesMax[user.role];
    const free = user.role === "free_user";
    return new HttpError(
      413,
      "file-too-large",
      `The file has ${formatBytes(bytes)}; ${free ? "the free plan" : "one upload"} takes up to ${formatBytes(limit)}.` +
        (free ? " Premium takes much larger files." : " Split it by chromosome and submit the parts."),
      free ? { action: { href: tooLargePath(bytes), label: "See the premium plan" } } : {},
    );
  }

  function check(user: User, file: { name: string; bytes: number }): void {
    const name = safeFileName(file.name);
    if (!isVcfName(name)) {
      throw new HttpError(
        400,
        "not-a-vcf",
        `"${name}" does not look like a VCF file: its name should end in .vcf, .vcf.gz or .vcf.bgz.`,
        { action: { href: "/annotate", label: "Choose another file" } },
      );
    }
    if (file.bytes < 1) {
      throw new HttpError(400, "empty-file", `"${name}" is empty.`, {
        action: { href: "/annotate", label: "Choose another file" },
      });
    }
    if (file.bytes > config.inputBytesMax[user.role]) throw tooLarge(user, file.bytes);
  }

  async function publish(job: Job): Promise<void> {
    try {
      await topics.jobRequests.publish({ job_id: job.job_id, user_id: job.user_id });
      await jobs.apply(job.job_id, published("job_requests"));
    } catch (error) {
      // The item is in the outbox: the sweep publishes it. To the user the job is simply pending.
      log.warn({ err: error, job_id: job.job_id }, "job request not published now; it stays in the outbox");
    }
  }

  async function create(user: User, ref: ObjectRef, jobId: string, fileName: string, bytes: number): Promise<Job> {
    const limits = fileLimits(config.inputBytesMax[user.role]);
    const job = newJob(
      {
        job_id: jobId,
        user_id: user.user_id,
        input_file_name: fileName,
        s3_inputs_bucket: ref.bucket,
        s3_key_input_file: ref.key,
        input_bytes: bytes,
        uncompressed_bytes_max: limits.uncompressedBytesMax,
        result_bytes_max: limits.resultBytesMax,
      },
      epochSeconds(clock),
    );
    // Two loads of one page race here; the store lets one of them create, and only that one publishes.
    if ((await jobs.create(job)) === "created") {
      log.info({ job_id: jobId, user_id: user.user_id, input_bytes: bytes }, "job submitted");
      await publish(job);
    }
    return job;
  }

  const keyOf = (user: User, jobId: string, fileName: string): ObjectRef => ({
    bucket,
    key: inputKey({ prefix: config.keyPrefix, userId: user.user_id, jobId }, fileName),
  });

  return {
    keyOf,

    async offer(user, file, jobId = randomUUID()) {
      check(user, file);
      const ref = keyOf(user, jobId, file.name);
      const form = await objects.presignPost(ref, {
        expiresSeconds: uploadSeconds,
        bytesMin: 1,
        bytesMax: config.inputBytesMax[user.role],
        redirectTo: `${config.publicUrl}/annotate/job`,
        contentType,
      });
      return { jobId, key: ref.key, ...form };
    },

    async record(user, uploaded) {
      const parsed = parseInputKey(uploaded.key);
      if (parsed === undefined || uploaded.bucket !== bucket || parsed.prefix !== config.keyPrefix) {
        throw new HttpError(
          400,
          "not-an-upload",
          "This address does not name a file uploaded here. Start a new upload.",
          {
            action: { href: "/annotate", label: "Upload a file" },
          },
        );
      }
      if (parsed.userId !== user.user_id) {
        throw new HttpError(
          403,
          "not-yours",
          "This file was uploaded by somebody else, so it cannot become a job of yours.",
        );
      }
      const known = await jobs.get(parsed.jobId);
      if (known !== undefined) {
        if (known.user_id === user.user_id) return known;
        throw new HttpError(403, "not-yours", "This job belongs to somebody else.");
      }
      const head = await objects.head(uploaded);
      if (head === undefined) {
        throw new HttpError(
          404,
          "no-upload",
          "The file has not arrived. The upload may have been refused or interrupted: try it again.",
          {
            action: { href: "/annotate", label: "Upload it again" },
          },
        );
      }
      // The form's policy has checked the size already; a user may have been downgraded since it was made.
      if (head.bytes > config.inputBytesMax[user.role]) {
        await objects.delete(uploaded);
        throw tooLarge(user, head.bytes);
      }
      return create(user, uploaded, parsed.jobId, parsed.fileName, head.bytes);
    },

    async receive(user, file, as) {
      check(user, file);
      const jobId = as?.jobId ?? randomUUID();
      const fileName = safeFileName(file.name);
      const ref = keyOf(user, jobId, fileName);
      const counted = limited(config.inputBytesMax[user.role], (bytes) => tooLarge(user, bytes));
      const stop = new AbortController();
      // A client that hangs up must not leave half a file that looks whole.
      file.body.once("error", (error) => counted.destroy(error));
      file.body.once("close", () => {
        if (!file.body.readableEnded) counted.destroy(new Error("the client went away before the file was complete"));
      });
      try {
        await objects.write(ref, file.body.pipe(counted), { contentType, signal: stop.signal });
      } catch (error) {
        stop.abort();
        throw counted.errored instanceof HttpError ? counted.errored : error;
      }
      await as?.stored(counted.sha256());
      return create(user, ref, jobId, fileName, counted.bytes);
    },
  };
}

/** Where a free user with too large a file lands. */
export const tooLargePath = (bytes: number): string => `/subscribe?reason=size&size=${bytes}`;

interface Limited extends Transform {
  readonly bytes: number;
  /** Of what has passed; asked for once, at the end. */
  sha256(): string;
}

/** Passes bytes on and counts them; fails as soon as there are more than `max`. */
function limited(max: number, refusal: (bytes: number) => Error): Limited {
  let bytes = 0;
  const hash = createHash("sha256");
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > max) done(refusal(bytes));
      else done(null, chunk);
    },
  });
  return Object.defineProperties(stream, {
    bytes: { get: () => bytes },
    sha256: { value: () => hash.digest("hex") },
  }) as Limited;
}
