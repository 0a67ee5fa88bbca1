/** ClinVar's alleles from its VCF file, sequence by sequence, in the columns of the index. */
import { basename } from "node:path";
import { assembliesNamed } from "../../../vcf/assembly/names.ts";
import { isColumnLine, readColumnLine } from "../../../vcf/header.ts";
import { InputError, quoted } from "../../../vcf/input-error.ts";
import { type MetaLine, metaLine } from "../../../vcf/meta-line.ts";
import { alleleKind, badAlternate, badPosition, positionIn, refObjection, wrongColumns } from "../../../vcf/record.ts";
import { type Allele, trimmed } from "../allele.ts";
import { escaped } from "../escaped.ts";
import type { SourceFile } from "../index/format.ts";
import { type AlleleRows, createAlleleRows } from "./allele-rows.ts";
import type { Contigs } from "./contigs.ts";
import { type ReadProgress, readLines } from "./lines.ts";
import type { PlacedAllele } from "./place-allele.ts";
import { SourceError } from "./source-error.ts";

/** Numbers of texts that alleles have in common. */
export interface TextNumbers {
  /** @param value may be absent. */
  of(value: string | undefined): number;
  all(): readonly string[];
}

export function createTextNumbers(): TextNumbers {
  const numbers = new Map<string, number>();
  return {
    of(value = "") {
      const known = numbers.get(value);
      if (known !== undefined) return known;
      numbers.set(Buffer.from(value, "latin1").toString("latin1"), numbers.size);
      return numbers.size - 1;
    },
    all: () => [...numbers.keys()],
  };
}

function infoOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0) found.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return found;
}

/** `MONDO:0014502` of each condition, `.` for one that has none; empty when no condition has one. */
function mondoIds(databases: string | undefined): string {
  const ids = (databases ?? "").split("|").map((condition) => /MONDO:(MONDO:\d+)/.exec(condition)?.[1] ?? ".");
  return ids.some((id) => id !== ".") ? ids.join("|") : "";
}

/** Names of `SO:0001583|missense_variant,SO:0001587|nonsense`. */
const consequencesIn = (text: string | undefined): string =>
  (text ?? "")
    .split(",")
    .map((term) => term.slice(term.indexOf("|") + 1))
    .join("|");

/** Values of a record, in the order in which `index/open.ts` reads them. */
function valuesOf(id: string, info: ReadonlyMap<string, string>, texts: TextNumbers): string {
  const text = (value: string | undefined) => String(texts.of(escaped(value ?? "")));
  const origin = info.get("ORIGIN") ?? "";
  const frequency = info.get("AF_EXAC") ?? "";
  return [
    escaped(id),
    text(info.get("CLNSIG")),
    text(info.get("CLNREVSTAT")),
    text(info.get("CLNDN")),
    text(mondoIds(info.get("CLNDISDB"))),
    text(consequencesIn(info.get("MC"))),
    text(info.get("CLNVC")),
    /^\d+$/.test(origin) ? origin : "0",
    Number.isFinite(Number(frequency)) ? frequency : "",
    /^\d+/.exec(info.get("RS") ?? "")?.[0] ?? "",
  ].join("\t");
}

export interface ClinvarOptions {
  readonly contigs: Contigs;
  readonly assembly: string;
  readonly texts: TextNumbers;
  /** Where an allele stands, checked against the sequence. @throws {InputError} when its REF is not the sequence's. */
  readonly place: (contig: string, allele: Allele) => PlacedAllele;
  /** Told the alleles of a sequence, once it is over. */
  readonly onSequence: (contig: string, rows: AlleleRows) => void;
  readonly onProgress: ReadProgress;
}

export interface ClinvarSourceFile {
  readonly file: SourceFile;
  readonly alleles: number;
  /** Records on sequences that the genes do not have, and symbolic alleles and records without one. */
  readonly leftOut: number;
}

/** What has been read of a file so far. */
interface Reading {
  columnLine: string | undefined;
  date: string | undefined;
  /** The sequence that is being read: its name in the file and in the genes (`undefined`: not there). */
  name: string;
  contig: string | undefined;
  rows: AlleleRows;
  readonly over: Set<string>;
  alleles: number;
  leftOut: number;
  classified: number;
}

