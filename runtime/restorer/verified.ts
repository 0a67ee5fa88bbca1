import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

/** What came out of the archive is not what went in. */
class ResultMismatchError extends Error {
  override name = "ResultMismatchError";
}

/**
 * Passes the bytes on and fails at their end when they are not the ones expected. What is undefined is not checked (items
 * written by course tools).
 *
 * @throws {ResultMismatchError}
 */
export async function* verified(
  source: Readable,
  expected: { bytes: number | undefined; sha256: string | undefined },
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  if (expected.bytes !== undefined && bytes !== expected.bytes) {
    throw new ResultMismatchError(`the archive holds ${bytes} bytes, the result had ${expected.bytes}`);
  }
  const sha256 = hash.digest("hex");
  if (expected.sha256 !== undefined && sha256 !== expected.sha256) {
    throw new ResultMismatchError(`the archive's SHA-256 is ${sha256}, the result's was ${expected.sha256}`);
  }
}
