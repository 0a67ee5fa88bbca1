/** What a record's columns must look like to be read, and why one is not. Pure functions of column text. */
import { fixedColumns } from "./header.ts";
import { InputError, quoted } from "./input-error.ts";

const bases = /^[ACGTUNRYSWKMBDHV]+$/i;

export type AlleleKind = "bases" | "symbolic" | "breakend" | "spanning" | "none";

/** Kind of one ALT allele; `undefined` when it is none that VCF knows. */
export function alleleKind(alt: string): AlleleKind | undefined {
  if ((alt.length === 1 && "ACGT".includes(alt)) || bases.test(alt)) return "bases";
  if (alt === ".") return "none";
  if (alt === "*") return "spanning";
  if (alt.startsWith("<") && alt.endsWith(">") && alt.length > 2) return "symbolic";
  if (/[[\]]/.test(alt) || (alt.length > 1 && (alt.startsWith(".") || alt.endsWith(".")))) return "breakend";
  return undefined;
}

/** INFO and BCF hold 31 bits. */
export const positionMax = 2_147_483_647;

/** 1-based position between `from` and `to` of `block`, or −1. VCF allows 0 (a telomere). */
export function positionIn(block: string, from: number, to: number): number {
  if (to <= from || to - from > 10) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = block.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value > positionMax ? -1 : value;
}

/** Why a record cannot be read: `kind` is the same for all of one sort, `detail` shows the value. */
export interface Objection {
  readonly kind: string;
  readonly detail: string;
}

export const badPosition = (text: string): Objection => ({
  kind: "POS is not a position",
  detail: `POS ${quoted(text)} is not a whole number between 0 and 2147483647`,
});

/** Checks REF. */
export function refObjection(ref: string): Objection | undefined {
  if (bases.test(ref)) return undefined;
  return { kind: "REF is not a sequence of bases", detail: `REF ${quoted(ref)} is not a sequence of bases` };
}

export const badAlternate = (alt: string): Objection => ({
  kind: "ALT is not an allele",
  detail: `ALT ${quoted(alt)} is neither bases nor a symbolic allele, breakend, * or .`,
});

/** Name of a 1-based column, as the column line has it. */
function columnName(columnLine: string, column: number): string {
  return columnLine.split("\t")[column - 1]?.replace(/^#/, "") ?? "";
}

/** Counted, not split: a line may be all tabs. */
function columnsOf(line: string): number {
  let columns = 1;
  for (let at = line.indexOf("\t"); at >= 0; at = line.indexOf("\t", at + 1)) columns += 1;
  return columns;
}

/** A record with other columns than the column line: which values belong to which column cannot be known any more. */
export function wrongColumns(line: string, columnLine: string, number: number): InputError {
  const columns = columnLine.split("\t").length;
  const values = line.split("\t", columns + 1);
  const all = columnsOf(line);
  const found = `${all} tab-separated column${all === 1 ? "" : "s"}`;
  const last = all < columns ? all : columns + 1;
  const value = `column ${last} is ${quoted(values[last - 1] ?? "")}`;
  const expected =
    all < columns
      ? `column ${last + 1} (${columnName(columnLine, last + 1)}) was expected after it`
      : `the last column should be column ${columns} (${columnName(columnLine, columns)})`;
  return new InputError(`the record has ${found}, the column line has ${columns}; ${value}, ${expected}`, number);
}

/** A name of a sequence that is none. */
export function nameObjection(name: string): string | undefined {
  if (name === "") return "column 1 (CHROM) is empty; the name of a sequence was expected";
  if (!/\s/.test(name)) return undefined;
  return `column 1 (CHROM) is ${quoted(name)}; a name without blanks was expected`;
}

/** NUL bytes in a line: a file padded by a program or a broken disk, or not text at all. */
export function nulByte(line: string, number: number): InputError {
  const before = line.slice(0, line.indexOf("\0"));
  const column = before.split("\t").length;
  return new InputError(
    `column ${column} holds a NUL byte after ${quoted(before.slice(before.lastIndexOf("\t") + 1))}; text was expected. ` +
      "The file was padded or damaged while it was written or copied",
    number,
  );
}

/**
 * Whether the file's last record, which no line end follows, is whole as far as its form can tell. With samples: the last one has
 * as many values as FORMAT names. Without: INFO is `.`, since any other INFO reads as well when its end is missing, and INFO is
 * most of such a line.
 */
export function isWholeWithoutEnd(values: readonly string[]): boolean {
  if (values.length <= fixedColumns + 1) return values.length === fixedColumns && values.at(-1) === ".";
  const format = (values[fixedColumns] ?? "").split(":");
  const last = (values.at(-1) ?? "").split(":");
  if (last.length !== format.length || last.at(-1) === "") return false;
  return format.length > 1 || format[0] !== "GT" || /^(\.|\d+)([/|](\.|\d+))*$/.test(last[0] ?? "");
}

/** The last line, when it may have been cut off. */
export function cutInLine(line: string, columnLine: string, number: number): InputError {
  const values = line.split("\t");
  const column = values.length;
  return new InputError(
    `the file ends in the middle of this record: column ${column} (${columnName(columnLine, column)}) is ${quoted(values.at(-1) ?? "")} ` +
      "and a line end was expected after it. Upload the whole file; if it is whole, end its last line with a line end",
    number,
  );
}

export const tooManyAlleles = (alleles: number, most: number, number: number): InputError =>
  new InputError(`column 5 (ALT) has ${alleles} alleles; a record may have ${most} at most`, number);

/** The line has kept the annotator busy beyond its limit. */
export const tooSlow = (milliseconds: number, number: number): InputError =>
  new InputError(`this record takes longer to annotate than the ${milliseconds} ms that a record may take`, number);
