/** A genome of a FASTA file, by the names of the genes' sequences. */
import { basename } from "node:path";
import { InputError, quoted } from "../../../../vcf/input-error.ts";
import type { Allele } from "../../allele.ts";
import type { SourceFile } from "../../index/format.ts";
import type { Contigs } from "../contigs.ts";
import type { ReadProgress } from "../lines.ts";
import { type Genome, type PlacedAllele, placeAllele } from "../place-allele.ts";
import { SourceError } from "../source-error.ts";
import { type FastaSequence, indexFasta } from "./index.ts";
import { openRandomAccess } from "./random-access.ts";

export interface OpenGenome {
  readonly file: SourceFile;
  /** @throws {InputError} when the allele's REF is not what the sequence has there. */
  place(contig: string, allele: Allele): PlacedAllele;
  close(): void;
}

/** The sequences that the genes have as well. @throws {SourceError} when there is none, or one has another length. */
function sequencesOf(path: string, all: readonly FastaSequence[], contigs: Contigs, assembly: string) {
  const found = new Map<string, FastaSequence>();
  const [own] = contigs.all();
  for (const sequence of all) {
    const contig = contigs.find(sequence.name, assembly);
    if (contig === undefined) continue;
    try {
      contigs.setLength(contig, sequence.bases, basename(path));
    } catch (error) {
      throw error instanceof InputError ? new SourceError(path, undefined, error.message, { cause: error }) : error;
    }
    found.set(contig, sequence);
  }
  if (found.size > 0) return found;
  throw new SourceError(
    path,
    undefined,
    `no sequence is one of the genes: the first here is ${quoted(all[0]?.name ?? "none")}, the first there ${quoted(own?.name ?? "none")}`,
  );
}

/** Whether a base of the genome may be the one of an allele: where the genome has a code for several, any. */
const fits = (base: string, wanted: string): boolean => base === wanted || !/[ACGT]/.test(base);

/** @throws {InputError} */
function checkRef(genome: Genome, file: string, contig: string, { position, ref }: Allele): void {
  const there = genome.bases(contig, position, position + ref.length - 1);
  if (there.length === ref.length && [...ref].every((base, at) => fits(there[at] as string, base))) return;
  throw new InputError(
    `REF is ${quoted(ref)} at position ${position} of sequence ${contig}, where ${file} has ${quoted(there)}; the files are of different assemblies`,
  );
}

/** @throws {SourceError} */
export async function openGenome(
  path: string,
  contigs: Contigs,
  assembly: string,
  onProgress: ReadProgress,
): Promise<OpenGenome> {
  const file = basename(path);
  const text = openRandomAccess(path);
  try {
    const { sequences, read } = await indexFasta(path, onProgress);
    const known = sequencesOf(path, sequences, contigs, assembly);
    const genome: Genome = {
      bases(contig, from, to) {
        const sequence = known.get(contig);
        if (sequence === undefined)
          throw new InputError(`sequence ${contig} is not in ${file}; give the FASTA of all sequences`);
        const { bases, at, lineBases, lineBytes } = sequence;
        const last = Math.min(to, bases);
        if (last < from) return "";
        const placeOf = (base: number) => at + Math.floor(base / lineBases) * lineBytes + (base % lineBases);
        const begin = placeOf(from - 1);
        return text
          .read(begin, placeOf(last - 1) + 1 - begin)
          .toString("latin1")
          .replace(/[\r\n]+/g, "")
          .toUpperCase();
      },
    };
    return {
      file: { file, ...read, version: `${assembly} ${read.sha256.slice(0, 12)}` },
      place(contig, allele) {
        checkRef(genome, file, contig, allele);
        return placeAllele(genome, contig, allele);
      },
      close: text.close,
    };
  } catch (error) {
    text.close();
    throw error;
  }
}
