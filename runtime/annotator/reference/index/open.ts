/**
 * A reference of one's own, as `annofarm reference build` makes it. At start only the head of its index is read; columns of a
 * sequence are, when a file first has a record on it.
 */
import { join } from "node:path";
import { indexFile } from "../../../contract/reference.ts";
import { type ClinvarEntry, type ClinvarIndex, originsOf } from "../clinvar.ts";
import { createGeneIndex, type GeneIndex } from "../genes.ts";
import type { ChromosomeReference, Reference } from "../load.ts";
import { createTranscriptIndex, type TranscriptIndex } from "../transcript-index.ts";
import { readChromosome } from "../transcripts.ts";
import { createAlleleIndex } from "./alleles.ts";
import { type IndexFile, openIndex } from "./file.ts";
import type { SourceFile } from "./format.ts";
import { readGenes } from "./genes.ts";
import { createNames } from "./names.ts";

/** Texts that alleles have in common, by their number. */
function createTexts({ head, columns }: IndexFile): (number: string | undefined) => string {
  let texts: readonly string[] | undefined;
  return (number = "") => {
    texts ??= columns(head.texts).rest().toString("latin1").split("\n");
    return texts[Number(number)] ?? "";
  };
}

/** Values of a row of ClinVar, in the order in which `make/clinvar.ts` writes them. */
function entryOf(values: readonly string[], textOf: (number: string | undefined) => string): ClinvarEntry {
  const [id = "", significance, review, conditions, mondo, consequences, type, origin, exacFrequency = "", rs = ""] =
    values;
  return {
    id,
    significance: textOf(significance),
    reviewStatus: textOf(review),
    conditions: textOf(conditions),
    mondoIds: textOf(mondo),
    consequences: textOf(consequences),
    type: textOf(type),
    origins: originsOf(Number(origin)),
    exacFrequency,
    rs,
  };
}

const nothing: ClinvarIndex = { find: () => undefined, nextFrom: () => Number.POSITIVE_INFINITY };

function sequenceOf(file: IndexFile, name: string, textOf: ReturnType<typeof createTexts>): ChromosomeReference {
  const { head, columns } = file;
  const [genes, alleles] = [head.genes[name], head.clinvar[name]];
  const made: { genes?: GeneIndex; transcripts?: TranscriptIndex; clinvar?: ClinvarIndex } = {};

  function readBoth() {
    if (genes === undefined) {
      made.genes = createGeneIndex([]);
      made.transcripts = createTranscriptIndex(
        [],
        readChromosome({ bytes: new Uint8Array(0), transcripts: 0, exons: 0 }, []),
      );
      return;
    }
    const read = readGenes(columns(genes), genes);
    made.genes = createGeneIndex(read.genes);
    made.transcripts = createTranscriptIndex(read.genes, read.transcripts);
  }

  function readAlleles(): ClinvarIndex {
    if (alleles === undefined) return nothing;
    const index = createAlleleIndex(columns(alleles), alleles.alleles);
    return {
      nextFrom: index.nextFrom,
      find(allele) {
        const values = index.find(allele);
        return values === undefined ? undefined : entryOf(values, textOf);
      },
    };
  }

  return {
    get genes() {
      if (made.genes === undefined) readBoth();
      return made.genes as GeneIndex;
    },
    get transcripts() {
      if (made.transcripts === undefined) readBoth();
      return made.transcripts as TranscriptIndex;
    },
    get clinvar() {
      made.clinvar ??= readAlleles();
      return made.clinvar;
    },
  };
}

const sourceOf = ({ version, sha256 }: SourceFile) => ({ version, sha256 });

/**
 * @param directory that `annofarm reference build` has made.
 * @throws when it has no whole index in it.
 */
export function openReference(directory: string): Reference {
  const file = openIndex(join(directory, indexFile));
  const { assembly, contigs, sources, genes, clinvar } = file.head;
  const contigOf = createNames(assembly, contigs);
  const lengths = new Map(contigs.map(({ name, length }) => [name, length]));
  const textOf = createTexts(file);
  const sequences = new Map(
    contigs
      .filter(({ name }) => Object.hasOwn(genes, name) || Object.hasOwn(clinvar, name))
      .map(({ name }) => [name, sequenceOf(file, name, textOf)] as const),
  );
  return {
    assembly,
    genes: sourceOf(sources.genes),
    transcripts: sourceOf(sources.genes),
    ...(sources.clinvar === undefined
      ? {}
      : { clinvar: { ...sourceOf(sources.clinvar), scope: `all alleles of ${sources.clinvar.file} are known here` } }),
    ...(sources.fasta === undefined ? {} : { placements: true }),
    chromosome: (name) => sequences.get(name),
    nameOf: (name) => contigOf(name) ?? name,
    lengthOf: (name) => lengths.get(name),
  };
}
