/**
 * Limits that files are held to, in one place: pages tell them before an upload, the annotator enforces them while it streams,
 * and the reason of a failed job names the one that was exceeded.
 */

/** What one record (one line) may take, on every plan. */
export const recordLimits = {
  /** A record of more than 100,000 samples fits. */
  bytes: 16 * 1024 * 1024,
  /** ALT alleles of one record; more than any caller or merge of cohorts is known to write. */
  alleles: 10_000,
  /** Time that one record may keep the annotator busy; an ordinary one takes microseconds. */
  milliseconds: 5_000,
} as const;

/** What one file may become, bytes. */
export interface FileLimits {
  /** Text after decompression. */
  readonly uncompressedBytesMax: number;
  readonly resultBytesMax: number;
}

/** VCF compresses 5 to 20 times. */
const uncompressedPerUploadedByte = 20;
/** Annotating adds a few hundred bytes to a record at most, and most records have more than that already. */
const resultPerUncompressedByte = 4;

/** Largest upload of any plan, bytes: a presigned POST carries 5 GiB at most. */
export const uploadBytesMost = 5 * 1024 ** 3;

/** A result is stored in 10,000 parts of 8 MiB at most. */
const resultBytesMost = 80_000_000_000;

/** Limits of a plan that takes uploads of so many bytes. */
export function fileLimits(inputBytesMax: number): FileLimits {
  const uncompressedBytesMax = Math.min(inputBytesMax * uncompressedPerUploadedByte, resultBytesMost);
  const resultBytesMax = Math.min(uncompressedBytesMax * resultPerUncompressedByte, resultBytesMost);
  return { uncompressedBytesMax, resultBytesMax };
}
