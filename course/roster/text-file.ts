/** A table's file as text, and back to the same bytes: encodings that spreadsheets write. */
import type { Mistake } from "../mistakes.ts";

export interface Encoding {
  readonly charset: "utf-8" | "utf-16le" | "utf-16be";
  /** Whether a byte-order mark comes first. */
  readonly mark: boolean;
}

const marks: readonly (readonly [Encoding["charset"], readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** By its mark; without one by the first character, which in a header is an ASCII letter or a quote. */
function encodingOf(bytes: Uint8Array): Encoding {
  const marked = marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
  if (marked !== undefined) return { charset: marked[0], mark: true };
  const [first, second] = bytes;
  if (bytes.length > 1 && first !== 0 && second === 0) return { charset: "utf-16le", mark: false };
  if (bytes.length > 1 && first === 0 && second !== 0) return { charset: "utf-16be", mark: false };
  return { charset: "utf-8", mark: false };
}

const markLength = (charset: Encoding["charset"]) => marks.find(([each]) => each === charset)?.[1].length ?? 0;

/** Line of the first byte sequence that is no character, from 1. */
function badLine(bytes: Uint8Array, charset: Encoding["charset"]): number {
  const lenient = new TextDecoder(charset).decode(bytes);
  return lenient.slice(0, lenient.indexOf("\ufffd")).split(/\r\n|\n|\r/).length;
}

/** The text without its byte-order mark, or why it is none. */
export function decode(bytes: Uint8Array): { text: string; encoding: Encoding } | Mistake {
  const encoding = encodingOf(bytes);
  const content = encoding.mark ? bytes.subarray(markLength(encoding.charset)) : bytes;
  const fix = "save it as CSV UTF-8";
  let text: string;
  try {
    text = new TextDecoder(encoding.charset, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    const name = encoding.charset.toUpperCase();
    return { line: badLine(content, encoding.charset), reason: `has bytes that are not ${name}; ${fix}` };
  }
  if (!text.includes("\0")) return { text, encoding };
  const line = text.slice(0, text.indexOf("\0")).split(/\r\n|\n|\r/).length;
  return { line, reason: `has a NUL character, so the file is no text; ${fix}` };
}

/** The bytes that `decode` makes this text and encoding of. */
export function encode(text: string, { charset, mark }: Encoding): Buffer {
  const marked = mark ? `\ufeff${text}` : text;
  if (charset === "utf-8") return Buffer.from(marked, "utf8");
  const bytes = Buffer.from(marked, "utf16le");
  return charset === "utf-16le" ? bytes : bytes.swap16();
}
