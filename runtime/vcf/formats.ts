/** What a file is, told by its first bytes and never by its name. */
import { InputError } from "./input-error.ts";

interface Format {
  /** One character for each byte. */
  readonly magic: string;
  /** Where the magic bytes stand; omitted: at the beginning. */
  readonly offset?: number;
  readonly what: string;
}

/** Formats that people upload by mistake. */
const otherFormats: readonly Format[] = [
  { magic: "PK\u0003\u0004", what: "a zip archive; give the file itself, plain or gzip-compressed" },
  { magic: "BZh", what: "bzip2-compressed; use gzip or bgzip" },
  { magic: "\u00fd7zXZ\u0000", what: "xz-compressed; use gzip or bgzip" },
  { magic: "(\u00b5/\u00fd", what: "zstd-compressed; use gzip or bgzip" },
  { magic: '\u0004"M\u0018', what: "lz4-compressed; use gzip or bgzip" },
  { magic: "\u001f\u009d", what: "compressed by compress (.Z); use gzip or bgzip" },
  { magic: "7z\u00bc\u00af'\u001c", what: "a 7-Zip archive; give the file itself, plain or gzip-compressed" },
  { magic: "Rar!", what: "a RAR archive; give the file itself, plain or gzip-compressed" },
  { magic: "ustar", offset: 257, what: "a tar archive; give the file itself, plain or gzip-compressed" },
  { magic: "BCF", what: "BCF; convert it with `bcftools view -O z -o file.vcf.gz file.bcf`" },
  { magic: "BAM\u0001", what: "BAM: reads, not variants" },
  { magic: "CRAM", what: "CRAM: reads, not variants" },
  { magic: "TBI\u0001", what: "a tabix index; give the file that it belongs to" },
  { magic: "CSI\u0001", what: "a CSI index; give the file that it belongs to" },
  { magic: "%PDF", what: "a PDF document" },
  { magic: "<!DOCTYPE", what: "a web page, perhaps an error message of the site that it was downloaded from" },
  { magic: "<html", what: "a web page, perhaps an error message of the site that it was downloaded from" },
  { magic: "\u00ff\u00fe", what: "UTF-16 text; save it as UTF-8" },
  { magic: "\u00fe\u00ff", what: "UTF-16 text; save it as UTF-8" },
];

const gzipMagic = "\u001f\u008b";

/** First bytes that `refuseOtherFormats` looks at. */
export const formatBytes = 262;

export const isGzip = (first: Uint8Array): boolean => startsWith(first, gzipMagic);

/**
 * @param expected what the file should be.
 * @throws {InputError} when the first bytes are those of a known other format.
 */
export function refuseOtherFormats(first: Uint8Array, expected: string): void {
  const found = otherFormats.find(({ magic, offset }) => startsWith(first, magic, offset));
  if (found !== undefined) throw new InputError(`not a ${expected} file: this is ${found.what}`, 1);
}

/** The same for text that has been decompressed once. @throws {InputError} */
export function refuseOtherContents(first: Uint8Array, expected: string): void {
  if (isGzip(first)) throw new InputError("the file is compressed twice; decompress it once and submit it again", 1);
  refuseOtherFormats(first, expected);
}

function startsWith(bytes: Uint8Array, magic: string, offset = 0): boolean {
  for (let at = 0; at < magic.length; at += 1) if (bytes[offset + at] !== magic.charCodeAt(at)) return false;
  return true;
}
