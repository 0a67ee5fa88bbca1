/**
 * What a file's beginning tells of it before it is uploaded: samples, sequences, first records, assembly, and mistakes. The rules are
 * those that the annotator reads the whole file by, and so are the words. Runs in browsers, too.
 */
import { chromosomeName } from "./assembly/chromosome.ts";
import { type AssemblyWitness, createAssemblyWitness } from "./assembly/evidence.ts";
import { lengthOf, ours, sequenceOfAccession } from "./assembly/known.ts";
import { ourAssembly } from "./assembly/own.ts";
import { assemblyForecast, because, beyondTheEnd, isBeyondTheEnd, otherForecast } from "./assembly/words.ts";
import {
  type ColumnLine,
  checkHeaderEnded,
  checkLateHeaderLine,
  fixedColumns,
  isColumnLine,
  readColumnLine,
  readHeaderLine,
} from "./header.ts";
import { InputError } from "./input-error.ts";
import { endOfText } from "./line-end.ts";
import { metaLine } from "./meta-line.ts";
import type { Prefix } from "./prefix.ts";
import { cutInLine, isWholeWithoutEnd, nameObjection, nulByte, wrongColumns } from "./record.ts";
import { siteOf } from "./site.ts";
import { createTabs, type Tabs } from "./tabs.ts";

/** What is wrong in one line: the value, and what was expected, in words. */
export interface Mistake {
  /** 1-based, of the uncompressed text. */
  readonly line: number;
  readonly reason: string;
  /** Annotating the file would fail; otherwise only this record is left out of the result or without annotations. */
  readonly fatal: boolean;
}

/** Which assembly the positions are of. */
interface AssemblyGuess {
  /** `undefined`: nothing tells. */
  readonly name: string | undefined;
  /** Whether it is the one that is annotated. */
  readonly ours: boolean;
  /** What tells it. */
  readonly because: string;
  /** What the user should know of it. */
  readonly notes: readonly string[];
}

export interface Preview {
  readonly compression: Prefix["compression"];
  readonly samples: readonly string[];
  /** Whether the header ends within what has been looked at. */
  readonly headerEnds: boolean;
  /** Sequences that the header declares. */
  readonly contigs: number;
  /** Names in CHROM, in order of appearance; at most `sequencesMax`. */
  readonly sequences: readonly string[];
  /** CHROM, POS, ID, REF and ALT of the first records. */
  readonly rows: readonly (readonly string[])[];
  /** How many have been looked at. */
  readonly records: number;
  /** Whether these are all. */
  readonly complete: boolean;
  readonly assembly: AssemblyGuess;
  /** In the order of their lines, at most `mistakesMax`. */
  readonly mistakes: readonly Mistake[];
}

const recordsMax = 1_000;
const rowsMax = 5;
const rowColumns = 5;
const sequencesMax = 12;
const mistakesMax = 10;

/** One character for each byte → text as it is read. */
const decoded = (latin1: string): string =>
  new TextDecoder().decode(Uint8Array.from(latin1, (character) => character.charCodeAt(0)));

/** Why the file is none that could be annotated, if its first line tells: the one mistake that is refused before an upload. */
export const refusalOf = ({ mistakes }: Preview): Mistake | undefined =>
  mistakes.find(({ line, fatal }) => line === 1 && fatal);

/** What is known of the file so far. */
interface Sight {
  line: number;
  columnLine: ColumnLine | undefined;
  contigs: number;
  records: number;
  /** The text has been read to its end. */
  complete: boolean;
  /** An accession in CHROM that only our assembly has. */
  proof: string | undefined;
  readonly witness: AssemblyWitness;
  readonly sequences: Set<string>;
  readonly rows: string[][];
  readonly mistakes: Mistake[];
}

