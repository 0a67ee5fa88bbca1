/** Genes, transcripts and sequences of a GFF3 or GTF file, sequence by sequence: in memory is what belongs to one. */
import { basename } from "node:path";
import { InputError, quoted } from "../../../vcf/input-error.ts";
import type { SourceFile } from "../index/format.ts";
import type { Contigs } from "./contigs.ts";
import { createGeneModel, type GeneModel, type ModelGene } from "./gene-model.ts";
import { createFeatureReader, type Feature, refuseOtherFile } from "./gff.ts";
import { type ReadProgress, readLines } from "./lines.ts";
import { SourceError } from "./source-error.ts";

export interface GeneSource {
  readonly file: SourceFile;
  /** As the file names it; `undefined`: it does not. */
  readonly assembly: string | undefined;
}

interface Described {
  assembly?: string;
  version?: string;
}

/** What a comment says of the whole file. */
function describe(line: string, described: Described): void {
  const [, key = "", value = ""] = /^#!?#?([\w-]+):?\s+(.+)$/.exec(line) ?? [];
  if (key === "genome-build" || key === "genome-version") described.assembly ??= value;
  if (key === "annotation-source") {
    described.version ??= `RefSeq ${value.replace(/^(NCBI )?(RefSeq )?/, "").replace(/\s+/g, "_")}`;
  }
  if (key === "description") {
    const [, assembly] = /\(([^)]+)\), version/.exec(value) ?? [];
    const [, version] = /, version (\S+)/.exec(value) ?? [];
    if (assembly !== undefined) described.assembly ??= assembly;
    if (version !== undefined) described.version ??= `GENCODE ${version}`;
  }
}

/** Ensembl says its release in the file's name alone: `Homo_sapiens.GRCh38.112.gff3.gz`. */
function fromName(file: string, described: Described): void {
  const [, assembly, release] = /^[A-Z][a-z]+_\w+\.(.+)\.(\d+)\.(?:chr\.)?(?:gff3|gtf)/.exec(file) ?? [];
  if (assembly !== undefined) described.assembly ??= assembly;
  if (release !== undefined) described.version ??= `Ensembl ${release}`;
}

/** What a feature that stands for its whole sequence says of that. */
function readSequence({ contig, type, start, end, ...feature }: Feature, contigs: Contigs, file: string): void {
  if (start !== 1 || !/^(region|chromosome|scaffold|supercontig|contig|primary_assembly)$/.test(type)) return;
  const { all, get } = feature;
  if (type === "region" && get("gbkey") !== "Src") return;
  contigs.setLength(contig, end, file);
  for (const alias of all("Alias")) contigs.addAlias(contig, alias);
  if (get("Is_circular") === "true") contigs.setCircular(contig);
  const genome = get("genome");
  const chromosome = genome === "mitochondrion" ? "MT" : genome === "chromosome" ? get("chromosome") : undefined;
  if (chromosome !== undefined) contigs.addAlias(contig, chromosome);
}

/** The pragma that says a sequence's length. */
function readRegion(line: string, contigs: Contigs, file: string): void {
  const [, name = "", start = "", end = ""] = /^##sequence-region\s+(\S+)\s+(\d+)\s+(\d+)/.exec(line) ?? [];
  if (name === "") throw new InputError(`${quoted(line)} was found; ##sequence-region NAME START END was expected`);
  if (start === "1") contigs.setLength(name, Number(end), file);
}

/** Calls `onSequence` with the genes of each sequence, once it is over. */
function createCollector(contigs: Contigs, onSequence: (contig: string, genes: readonly ModelGene[]) => void) {
  const reader = createFeatureReader();
  const over = new Set<string>();
  let open: { readonly contig: string; readonly model: GeneModel } | undefined;
  let parts = 0;

  function close(): void {
    if (open === undefined) return;
    const { contig, model } = open;
    parts += model.parts;
    over.add(contig);
    const genes = model.genes();
    if (genes.length > 0) onSequence(contig, genes);
    open = undefined;
  }

  function modelOf(contig: string): GeneModel {
    if (open?.contig === contig) return open.model;
    close();
    if (over.has(contig)) {
      throw new InputError(
        `sequence ${contig} begins again; sort the file by sequence, for example with sort -k1,1 -s`,
      );
    }
    contigs.add(contig);
    const model = createGeneModel(() => reader.dialect);
    open = { contig, model };
    return model;
  }

  return {
    read(line: string, file: string): void {
      const feature = reader.read(line);
      const model = modelOf(feature.contig);
      readSequence(feature, contigs, file);
      contigs.checkEnd(feature.contig, feature.end);
      model.add(feature);
    },
    close,
    get parts() {
      return parts;
    },
    get dialect() {
      return reader.dialect;
    },
  };
}

/**
 * @param onSequence told the genes of a sequence, by start.
 * @throws {SourceError}
 */
export async function readGeneFile(
  path: string,
  contigs: Contigs,
  onSequence: (contig: string, genes: readonly ModelGene[]) => void,
  onProgress: ReadProgress,
): Promise<GeneSource> {
  const file = basename(path);
  const described: Described = {};
  const collector = createCollector(contigs, onSequence);
  let ended = false;
  const read = await readLines(
    path,
    "GFF3 or GTF",
    (line, number) => {
      if (number === 1) refuseOtherFile(line);
      if (ended || line === "") return;
      if (line.startsWith("##FASTA")) ended = true;
      else if (line.startsWith("##sequence-region")) readRegion(line, contigs, file);
      else if (line.startsWith("#")) describe(line, described);
      else collector.read(line, file);
    },
    onProgress,
  );
  collector.close();
  if (collector.parts === 0) {
    throw new SourceError(
      path,
      undefined,
      "no feature is an exon or CDS; a file with genes, transcripts and exons was expected",
    );
  }
  fromName(file, described);
  const version = described.version ?? `${collector.dialect} ${read.sha256.slice(0, 12)}`;
  return { file: { file, ...read, version: version.trim() }, assembly: described.assembly };
}
