/** A line of GFF3 or GTF as a feature. The two differ in column 9 alone. */

import { InputError, quoted } from "../../../vcf/input-error.ts";
import { detached } from "../../vcf/blocks.ts";

export type Dialect = "GFF3" | "GTF";

export interface Feature {
  readonly contig: string;
  readonly type: string;
  /** 1-based, both inclusive. */
  readonly start: number;
  readonly end: number;
  /** Undefined: the file does not say. */
  readonly strand: "+" | "-" | undefined;
  /** Values of an attribute, as the file has them; empty for none. */
  all(name: string): readonly string[];
  /** The first of them. */
  get(name: string): string | undefined;
}

const columnNames = ["seqid", "source", "type", "start", "end", "score", "strand", "phase", "attributes"] as const;

/** What a first line says of a file that is neither; `undefined`: nothing. */
function otherFile(line: string): string | undefined {
  if (/^##fileformat=VCF/i.test(line))
    return "this is a VCF file; genes are given with --genes, variants with --clinvar";
  if (line.startsWith(">")) return "this is a FASTA file; give it with --fasta";
  return undefined;
}

/** Which of the two column 9 is written in. @throws {InputError} for neither. */
function dialectOf(attributes: string): Dialect {
  if (/^\s*[\w-]+ "/.test(attributes) || /^\s*\w+ \S+;/.test(attributes)) return "GTF";
  if (/^[^=;\s]+=/.test(attributes)) return "GFF3";
  throw new InputError(
    `column 9 (attributes) is ${quoted(attributes)}; GFF3 (ID=…;Parent=…) or GTF (gene_id "…"; transcript_id "…";) was expected`,
  );
}

function gff3Attributes(text: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0)
      found.set(
        part.slice(0, equals).trim(),
        part
          .slice(equals + 1)
          .trim()
          .split(","),
      );
  }
  return found;
}

function gtfAttributes(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (let at = 0; at < text.length; ) {
    while (text[at] === " " || text[at] === ";") at += 1;
    const space = text.indexOf(" ", at);
    if (space < 0) break;
    const name = text.slice(at, space);
    const isQuoted = text[space + 1] === '"';
    const from = space + (isQuoted ? 2 : 1);
    const to = text.indexOf(isQuoted ? '"' : ";", from);
    const end = to < 0 ? text.length : to;
    const value = text.slice(from, end);
    const others = found.get(name);
    if (others === undefined) found.set(name, [value]);
    else others.push(value);
    at = end + 1;
  }
  return found;
}

function positionOf(text: string, column: "start" | "end"): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 2_147_483_647) return value;
  const number = columnNames.indexOf(column) + 1;
  throw new InputError(`column ${number} (${column}) is ${quoted(text)}; a position from 1 on was expected`);
}

export interface FeatureReader {
  /** Of the first feature. */
  readonly dialect: Dialect | undefined;
  /** @throws {InputError} for a line that is none. */
  read(line: string): Feature;
}

export function createFeatureReader(): FeatureReader {
  let dialect: Dialect | undefined;
  /** Names that lines have in common, none of which keeps the block of the file it was read from. */
  const names = new Map<string, string>();
  function shared(name: string): string {
    const known = names.get(name);
    if (known !== undefined) return known;
    const own = detached(name);
    names.set(own, own);
    return own;
  }
  return {
    get dialect() {
      return dialect;
    },
    read(line) {
      const columns = line.split("\t");
      if (columns.length !== columnNames.length) {
        const found = `${columns.length} tab-separated column${columns.length === 1 ? "" : "s"}`;
        throw new InputError(`the line is ${quoted(line)}, which has ${found}; a feature of GFF3 or GTF has 9`);
      }
      const [contig = "", , type = "", first = "", last = "", , strand = "", , written = ""] = columns;
      const text = detached(written);
      if (contig === "") throw new InputError("column 1 (seqid) is empty; the name of a sequence was expected");
      const [start, end] = [positionOf(first, "start"), positionOf(last, "end")];
      if (end < start) throw new InputError(`column 5 (end) is ${end}, before column 4 (start), ${start}`);
      if (!/^[+\-.?]$/.test(strand))
        throw new InputError(`column 7 (strand) is ${quoted(strand)}; +, -, . or ? was expected`);
      if (text !== ".") dialect ??= dialectOf(text);
      let attributes: ReadonlyMap<string, readonly string[]> | undefined;
      const all = (name: string): readonly string[] => {
        attributes ??= dialect === "GTF" ? gtfAttributes(text) : gff3Attributes(text);
        return attributes.get(name) ?? [];
      };
      return {
        contig: shared(contig),
        type: shared(type),
        start,
        end,
        strand: strand === "+" || strand === "-" ? strand : undefined,
        all,
        get: (name) => all(name)[0],
      };
    },
  };
}

/** @throws {InputError} when a file's first line is of another kind. */
export function refuseOtherFile(line: string): void {
  const other = otherFile(line);
  if (other !== undefined) throw new InputError(other);
}
