/**
 * What stands in a link to a shared result: the job's id, by which its item is read, and a secret of 192 random bits, of which only
 * the SHA-256 is stored. One word of 54 characters (base64url).
 */
import { createHash, randomBytes } from "node:crypto";

const idBytes = 16;
const secretBytes = 24;

const hashOf = (secret: Buffer): string => createHash("sha256").update(secret).digest("hex");

export function makeShareToken(jobId: string): { token: string; hash: string } {
  const secret = randomBytes(secretBytes);
  const id = Buffer.from(jobId.replaceAll("-", ""), "hex");
  return { token: Buffer.concat([id, secret]).toString("base64url"), hash: hashOf(secret) };
}

/** The job that a token names, and what its secret must hash to; `undefined`: it is none of ours, or was cut off. */
export function partsOfShareToken(token: string): { jobId: string; hash: string } | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== idBytes + secretBytes || bytes.toString("base64url") !== token) return undefined;
  const id = bytes.toString("hex", 0, idBytes);
  const jobId = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join("-");
  return { jobId, hash: hashOf(bytes.subarray(idBytes)) };
}
