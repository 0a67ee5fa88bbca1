/**
 * gzip of any number of members → text. Every byte must belong to a member: Node's decoder ends without an error at a NUL that
 * follows a member, whatever comes after it, so bytes used are compared with bytes given.
 */
import { once } from "node:events";
import { createGunzip } from "node:zlib";
import { cutOff, damaged, damagedBefore } from "../../vcf/damage.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Compressed bytes given at a time: they become at most 1,032 times as many, 17 MB, which is held until it is read. */
const bytesGiven = 16 * 1024;
/** Text of one decoder call. At damage the call's text is lost, so the line told is off by this much at most. */
const textBytes = 64 * 1024;

/** @throws {InputError} at damage, after all text before it; what the reader's source throws, as it is. */
export async function* gunzipped(reader: ByteReader): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: textBytes });
  let given = 0;
  let failure: Error | undefined;
  let ready: Buffer[] = [];
  gunzip.on("data", (chunk: Buffer) => ready.push(chunk));
  gunzip.on("error", (error) => {
    failure = error;
  });
  const over = Promise.race([once(gunzip, "end"), once(gunzip, "close")]).catch(() => {});

  /** Decodes these bytes; resolves when they have been used or never will be. */
  const give = (bytes: Buffer) =>
    Promise.race([over, new Promise<void>((resolve) => gunzip.write(bytes, () => resolve()))]);

  function* decoded(): Generator<Buffer> {
    const chunks = ready;
    ready = [];
    yield* chunks;
  }

  try {
    for (;;) {
      const bytes = await reader.takeSome(bytesGiven);
      if (bytes.length === 0) break;
      given += bytes.length;
      // The text decoded before is dealt with while these bytes are decoded in another thread.
      const giving = give(bytes);
      yield* decoded();
      await giving;
      if (failure !== undefined || gunzip.bytesWritten < given) break;
    }
    yield* decoded();
    if (failure === undefined && gunzip.bytesWritten < given) {
      throw damaged("bytes that are no compressed data follow");
    }
    if (failure === undefined) {
      gunzip.end();
      await over;
      yield* decoded();
    }
    if (failure !== undefined) throw told(failure);
  } finally {
    gunzip.destroy();
  }
}

/** Errors of the decoder that mean the data; others (no memory) are the machine's. */
function told(error: Error): Error {
  const code = "code" in error ? String(error.code) : "";
  if (code === "Z_BUF_ERROR") return cutOff({ cause: error });
  // What zlib says of a checksum or a length at the end of a member.
  if (/^incorrect (data|length) check$/.test(error.message)) return damagedBefore(error.message, { cause: error });
  if (code === "Z_DATA_ERROR" || code === "Z_NEED_DICT") return damaged(error.message, { cause: error });
  return error;
}
