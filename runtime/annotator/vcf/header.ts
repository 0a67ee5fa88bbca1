/** The column line of a VCF file: what its columns are called, and whether it is one. */
import { InputError, quoted } from "./input-error.ts";

const fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"] as const;
/** Columns that every record has. */
export const fixedColumns = fixed.length;

export const isColumnLine = (line: string): boolean => /^#\s*chrom\b/i.test(line.slice(0, 20));

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
