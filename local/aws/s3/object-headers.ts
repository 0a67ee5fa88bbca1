/** Headers of objects where the emulator's differ from S3's. */
import type { Answer, Call } from "../../gateway/call.ts";

/** What a reader may ask to be answered with; presigned downloads name their file by it. */
const overrides = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** `"<md5>-<parts>"`: uploaded in parts. */
const ofParts = /^"[0-9a-f]{32}-\d+"$/;

/**
 * An object as S3 answers with it. The emulator gives the checksum over the parts' checksums as if it were the object's,
 * which no reader can confirm.
 */
export function withS3Headers(call: Pick<Call, "query">, answer: Answer): Answer {
  if (answer.status >= 300) return answer;
  const composite = ofParts.test(answer.headers.etag ?? "");
  const headers = Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => !(composite && name.startsWith("x-amz-checksum-"))),
  );
  for (const name of overrides) {
    const value = call.query.get(`response-${name}`);
    if (value !== null) headers[name] = value;
  }
  return { ...answer, headers };
}

/** Makes the emulator compute a copy's checksum; it would hand on the source's, which may be one over parts. */
export function withOwnChecksum(call: Call): Call {
  return { ...call, headers: { "x-amz-checksum-algorithm": "CRC32", ...call.headers } };
}
