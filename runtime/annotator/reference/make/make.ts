/**
 * Makes a reference of files of one's own: `index.bin`, which the annotator reads, and `manifest.json`, which says what is in it.
 * Files are read once, one after the other; in memory is what belongs to one sequence.
 */
import { accessSync, constants, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { indexFile, manifestFile } from "../../../contract/reference.ts";
import { assembliesNamed } from "../../../vcf/assembly/names.ts";
import type { Allele } from "../allele.ts";
import { alleleBytes } from "../index/alleles.ts";
import type { AlleleColumns, GeneColumns, IndexHead, ManifestFile, ReferenceManifest } from "../index/format.ts";
import { geneBytes } from "../index/genes.ts";
import { createIndexWriter, type IndexWriter } from "../index/writer.ts";
import { type ClinvarSourceFile, createTextNumbers, readClinvar, type TextNumbers } from "./clinvar.ts";
import { type Contigs, createContigs } from "./contigs.ts";
import { type OpenGenome, openGenome } from "./fasta/genome.ts";
import type { ModelGene } from "./gene-model.ts";
import { geneTable } from "./gene-table.ts";
import { type GeneSource, readGeneFile } from "./genes.ts";
import type { PlacedAllele } from "./place-allele.ts";
import { SourceError } from "./source-error.ts";

export interface ReferenceFiles {
  /** GFF3 or GTF. */
  readonly genes: string;
  /** ClinVar's VCF file; omitted: no ClinVar fields. */
  readonly clinvar?: string;
  /** The genome's FASTA file, plain or bgzip; omitted: indels are found only where the files have them. */
  readonly fasta?: string;
  /** Omitted: what the file of genes says. */
  readonly assembly?: string;
  /** Directory, made if it is not there. */
  readonly output: string;
}

export interface MadeReference {
  readonly manifest: ManifestFile;
  /** What the maker should know of the files, in words. */
  readonly notes: readonly string[];
}

/** @param file that is being read. */
export type MakeProgress = (file: string, bytes: number, of: number) => void;

/** The name by which an assembly is known here, where it is (`GRCh37.p13` is `GRCh37`); else as it was given. */
function assemblyName(given: string): string {
  const known = assembliesNamed(given);
  return known.length === 1 ? (known[0] as string) : given;
}

/** @throws {SourceError} */
function assemblyOf({ genes, assembly }: ReferenceFiles, source: GeneSource): string {
  if (assembly !== undefined) {
    const [given, said] = [assemblyName(assembly), assemblyName(source.assembly ?? assembly)];
    if (given === said || assembliesNamed(said).length !== 1) return given;
    throw new SourceError(genes, undefined, `the file is of ${said}, and --assembly says ${given}`);
  }
  if (source.assembly !== undefined) return assemblyName(source.assembly);
  throw new SourceError(genes, undefined, "nothing in the file says which assembly it is of; name it with --assembly");
}

async function writeGenes(files: ReferenceFiles, contigs: Contigs, writer: IndexWriter, onProgress: MakeProgress) {
  const sections: Record<string, GeneColumns> = {};
  const counts = { genes: 0, transcripts: 0, withoutTranscripts: 0 };
  function write(contig: string, genes: readonly ModelGene[]): void {
    const { counts: own, ...table } = geneTable(genes);
    sections[contig] = { ...writer.append(geneBytes(table)), ...own };
    counts.genes += own.genes;
    counts.transcripts += own.transcripts;
    counts.withoutTranscripts += genes.filter(({ transcripts }) => transcripts.length === 0).length;
  }
  const file = basename(files.genes);
  const source = await readGeneFile(files.genes, contigs, write, (...read) => onProgress(file, ...read));
  return { source, sections, counts };
}

interface ClinvarWork {
  readonly path: string;
  readonly contigs: Contigs;
  readonly assembly: string;
  readonly texts: TextNumbers;
  readonly genome: OpenGenome | undefined;
  readonly writer: IndexWriter;
  readonly onProgress: MakeProgress;
}

const asItStands = (_: string, allele: Allele): PlacedAllele => ({ allele, last: allele.position });

async function writeClinvar({ path, genome, writer, onProgress, ...options }: ClinvarWork) {
  const sections: Record<string, AlleleColumns> = {};
  const file = basename(path);
  const source = await readClinvar(path, {
    ...options,
    place: genome?.place ?? asItStands,
    onSequence(contig, rows) {
      if (rows.count === 0) return;
      sections[contig] = { ...writer.append(alleleBytes(rows.table())), alleles: rows.count };
    },
    onProgress: (...read) => onProgress(file, ...read),
  });
  return { source, sections };
}

function notesOf(
  manifest: ReferenceManifest,
  withoutTranscripts: number,
  clinvar: ClinvarSourceFile | undefined,
): string[] {
  const unmeasured = manifest.contigs.filter(({ length }) => length === undefined).length;
  return [
    ...(withoutTranscripts > 0 ? [`${withoutTranscripts} genes have no transcript with exons on one strand`] : []),
    ...(clinvar !== undefined && clinvar.leftOut > 0
      ? [
          `${clinvar.leftOut} alleles of ${clinvar.file.file} were left out: symbolic ones, and those on sequences that the genes do not have`,
        ]
      : []),
    ...(unmeasured > 0
      ? [
          `no file says how long ${unmeasured} of the ${manifest.contigs.length} sequences are, so that a file of another assembly cannot be told by lengths; GFF3 or a FASTA says it`,
        ]
      : []),
  ];
}

/** The manifest appears when the index is in its place. */
function writeManifest(output: string, manifest: ManifestFile): void {
  const path = join(output, manifestFile);
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, `${JSON.stringify(manifest, undefined, 2)}\n`);
  renameSync(part, path);
}