export function previewOf({ compression, text, complete, damage }: Prefix): Preview {
  const sight: Sight = {
    line: 0,
    columnLine: undefined,
    contigs: 0,
    records: 0,
    complete: false,
    proof: undefined,
    witness: createAssemblyWitness(ourAssembly),
    sequences: new Set(),
    rows: [],
    mistakes: [],
  };
  const mistaken = (error: unknown, line: number) => {
    if (!(error instanceof InputError)) throw error;
    sight.mistakes.push({ line: error.line ?? line, reason: error.message, fatal: true });
  };
  try {
    readLines(sight, text, complete);
    if (sight.complete) checkHeaderEnded(sight.line, sight.columnLine);
  } catch (error) {
    mistaken(error, sight.line);
  }
  if (damage !== undefined) mistaken(damage, sight.line + 1);
  return {
    compression,
    samples:
      sight.columnLine?.text
        .split("\t")
        .slice(fixedColumns + 1)
        .map(decoded) ?? [],
    headerEnds: sight.columnLine !== undefined,
    contigs: sight.contigs,
    sequences: [...sight.sequences].map(decoded),
    rows: sight.rows.map((row) => row.map(decoded)),
    records: sight.records,
    complete: sight.complete,
    assembly: guessOf(sight),
    mistakes: sight.mistakes.slice(0, mistakesMax),
  };
}

/** @throws {InputError} */
function readLines(sight: Sight, text: string, complete: boolean): void {
  const tabs = createTabs(text);
  for (let start = 0; start < text.length; ) {
    if (sight.records === recordsMax) return;
    const feed = text.indexOf("\n", start);
    if (feed < 0 && !complete) return;
    const end = endOfText(text, start, feed < 0 ? text.length : feed);
    sight.line += 1;
    readLine(sight, text, { start, end, tabs, finished: feed >= 0 });
    start = feed < 0 ? text.length : feed + 1;
  }
  sight.complete = complete;
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly tabs: Tabs;
  /** A line end follows. */
  readonly finished: boolean;
}

/** @throws {InputError} */
function readLine(sight: Sight, text: string, at: Line): void {
  const line = text.slice(at.start, at.end);
  const { columnLine } = sight;
  if (line.includes("\0") && (sight.line > 1 || line.startsWith("#"))) throw nulByte(line, sight.line);
  if (columnLine === undefined) readHeader(sight, line);
  else if (line.startsWith("#")) checkLateHeaderLine(line, columnLine, sight.line);
  else if (line !== "") readRecord(sight, text, at, columnLine);
}

/** @throws {InputError} */
function readHeader(sight: Sight, text: string): void {
  const line = readHeaderLine(text, sight.line);
  if (isColumnLine(line)) {
    sight.columnLine = readColumnLine(line, sight.line);
    return;
  }
  if (metaLine(line)?.key.toLowerCase() === "contig") sight.contigs += 1;
  sight.witness.hear(line, sight.line);
}

/** @throws {InputError} */
function readRecord(sight: Sight, text: string, { start, end, tabs, finished }: Line, columnLine: ColumnLine): void {
  const line = text.slice(start, end);
  const fits = tabs.find(start, end) && tabs.columns === columnLine.columns;
  if (!finished && !(fits && isWholeWithoutEnd(line.split("\t")))) throw cutInLine(line, columnLine.text, sight.line);
  if (!fits) throw wrongColumns(line, columnLine.text, sight.line);
  sight.records += 1;
  if (sight.rows.length < rowsMax) sight.rows.push(line.split("\t", rowColumns));
  const name = text.slice(start, tabs.chrom);
  const wrongName = nameObjection(name);
  if (wrongName !== undefined) throw new InputError(wrongName, sight.line);
  if (sight.sequences.size < sequencesMax) sight.sequences.add(name);
  const site = siteOf(text, tabs, sight.line);
  if (!("position" in site)) {
    sight.mistakes.push({ line: sight.line, reason: site.detail, fatal: false });
    return;
  }
  const accession = sequenceOfAccession(name);
  if (accession?.assemblies.includes(ours)) sight.proof ??= name;
  const length = lengthOf(chromosomeName(name));
  if (length !== undefined && isBeyondTheEnd(site.position, length)) {
    sight.mistakes.push({ line: sight.line, reason: beyondTheEnd(site.position, length, ours), fatal: false });
  }
}

function guessOf({ witness, proof, sequences }: Sight): AssemblyGuess {
  const finding = witness.finding();
  if (finding.assembly === undefined && proof !== undefined) {
    return { name: ours, ours: true, because: `accessions in CHROM (${proof})`, notes: [] };
  }
  const [other] = [...sequences].flatMap((name) => sequenceOfAccession(name)?.assemblies ?? []);
  if (finding.assembly === undefined && other !== undefined) {
    return { name: other, ours: false, because: "accessions in CHROM", notes: [otherForecast(other, ours)] };
  }
  return {
    name: finding.assembly,
    ours: finding.assembly === ours,
    because: because(finding),
    notes: assemblyForecast(finding, ours),
  };
}
