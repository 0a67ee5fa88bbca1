/** What is refused before a job is made of a file. */
import { constants, gunzipSync } from "node:zlib";
import { isVcfName, safeFileName } from "../contract/file-name.ts";
import { formBytesMost } from "../contract/limits.ts";
import type { User } from "../contract/user.ts";
import { isGzip, refuseOtherContents, refuseOtherFormats } from "../vcf/formats.ts";
import { InputError } from "../vcf/input-error.ts";
import type { WebConfig } from "./config.ts";
import { HttpError } from "./http/errors.ts";
import type { StreamLimits } from "./limited-stream.ts";
import { formatBytes } from "./views/format.ts";

type Limits = Pick<WebConfig, "inputBytesMax">;

/** Where a free user with too large a file lands. */
const tooLargePath = (bytes: number): string => `/subscribe?reason=size&size=${bytes}`;

export function tooLarge({ inputBytesMax }: Limits, user: User, bytes: number): HttpError {
  const limit = inputBytesMax[user.role];
  const free = user.role === "free_user";
  return new HttpError(
    413,
    "file-too-large",
    `The file has ${formatBytes(bytes)}; ${free ? "the free plan" : "one upload"} takes up to ${formatBytes(limit)}.` +
      (free ? " Premium takes much larger files." : " Split it by chromosome and submit the parts."),
    free ? { action: { href: tooLargePath(bytes), label: "See the premium plan" } } : {},
  );
}

/** The plan takes it, and a form does not. */
export const tooLargeForForm = (bytes: number): HttpError =>
  new HttpError(
    413,
    "too-large-for-a-form",
    `The file has ${formatBytes(bytes)}; a form takes up to ${formatBytes(formBytesMost)}. The upload page with scripts, the API's uploads in parts and annofarm job submit take larger ones.`,
  );

/** The name as it is kept. @throws {HttpError} 400 for one that no VCF file has. */
export function checkedName(given: string): string {
  const name = safeFileName(given);
  if (isVcfName(name)) return name;
  throw new HttpError(
    400,
    "not-a-vcf",
    `"${name}" does not look like a VCF file: its name should end in .vcf, .vcf.gz or .vcf.bgz.`,
    { action: { href: "/annotate", label: "Choose another file" } },
  );
}

/** @throws {HttpError} 400 for a name that no VCF file has or an empty file, 413 for one beyond the plan's limit. */
export function checkUpload(limits: Limits, user: User, file: { name: string; bytes: number }): void {
  const name = checkedName(file.name);
  if (file.bytes < 1) {
    throw new HttpError(400, "empty-file", `"${name}" is empty.`, {
      action: { href: "/annotate", label: "Choose another file" },
    });
  }
  if (file.bytes > limits.inputBytesMax[user.role]) throw tooLarge(limits, user, file.bytes);
}

/** First bytes that `checkBytes` looks at. Decompressed they are 4 MB at most. */
export const sniffedBytes = 4096;

/**
 * The upload page has looked at more than that, by the same rules. A browser can be told anything, and programs have no page.
 *
 * @param first the first `sniffedBytes` of the file, or all of them.
 * @throws {HttpError} 400 for a known format that is not VCF.
 */
export function checkBytes(name: string, first: Uint8Array): void {
  try {
    if (isGzip(first)) refuseOtherContents(beginningOf(first), "VCF");
    else refuseOtherFormats(first, "VCF");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new HttpError(400, "not-a-vcf", `"${name}" cannot be annotated: ${error.message}.`, {
      action: { href: "/annotate", label: "Choose another file" },
      cause: error,
    });
  }
}

/** The same for a file that streams through. */
export const streamLimits = (limits: Limits, user: User, name: string): StreamLimits => ({
  bytesMax: limits.inputBytesMax[user.role],
  tooLarge: (bytes) => tooLarge(limits, user, bytes),
  firstBytes: sniffedBytes,
  check: (first) => checkBytes(name, first),
});

/** As far as it can be decompressed: what is damaged fails the job, which names the line. */
function beginningOf(packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}