/** Reads the files one after the other, and writes what each has. */
async function readAll(files: ReferenceFiles, writer: IndexWriter, onProgress: MakeProgress) {
  const contigs = createContigs();
  const texts = createTextNumbers();
  const genes = await writeGenes(files, contigs, writer, onProgress);
  const assembly = assemblyOf(files, genes.source);
  const { clinvar: path, fasta } = files;
  const genome =
    fasta === undefined
      ? undefined
      : await openGenome(fasta, contigs, assembly, (...read) => onProgress(basename(fasta), ...read));
  try {
    const clinvar =
      path === undefined
        ? undefined
        : await writeClinvar({ path, contigs, assembly, texts, genome, writer, onProgress });
    return { contigs: contigs.all(), texts: texts.all(), assembly, genes, clinvar, fasta: genome?.file };
  } finally {
    genome?.close();
  }
}

/**
 * @throws {SourceError} for a file that is not what it should be: the file, its line, the value, and what was expected.
 */
export async function makeReference(
  files: ReferenceFiles,
  onProgress: MakeProgress = () => {},
): Promise<MadeReference> {
  // Told at once, and not after minutes of reading another.
  for (const path of [files.genes, files.clinvar, files.fasta]) {
    if (path !== undefined) accessSync(path, constants.R_OK);
  }
  mkdirSync(files.output, { recursive: true });
  const writer = createIndexWriter(join(files.output, indexFile));
  try {
    const { contigs, texts, assembly, genes, clinvar, fasta } = await readAll(files, writer, onProgress);
    const manifest: ReferenceManifest = {
      assembly,
      contigs,
      sources: {
        genes: genes.source.file,
        ...(clinvar === undefined ? {} : { clinvar: clinvar.source.file }),
        ...(fasta === undefined ? {} : { fasta }),
      },
      counts: {
        genes: genes.counts.genes,
        transcripts: genes.counts.transcripts,
        alleles: clinvar?.source.alleles ?? 0,
      },
    };
    const text = writer.append(Buffer.from(texts.join("\n"), "latin1"));
    const head: IndexHead = {
      ...manifest,
      texts: { ...text, count: texts.length },
      genes: genes.sections,
      clinvar: clinvar?.sections ?? {},
    };
    const index = { file: indexFile, ...writer.finish(head) };
    writeManifest(files.output, { ...manifest, index });
    const notes = notesOf(manifest, genes.counts.withoutTranscripts, clinvar?.source);
    return { manifest: { ...manifest, index }, notes };
  } catch (error) {
    writer.discard();
    throw error;
  }
}
