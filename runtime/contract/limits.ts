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

/** Largest upload of any plan, bytes. */
export const uploadBytesMost = 10 * 1024 ** 3;

/** Largest upload by a form, bytes: S3's limit of a presigned POST. Larger ones come in parts. */
export const formBytesMost = 5 * 1024 ** 3;

/** A result is stored in 10,000 parts of 8 MiB at most. */
const resultBytesMost = 80_000_000_000;

/** Limits of a plan that takes uploads of so many bytes. */
export function fileLimits(inputBytesMax: number): FileLimits {
  const uncompressedBytesMax = Math.min(inputBytesMax * uncompressedPerUploadedByte, resultBytesMost);
  const resultBytesMax = Math.min(uncompressedBytesMax * resultPerUncompressedByte, resultBytesMost);
  return { uncompressedBytesMax, resultBytesMax };
}

/** Bytes of each part of an upload in parts but the last. S3 takes 5 MiB to 5 GiB a part, and 10,000 parts. */
export const uploadPartBytes = 8 * 1024 * 1024;

/** Parts that a file of so many bytes is uploaded in. */
export const uploadParts = (bytes: number): number => Math.ceil(bytes / uploadPartBytes);

/** Bytes of a part, by its number from 1; 0 beyond the file. */
export const uploadBytesOfPart = (bytes: number, number: number): number =>
  Math.max(0, Math.min(uploadPartBytes, bytes - (number - 1) * uploadPartBytes));

/** Files of more bytes go in parts where the client can: what breaks off is then taken up where it was. */
export const wholeUploadBytesMax = 16 * 1024 * 1024;
