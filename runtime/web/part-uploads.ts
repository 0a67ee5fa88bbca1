/**
 * Large files arrive in parts: an upload is begun, each part goes straight to storage by a URL made for it, and the upload is
 * completed. What breaks off is taken up where it was, by asking which parts have arrived. Pages and API share this.
 *
 * Nothing of it is kept here: whoever uploads holds the upload's id, and the object's key has the user's in it.
 */

import { randomUUID } from "node:crypto";
import type { Job } from "../contract/job.ts";
import { uploadBytesOfPart, uploadPartBytes, uploadParts } from "../contract/limits.ts";
import type { User } from "../contract/user.ts";
import type { ObjectRef, StoredPart } from "../jobs/ports.ts";
import { HttpError } from "./http/errors.ts";
import type { WebPorts } from "./ports.ts";
import { contentType, type Submissions } from "./submissions.ts";
import { checkUpload, tooLarge } from "./upload-checks.ts";

/** One upload, as whoever sends it names it. */
interface PartUpload {
  readonly jobId: string;
  readonly uploadId: string;
  readonly name: string;
  /** Of the file. */
  readonly bytes: number;
}

interface PartUrl {
  readonly number: number;
  /** Exactly so many have to be sent. */
  readonly bytes: number;
  readonly url: string;
}

export interface PartUploads {
  /** @throws {HttpError} 400, 413 */
  begin(user: User, file: { name: string; bytes: number }): Promise<PartUpload>;
  /** URLs of these parts. @throws {HttpError} 400 for a number that the file has no part of, 413 */
  urls(user: User, upload: PartUpload, numbers: readonly number[]): Promise<readonly PartUrl[]>;
  /** What has arrived. @throws {HttpError} 404 when the upload has ended, or never was */
  arrived(user: User, upload: Omit<PartUpload, "bytes">): Promise<readonly StoredPart[]>;
  /**
   * Puts the parts together and records the job, once, however often this is called.
   *
   * @throws {HttpError} 400, 404, 413, and 409 while parts are missing
   */
  complete(user: User, upload: PartUpload): Promise<Job>;
  /** Removes what has arrived. */
  abort(user: User, upload: Omit<PartUpload, "bytes">): Promise<void>;
}

/** How long a part's URL is good for: a part takes a while where the network is slow. */
const urlSeconds = 3_600;

export function createPartUploads(
  { parts, config }: Pick<WebPorts, "parts" | "config">,
  submissions: Pick<Submissions, "keyOf" | "record">,
): PartUploads {
  const refOf = (user: User, { jobId, name }: Pick<PartUpload, "jobId" | "name">): ObjectRef =>
    submissions.keyOf(user, jobId, name);

  /** Every part, in order; each as long as it should be. @throws {HttpError} 409 */
  function whole(stored: readonly StoredPart[], bytes: number): readonly StoredPart[] {
    const missing: number[] = [];
    const byNumber = new Map(stored.map((part) => [part.number, part]));
    const all = Array.from({ length: uploadParts(bytes) }, (_, index) => {
      const part = byNumber.get(index + 1);
      if (part?.bytes !== uploadBytesOfPart(bytes, index + 1)) missing.push(index + 1);
      return part as StoredPart;
    });
    // A larger number than the file has parts was presigned for another size.
    if (missing.length === 0 && stored.length === all.length) return all;
    throw missing.length > 0 ? partsMissing(missing) : otherSize();
  }

  return {
    async begin(user, { name, bytes }) {
      checkUpload(config, user, { name, bytes });
      const jobId = randomUUID();
      const uploadId = await parts.begin(refOf(user, { jobId, name }), { contentType });
      return { jobId, uploadId, name, bytes };
    },

    async urls(user, upload, numbers) {
      checkUpload(config, user, upload);
      const ref = refOf(user, upload);
      return Promise.all(
        numbers.map(async (number) => {
          const bytes = uploadBytesOfPart(upload.bytes, number);
          if (bytes === 0) throw noSuchPart(number, upload.bytes);
          const part = { number, bytes, expiresSeconds: urlSeconds };
          return { number, bytes, url: await parts.presign(ref, upload.uploadId, part) };
        }),
      );
    },

    async arrived(user, upload) {
      const stored = await parts.list(refOf(user, upload), upload.uploadId);
      if (stored === undefined) throw noSuchUpload();
      return stored;
    },

    async complete(user, upload) {
      checkUpload(config, user, upload);
      const ref = refOf(user, upload);
      const stored = await parts.list(ref, upload.uploadId);
      if (stored !== undefined) {
        const bytes = stored.reduce((sum, part) => sum + part.bytes, 0);
        if (bytes > config.inputBytesMax[user.role]) {
          await parts.abort(ref, upload.uploadId);
          throw tooLarge(config, user, bytes);
        }
        await parts.complete(ref, upload.uploadId, whole(stored, upload.bytes));
      }
      // Ended before: by a call whose answer was lost, if the object is there.
      return submissions.record(user, ref);
    },

    abort: (user, upload) => parts.abort(refOf(user, upload), upload.uploadId),
  };
}

const noSuchPart = (number: number, bytes: number) =>
  new HttpError(
    400,
    "no-such-part",
    `The file has no part ${number}: ${bytes} bytes are ${uploadParts(bytes)} parts of ${uploadPartBytes} bytes, the last one shorter.`,
  );

const noSuchUpload = () =>
  new HttpError(
    404,
    "no-such-upload",
    "There is no such upload (any more): it has been completed or given up, or was unfinished for more than a day. Begin a new one.",
  );

const shownParts = 20;

function partsMissing(numbers: readonly number[]): HttpError {
  const rest = numbers.length - shownParts;
  const shown = `${numbers.slice(0, shownParts).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return new HttpError(409, "parts-missing", `These parts have not arrived whole: ${shown}. Send them, then complete.`);
}

const otherSize = () =>
  new HttpError(409, "other-size", "Parts have arrived that a file of this size does not have. Begin a new upload.");
