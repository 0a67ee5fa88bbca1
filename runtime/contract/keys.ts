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

/**
 * The key without its ending, as the given claim of the job writes it. The first claim writes where the course's tools look;
 * each later one has a place of its own, so that a worker that was thought dead cannot replace its successor's files.
 */
function stem(inputKey: string, attempt: number): string {
  const name = inputKey.replace(vcfEnding, "");
  if (attempt === 1) return name;
  const tilde = name.indexOf("~", name.lastIndexOf("/"));
  return `${name.slice(0, tilde)}.${attempt}${name.slice(tilde)}`;
}

/** `a.vcf` → `a.annot.vcf`; compressed inputs give an uncompressed result. @param attempt the claim that writes it, from 1. */
export function resultKey(inputKey: string, attempt = 1): string {
  return `${stem(inputKey, attempt)}.annot.vcf`;
}

/**
 * What stands beside a result and is made from it alone: the same text as bgzip, the tabix index of that, and the summary that pages
 * read. They are never archived; whoever brings the result back makes them anew.
 */
export function companionKeys(resultKey: string): { bgzip: string; tabix: string; summary: string } {
  return {
    bgzip: `${resultKey}.gz`,
    tabix: `${resultKey}.gz.tbi`,
    summary: `${resultKey}.summary.json.gz`,
  };
}

/** Keys of a result and of all that is made beside it, the result's first; none of none. */
export const withCompanions = (resultKey: string | undefined): string[] =>
  resultKey === undefined ? [] : [resultKey, ...Object.values(companionKeys(resultKey))];

/** `a.vcf` → `a.vcf.count.log`. @param attempt the claim that writes it, from 1. */
export function logKey(inputKey: string, attempt = 1): string {
  return `${stem(inputKey, attempt)}.vcf.count.log`;
}

const jobFilePattern = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.\d+)?~[^/]+$/;

/** The job whose file this is: an input, a result or log of any attempt, an archive named after one. */
export function jobOfKey(key: string): string | undefined {
  return jobFilePattern.exec(key)?.[1];
}

/**
 * What the keys of all files of a job begin with, in every bucket: input, results and logs of any attempt, archives.
 *
 * @throws for a key that does not follow the scheme: what begins like it might be of other jobs.
 */
export function jobPrefix(inputKey: string): string {
  const jobId = parseInputKey(inputKey)?.jobId;
  if (jobId === undefined) throw new Error(`${JSON.stringify(inputKey)} is no key of an input`);
  // A user's id may have a tilde of its own.
  return inputKey.slice(0, inputKey.lastIndexOf("/") + 1) + jobId;
}

/** File name a person sees when downloading the object of this key. */
export function downloadName(key: string): string {
  const file = key.split("/").pop() ?? key;
  return file.slice(file.indexOf("~") + 1);
}
