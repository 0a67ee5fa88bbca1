/**
 * `Idempotency-Key` of `POST /jobs`: a program that did not hear the answer sends the same again, and there is one job.
 *
 * A key stands for one job id for 24 hours. What has been stored and recorded under that id is what every repetition gets; a
 * request that differs from the first is refused.
 */
import { createHash, randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { Request } from "express";
import type { Job } from "../../contract/job.ts";
import type { User } from "../../contract/user.ts";
import { isDeleted } from "../../jobs/deletion.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import { HttpError } from "../http/errors.ts";
import { noSuchJob } from "../http/gates.ts";
import type { WebPorts } from "../ports.ts";
import type { Submissions, UploadOffer } from "../submissions.ts";

const keepSeconds = 86_400;
/** As long as a request may take (serve.ts). A request that dies with its instance blocks its key for that long. */
const claimSeconds = 3_600;

export interface IdempotentSubmissions {
  receive(user: User, key: string | undefined, file: { name: string; bytes: number; body: Readable }): Promise<Job>;
  offer(user: User, key: string | undefined, file: { name: string; bytes: number }): Promise<UploadOffer>;
}

/** @throws {HttpError} 400 for a key that is empty, too long or not printable ASCII. */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get("idempotency-key");
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new HttpError(
    400,
    "bad-idempotency-key",
    "Idempotency-Key has 1 to 255 printable ASCII characters, no blanks.",
  );
}

const digestOf = (...parts: readonly (string | number)[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

const otherBody = () =>
  new HttpError(
    422,
    "idempotency-key-reused",
    "This Idempotency-Key was used within the last 24 hours for something else. Use a new key for each submission.",
  );

export function createIdempotentSubmissions(
  { submissionKeys: keys, jobs, clock }: Pick<WebPorts, "submissionKeys" | "jobs" | "clock">,
  submissions: Submissions,
): IdempotentSubmissions {
  async function claim(name: string) {
    const now = epochSeconds(clock);
    const expires = now + keepSeconds;
    const found = await keys.claim(name, { jobId: randomUUID(), now, until: now + claimSeconds, expires });
    if (found.state !== "held") return { ...found, expires };
    throw new HttpError(
      409,
      "submission-in-work",
      "A request with this Idempotency-Key is being taken just now. Ask again later for what became of it.",
      { headers: { "retry-after": "10" } },
    );
  }

  async function sha256Of(body: Readable): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of body) hash.update(chunk as Buffer);
    return hash.digest("hex");
  }

  return {
    async offer(user, key, file) {
      if (key === undefined) return submissions.offer(user, file);
      const name = digestOf(user.user_id, key);
      const digest = `form ${digestOf(file.name, file.bytes)}`;
      const claimed = await claim(name);
      if (claimed.state === "done" && claimed.digest !== digest) throw otherBody();
      const { jobId, expires } = claimed;
      try {
        const offer = await submissions.offer(user, file, { jobId });
        if (claimed.state !== "done") await keys.done(name, { jobId, digest, expires });
        return offer;
      } catch (error) {
        if (claimed.state !== "done") await keys.release(name, { jobId, expires });
        throw error;
      }
    },

    async receive(user, key, file) {
      if (key === undefined) return submissions.receive(user, file);
      const name = digestOf(user.user_id, key);
      const digest = (sha256: string) => `file ${digestOf(file.name, sha256)}`;
      const claimed = await claim(name);
      const { jobId, expires } = claimed;
      if (claimed.state === "done") {
        if (!claimed.digest.startsWith("file ")) throw otherBody();
        const known = await jobs.get(jobId);
        if (known !== undefined) {
          if (claimed.digest !== digest(await sha256Of(file.body))) throw otherBody();
          if (isDeleted(known)) throw noSuchJob();
          return known;
        }
        // The instance died between storing and recording: what comes now is stored in the same place.
      }
      const stored = async (sha256: string) => {
        if (claimed.state === "done" && claimed.digest !== digest(sha256)) throw otherBody();
        await keys.done(name, { jobId, digest: digest(sha256), expires });
      };
      try {
        return await submissions.receive(user, file, { jobId, stored });
      } catch (error) {
        if (claimed.state !== "done") await keys.release(name, { jobId, expires });
        throw error;
      }
    },
  };
}
