/** VCF files for tests. */
import { readFileSync } from "node:fs";
import { crc32, deflateRawSync } from "node:zlib";
import { annotate } from "../../runtime/annotator/builtin/annotate.ts";
import type { Report } from "../../runtime/annotator/builtin/report.ts";
import { loadReference, type Reference } from "../../runtime/annotator/reference/load.ts";

export const columnLine = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
export const minimalHeader = `##fileformat=VCFv4.2\n${columnLine}\n`;

/** A well-formed file of these records (without line ends). */
export const vcfOf = (...records: string[]): string => minimalHeader + records.map((record) => `${record}\n`).join("");

export const dataFile = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));

function bgzipBlock(data: Buffer): Buffer {
  const body = deflateRawSync(data);
  const head = Buffer.from("1f8b08040000000000ff0600424302000000", "hex");
  head.writeUInt16LE(head.length + body.length + 8 - 1, 16);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(data), 0);
  tail.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, body, tail]);
}

/** bgzip: gzip members of `blockBytes` of text each (65,280 as the program makes them), and an empty one at the end. */
export function bgzip(text: Buffer, blockBytes = 65_280): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < text.length; at += blockBytes) blocks.push(bgzipBlock(text.subarray(at, at + blockBytes)));
  const end = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");
  return Buffer.concat([...blocks, end]);
}

/** Cuts bytes into chunks of these sizes, over and over. */
export async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? bytes.length);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

let loaded: Reference | undefined;

/** The real reference data, read once. */
export function reference(): Reference {
  loaded ??= loadReference();
  return loaded;
}

/** Annotates a whole file in memory. */
export async function annotated(
  file: string | Buffer,
  options: { chunks?: readonly number[]; lineBytesMax?: number; now?: () => number } = {},
): Promise<{ text: string; report: Report; lines: string[]; records: string[][] }> {
  const { chunks = [64 * 1024], ...rest } = options;
  const run = annotate(chunked(Buffer.from(file), chunks), reference(), { engineVersion: "test", ...rest });
  const parts: Buffer[] = [];
  for await (const part of run.output) parts.push(part);
  const text = Buffer.concat(parts).toString();
  const lines = text.split("\n").slice(0, -1);
  return {
    text,
    report: run.report,
    lines,
    records: lines.filter((line) => !line.startsWith("#")).map((line) => line.split("\t")),
  };
}
