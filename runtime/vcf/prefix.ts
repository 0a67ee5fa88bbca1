/** The beginning of a file as text, for whoever looks at it before all of it is there. Runs in browsers, too. */
import { blockLength, headerLength } from "./bgzip-block.ts";
import { damaged, endBlockMissing } from "./damage.ts";
import { isGzip, refuseOtherContents, refuseOtherFormats } from "./formats.ts";
import type { InputError } from "./input-error.ts";

/** First bytes of a file that are looked at. */
export const prefixBytes = 256 * 1024;
/** Text that is made of them, bytes. */
export const prefixTextBytes = 2 * 1024 * 1024;

export interface Prefix {
  readonly compression: "plain" | "gzip" | "bgzip";
  /** One character for each byte. */
  readonly text: string;
  /** Whether `text` is all of it. */
  readonly complete: boolean;
  /** What is wrong with the compressed data behind `text`; undefined: nothing that is known. */
  readonly damage: InputError | undefined;
}

export interface FileEnds {
  /** The first `prefixBytes`, or all of them. */
  readonly first: Uint8Array;
  /** The last four, or all of them. */
  readonly last: Uint8Array;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * The beginning of what gzip data decode to: at most about `prefixTextBytes`, and nothing where they cannot be decoded. `whole`: the
 * data end where their last member does.
 */
export type Inflate = (data: Uint8Array) => Promise<{ readonly bytes: Uint8Array; readonly whole: boolean }>;

/** @throws {InputError} with line 1 for what is not VCF by its first bytes. */
export async function readPrefix({ first, last, bytes }: FileEnds, inflate: Inflate): Promise<Prefix> {
  const all = first.length === bytes;
  if (!isGzip(first)) {
    refuseOtherFormats(first, "VCF");
    return { compression: "plain", text: latin1(first), complete: all, damage: undefined };
  }
  const compression = blockLength(first.subarray(0, headerLength(first))) === undefined ? "gzip" : "bgzip";
  const inflated = await inflate(first);
  const contents = inflated.bytes.subarray(0, prefixTextBytes);
  refuseOtherContents(contents, "VCF");
  const complete = all && inflated.whole && contents.length === inflated.bytes.length;
  return { compression, text: latin1(contents), complete, damage: damageOf() };

  function damageOf(): InputError | undefined {
    // An empty block ends a bgzip file; the length of its text is the last field.
    if (compression === "bgzip" && last.some((byte) => byte !== 0)) return endBlockMissing();
    return contents.length === 0 && !inflated.whole ? damaged("nothing of it can be decompressed") : undefined;
  }
}

/** In pieces: a call takes only so many arguments. */
function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join("");
}
