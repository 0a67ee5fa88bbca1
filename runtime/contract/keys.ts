/**
 * Object keys. One scheme for all buckets, so that a key tells whose it is and IAM policies can be written on prefixes:
 *
 *     <prefix>/<user id, URI-encoded>/<job id>~<file name>
 *
 * `prefix` is the stack's owner (`gas` when none is configured); course tools know the scheme.
 */
import { safeFileName } from "./file-name.ts";

export interface ObjectOwner {
  readonly prefix: string;
  readonly userId: string;
  readonly jobId: string;
}

const jobIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function inputKey(owner: ObjectOwner, fileName: string): string {
  return `${owner.prefix}/${encodeURIComponent(owner.userId)}/${owner.jobId}~${safeFileName(fileName)}`;
}

/** Owner and file name of an input key, or `undefined` when the key does not follow the scheme. */
export function parseInputKey(key: string): (ObjectOwner & { fileName: string }) | undefined {
  const parts = key.split("/");
  const [prefix, user, file] = parts;
  if (parts.length !== 3 || !prefix || !user || !file) return undefined;
  const tilde = file.indexOf("~");
  const jobId = file.slice(0, tilde);
  if (tilde < 0 || !jobIdPattern.test(jobId) || tilde === file.length - 1) return undefined;
  try {
    return { prefix, userId: decodeURIComponent(user), jobId, fileName: file.slice(tilde + 1) };
  } catch {
    return undefined; // malformed percent-encoding: not a key of ours
  }
}

const vcfEnding = /\.vcf(\.gz|\.bgz)?$/i;

/** `a.vcf` → `a.annot.vcf`; compressed inputs give an uncompressed result. */
export function resultKey(inputKey: string): string {
  return `${inputKey.replace(vcfEnding, "")}.annot.vcf`;
}

/** `a.vcf` → `a.vcf.count.log`. */
export function logKey(inputKey: string): string {
  return `${inputKey.replace(vcfEnding, "")}.vcf.count.log`;
}

/** File name a person sees when downloading the object of this key. */
export function downloadName(key: string): string {
  const file = key.split("/").pop() ?? key;
  return file.slice(file.indexOf("~") + 1);
}
