/** Bytes as uploaded → bytes of text: plain, gzip or bgzip, told apart by the first bytes. */

import { formatBytes, isGzip, refuseOtherContents, refuseOtherFormats } from "../../vcf/formats.ts";
import { bgunzipped, isBgzip } from "./bgzip.ts";
import { type ByteReader, createByteReader } from "./byte-reader.ts";
import { gunzipped } from "./gunzip.ts";

type Compression = "plain" | "gzip" | "bgzip";

/** What was learned of the file's packing from its first bytes. */
export interface Packing {
  compression: Compression;
}

const plainBytes = 1024 * 1024;

async function* plain(reader: ByteReader): AsyncGenerator<Buffer> {
  for (let bytes = await reader.takeSome(plainBytes); bytes.length > 0; bytes = await reader.takeSome(plainBytes)) {
    yield bytes;
  }
}

/**
 * @param expected what the text should be; omitted: VCF.
 * @throws {InputError} without a line for compressed data that are damaged or cut off, and with line 1 for other
 *   formats. What `source` throws is thrown on as it is: whose fault an error is, is decided where it arises.
 */
export async function* uncompressed(
  source: AsyncIterable<Uint8Array>,
  packing: Packing,
  expected = "VCF",
): AsyncGenerator<Buffer> {
  const reader = createByteReader(source);
  try {
    const first = await reader.peek(formatBytes);
    if (!isGzip(first)) {
      refuseOtherFormats(first, expected);
      yield* plain(reader);
      return;
    }
    packing.compression = (await isBgzip(reader)) ? "bgzip" : "gzip";
    const text = packing.compression === "bgzip" ? bgunzipped(reader) : gunzipped(reader);
    const contents = createByteReader(text);
    try {
      refuseOtherContents(await contents.peek(formatBytes), expected);
      yield* plain(contents);
    } finally {
      await contents.close();
    }
  } finally {
    await reader.close();
  }
}
