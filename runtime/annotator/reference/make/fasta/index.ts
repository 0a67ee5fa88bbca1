/** Where each sequence of a FASTA file stands: its `.fai` index, read, or made as `samtools faidx` makes it. */
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { InputError, quoted } from "../../../../vcf/input-error.ts";
import { type ReadFile, type ReadProgress, readLines } from "../lines.ts";
import { SourceError } from "../source-error.ts";

export interface FastaSequence {
  readonly name: string;
  readonly bases: number;
  /** Of the first base, in the text. */
  readonly at: number;
  /** Of each line but the last. */
  readonly lineBases: number;
  /** With the line's end. */
  readonly lineBytes: number;
}

/** Reads the sequences' lines one after the other. */
function createScanner() {
  const sequences: FastaSequence[] = [];
  const names = new Set<string>();
  let open:
    | { name: string; bases: number; at: number; lineBases: number; lineBytes: number; short: boolean }
    | undefined;
  let at = 0;

  function begin(line: string, bytes: number): void {
    const name = /^>(\S+)/.exec(line)?.[1];
    if (name === undefined)
      throw new InputError(`${quoted(line)} was found; > and the name of a sequence was expected`);
    if (names.has(name)) throw new InputError(`sequence ${name} is there twice`);
    close();
    names.add(name);
    open = { name, bases: 0, at: at + bytes, lineBases: 0, lineBytes: 0, short: false };
  }

  function close(): void {
    if (open === undefined) return;
    const { short: _, ...sequence } = open;
    sequences.push(sequence);
  }

  return {
    sequences,
    close,
    read(line: string, number: number, bytes: number): void {
      if (number === 1 && /^##(fileformat=VCF|gff-version)/i.test(line)) {
        throw new InputError("this is no FASTA file; genes are given with --genes, variants with --clinvar");
      }
      if (line.startsWith(">")) begin(line, bytes);
      else if (open === undefined) {
        throw new InputError(`the file begins with ${quoted(line)}; > and the name of a sequence was expected`);
      } else {
        if (!/^[A-Za-z*-]*$/.test(line)) throw new InputError(`${quoted(line)} is not a sequence of bases`);
        if (open.short && line !== "") {
          throw new InputError(
            `a line of ${open.name} before this is shorter than others; fold the file by seqkit seq -w 60`,
          );
        }
        if (open.bases === 0) Object.assign(open, { lineBases: line.length, lineBytes: bytes });
        if (line.length > open.lineBases) {
          throw new InputError(
            `the line has ${line.length} bases and those before it ${open.lineBases}; fold the file by seqkit seq -w 60`,
          );
        }
        if (line.length < open.lineBases || bytes !== open.lineBytes) open.short = true;
        open.bases += line.length;
      }
      at += bytes;
    },
  };
}

function readIndex(path: string): FastaSequence[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      const [name = "", ...numbers] = line.split("\t");
      const [bases = 0, at = 0, lineBases = 0, lineBytes = 0] = numbers.map(Number);
      if (name === "" || numbers.length !== 4 || !numbers.every((text) => /^\d+$/.test(text))) {
        throw new SourceError(
          path,
          index + 1,
          `${quoted(line)} is no line of a .fai index; remove the file, and it is made again`,
        );
      }
      return { name, bases, at, lineBases, lineBytes };
    });
}

/** Beside the FASTA file, where that can be written. */
function keepIndex(path: string, sequences: readonly FastaSequence[]): void {
  const lines = sequences.map(({ name, bases, at, lineBases, lineBytes }) =>
    [name, bases, at, lineBases, lineBytes].join("\t"),
  );
  try {
    writeFileSync(`${path}.${process.pid}.part`, `${lines.join("\n")}\n`);
    renameSync(`${path}.${process.pid}.part`, path);
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** An index that is older than its file is of another. */
function isCurrent(index: string, fasta: string): boolean {
  const made = statSync(index, { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs >= statSync(fasta).mtimeMs;
}

/** @throws {SourceError} for a file that is no FASTA, or whose lines differ in length. */
export async function indexFasta(
  path: string,
  onProgress: ReadProgress,
): Promise<{ readonly sequences: readonly FastaSequence[]; readonly read: ReadFile }> {
  const index = `${path}.fai`;
  if (isCurrent(index, path)) {
    const sequences = readIndex(index);
    // Its digest is told all the same.
    return { sequences, read: await readLines(path, "FASTA", () => {}, onProgress) };
  }
  const scanner = createScanner();
  const read = await readLines(path, "FASTA", scanner.read, onProgress);
  scanner.close();
  keepIndex(index, scanner.sequences);
  return { sequences: scanner.sequences, read };
}