function checkHeader(line: string, number: number): void {
  if (number > 1 || /^##fileformat=VCF/i.test(line)) return;
  if (/^##gff-version/i.test(line)) throw new InputError("this is a GFF3 file; genes are given with --genes");
  if (line.startsWith(">")) throw new InputError("this is a FASTA file; give it with --fasta");
  throw new InputError(`the file begins with ${quoted(line)}; ##fileformat=VCFv4.x was expected`);
}

function readMeta({ key, value, fields }: MetaLine, reading: Reading, file: string, options: ClinvarOptions): void {
  const { contigs, assembly } = options;
  if (key === "fileDate") reading.date ??= value;
  if (key === "reference" || key === "assembly") {
    const [named, ...others] = assembliesNamed(value);
    if (named !== undefined && others.length === 0 && named !== assembly) {
      throw new InputError(`the file is of ${named} (${quoted(value)}), and the genes are of ${assembly}`);
    }
  }
  const contig = key === "contig" ? contigs.find(fields.get("ID") ?? "", assembly) : undefined;
  const length = Number(fields.get("length"));
  if (contig !== undefined && Number.isSafeInteger(length) && length > 0) contigs.setLength(contig, length, file);
}

/** Begins another sequence. @throws {InputError} when it was there before. */
function turnTo(name: string, reading: Reading, { contigs, assembly, onSequence }: ClinvarOptions): void {
  if (reading.contig !== undefined) onSequence(reading.contig, reading.rows);
  if (reading.over.has(name)) {
    throw new InputError(`sequence ${name} begins again; sort the file, for example with bcftools sort`);
  }
  const own = Buffer.from(name, "latin1").toString("latin1");
  reading.over.add(own);
  Object.assign(reading, { name: own, contig: contigs.find(own, assembly), rows: createAlleleRows() });
}

function readRecord(line: string, number: number, reading: Reading, options: ClinvarOptions): void {
  const { columnLine = "" } = reading;
  const columns = line.split("\t");
  if (columns.length !== columnLine.split("\t").length) throw wrongColumns(line, columnLine, number);
  const [name = "", pos = "", id = "", ref = "", alts = "", , , info = ""] = columns;
  if (name !== reading.name) turnTo(name, reading, options);
  const position = positionIn(pos, 0, pos.length);
  const objection = position < 1 ? badPosition(pos) : refObjection(ref);
  if (objection !== undefined) throw new InputError(objection.detail);
  const { contig } = reading;
  if (contig === undefined) {
    reading.leftOut += 1;
    return;
  }
  options.contigs.checkEnd(contig, position + ref.length - 1);
  const found = infoOf(info);
  if (found.has("CLNSIG")) reading.classified += 1;
  const values = valuesOf(id, found, options.texts);
  for (const alt of alts.split(",")) {
    const kind = alleleKind(alt);
    if (kind === undefined) throw new InputError(badAlternate(alt).detail);
    if (kind !== "bases") {
      reading.leftOut += 1;
      continue;
    }
    const { allele, last } = options.place(contig, trimmed(position, ref.toUpperCase(), alt.toUpperCase()));
    reading.rows.add(allele.position, last, `${allele.ref}\t${allele.alt}\t${values}`);
    reading.alleles += 1;
  }
}

/** @throws {SourceError} for a file out of which nothing can be taken. */
function checkUse(path: string, { alleles, classified, over, columnLine }: Reading, contigs: Contigs): void {
  if (columnLine === undefined) throw new SourceError(path, undefined, "the file ends without a #CHROM column line");
  if (alleles === 0) {
    const [first = "none"] = over;
    const [own] = contigs.all();
    throw new SourceError(
      path,
      undefined,
      `no record is on a sequence of the genes: the first here is ${quoted(first)}, the first there ${quoted(own?.name ?? "none")}`,
    );
  }
  if (classified === 0) {
    throw new SourceError(path, undefined, "no record has CLNSIG in INFO; the VCF file of ClinVar was expected");
  }
}

/** @throws {SourceError} */
export async function readClinvar(path: string, options: ClinvarOptions): Promise<ClinvarSourceFile> {
  const file = basename(path);
  const reading: Reading = {
    columnLine: undefined,
    date: undefined,
    name: "",
    contig: undefined,
    rows: createAlleleRows(),
    over: new Set(),
    alleles: 0,
    leftOut: 0,
    classified: 0,
  };
  const read = await readLines(
    path,
    "VCF",
    (line, number) => {
      checkHeader(line, number);
      if (reading.columnLine !== undefined && line !== "") readRecord(line, number, reading, options);
      else if (isColumnLine(line)) reading.columnLine = readColumnLine(line, number).text;
      else if (line.startsWith("##")) {
        const meta = metaLine(line);
        if (meta !== undefined) readMeta(meta, reading, file, options);
      } else if (line !== "") throw new InputError(`a record stands before the #CHROM column line: ${quoted(line)}`);
    },
    options.onProgress,
  );
  if (reading.contig !== undefined) options.onSequence(reading.contig, reading.rows);
  checkUse(path, reading, options.contigs);
  const version = `ClinVar ${reading.date?.replace(/\s/g, "_") ?? read.sha256.slice(0, 12)}`;
  return { file: { file, ...read, version }, alleles: reading.alleles, leftOut: reading.leftOut };
}
