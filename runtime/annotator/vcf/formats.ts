/** What a file is, told by its first bytes and never by its name. */
import { InputError } from "./input-error.ts";

interface Format {
  readonly magic: Buffer;
  /** Where the magic bytes stand; omitted: at the beginning. */
  readonly offset?: number;
  readonly what: string;
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const hex = (text: string) => Buffer.from(text, "hex");

/** Formats that people upload by mistake. */
const otherFormats: readonly Format[] = [
  { magic: latin1("PK\u0003\u0004"), what: "a zip archive; give the file itself, plain or gzip-compressed" },
  { magic: latin1("BZh"), what: "bzip2-compressed; use gzip or bgzip" },
  { magic: hex("fd377a585a00"), what: "xz-compressed; use gzip or bgzip" },
  { magic: hex("28b52ffd"), what: "zstd-compressed; use gzip or bgzip" },
  { magic: hex("04224d18"), what: "lz4-compressed; use gzip or bgzip" },
  { magic: hex("1f9d"), what: "compressed by compress (.Z); use gzip or bgzip" },
  { magic: hex("377abcaf271c"), what: "a 7-Zip archive; give the file itself, plain or gzip-compressed" },
  { magic: latin1("Rar!"), what: "a RAR archive; give the file itself, plain or gzip-compressed" },
  { magic: latin1("ustar"), offset: 257, what: "a tar archive; give the file itself, plain or gzip-compressed" },
  { magic: latin1("BCF"), what: "BCF; convert it with `bcftools view -O z -o file.vcf.gz file.bcf`" },
  { magic: latin1("BAM\u0001"), what: "BAM: reads, not variants" },
  { magic: latin1("CRAM"), what: "CRAM: reads, not variants" },
  { magic: latin1("TBI\u0001"), what: "a tabix index; give the file that it belongs to" },
  { magic: latin1("CSI\u0001"), what: "a CSI index; give the file that it belongs to" },
  { magic: latin1("%PDF"), what: "a PDF document" },
  { magic: latin1("<!DOCTYPE"), what: "a web page, perhaps an error message of the site that it was downloaded from" },
  { magic: latin1("<html"), what: "a web page, perhaps an error message of the site that it was downloaded from" },
  { magic: hex("fffe"), what: "UTF-16 text; save it as UTF-8" },
  { magic: hex("feff"), what: "UTF-16 text; save it as UTF-8" },
];

const gzipMagic = hex("1f8b");

/** First bytes that `refuseOtherFormats` looks at. */
export const formatBytes = 262;

export const isGzip = (first: Buffer): boolean => startsWith(first, gzipMagic);

/**
 * @param expected what the file should be.
 * @throws {InputError} when the first bytes are those of a known other format.
 */
export function refuseOtherFormats(first: Buffer, expected: string): void {
  const found = otherFormats.find(({ magic, offset = 0 }) => startsWith(first.subarray(offset), magic));
  if (found !== undefined) throw new InputError(`not a ${expected} file: this is ${found.what}`, 1);
}

/** The same for text that has been decompressed once. @throws {InputError} */
export function refuseOtherContents(first: Buffer, expected: string): void {
  if (isGzip(first)) throw new InputError("the file is compressed twice; decompress it once and submit it again", 1);
  refuseOtherFormats(first, expected);
}

const startsWith = (bytes: Buffer, magic: Buffer): boolean => bytes.subarray(0, magic.length).equals(magic);
