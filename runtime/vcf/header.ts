/** The header of a VCF file, line by line: what its lines must be, and what its columns are called. */
import { InputError, quoted } from "./input-error.ts";

const fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"] as const;
/** Columns that every record has. */
export const fixedColumns = fixed.length;

export const isColumnLine = (line: string): boolean => /^#\s*chrom\b/i.test(line.slice(0, 20));

const byteOrderMark = "\u00ef\u00bb\u00bf"; // the bytes EF BB BF, one character each

/**
 * The line without a byte order mark; blank, or beginning with `#`.
 *
 * @param text of a line before the records, without its line end.
 * @throws {InputError} when the file is not VCF, or its header is over without a column line.
 */
export function readHeaderLine(text: string, number: number): string {
  const line = number === 1 && text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
  if (number === 1 && !line.startsWith("#")) throw new InputError(notVcf(line), 1);
  if (line.includes("\r")) throw new InputError("lines end in CR alone; they must end in LF or CR LF", number);
  if (line !== "" && !line.startsWith("#")) {
    throw new InputError(`a record stands before the #CHROM column line: ${quoted(line)}`, number);
  }
  return line;
}

function notVcf(line: string): string {
  if (line === "") return "not a VCF file: it begins with a blank line instead of ##fileformat=VCFv4.x";
  const blank = /^\s+#/.test(line) ? "; blanks stand before it" : "";
  return `not a VCF file: it begins with ${quoted(line)} instead of ##fileformat=VCFv4.x${blank}`;
}

export interface ColumnLine {
  /** As it is written: names of the fixed columns in upper case. */
  readonly text: string;
  readonly columns: number;
}

/**
 * @throws {InputError} when the line does not name the eight fixed columns, tab-separated and in order (in any case), then
 *   FORMAT, then one different name for each sample.
 */
export function readColumnLine(line: string, number: number): ColumnLine {
  const names = line.split("\t");
  const expected = names.length > fixed.length ? [...fixed, "FORMAT"] : fixed;
  const wrong = expected.findIndex((column, at) => names[at]?.toUpperCase() !== column);
  if (wrong >= 0) {
    const spaces = /^#\s*CHROM +POS/i.test(line) ? "; columns must be separated by tabs, these are by spaces" : "";
    throw new InputError(
      `the column line must begin with the columns ${expected.join(", ")}; column ${wrong + 1} is ${quoted(names[wrong] ?? "")}${spaces}`,
      number,
    );
  }
  checkSamples(names, number);
  return { text: [...expected, ...names.slice(expected.length)].join("\t"), columns: names.length };
}

function checkSamples(names: readonly string[], number: number): void {
  const seen = new Map<string, number>();
  for (let at = fixed.length + 1; at < names.length; at += 1) {
    const name = names[at] as string;
    if (name.trim() === "") {
      throw new InputError(`column ${at + 1} is ${quoted(name)}; the name of a sample was expected`, number);
    }
    const before = seen.get(name);
    if (before !== undefined) {
      throw new InputError(
        `column ${at + 1} is ${quoted(name)}, as column ${before + 1} is; every sample must have a name of its own`,
        number,
      );
    }
    seen.set(name, at);
  }
}

/**
 * A line beginning with `#` after the column line: files that were put together.
 *
 * @throws {InputError} when it is a column line with other columns.
 */
export function checkLateHeaderLine(line: string, columnLine: ColumnLine, number: number): void {
  if (isColumnLine(line) && readColumnLine(line, number).text !== columnLine.text) {
    throw new InputError("a second #CHROM line with other columns: these are several files put together", number);
  }
}

/** @throws {InputError} when the file, of so many lines, has no header that is whole. */
export function checkHeaderEnded(lines: number, columnLine: ColumnLine | undefined): void {
  if (lines === 0) throw new InputError("the file is empty", 1);
  if (columnLine !== undefined) return;
  throw new InputError("the file ends without a #CHROM column line: it is cut off or not VCF", lines);
}
