/** Genes as `ideogram` has them from Ensembl. */
import { collator, linesOf } from "./source.ts";

export interface SourceGene {
  readonly chromosome: string;
  /** 1-based, both inclusive. */
  readonly start: number;
  readonly end: number;
  /** `ENSG00000012048` */
  readonly id: string;
  readonly symbol: string;
}

export interface SourceGenes {
  /** Release of Ensembl. */
  readonly release: string;
  /** By chromosome, then by position. */
  readonly genes: readonly SourceGene[];
}

/** @throws when the file does not say which release it is of. */
export function readGenes(): SourceGenes {
  const source = linesOf("genes/homo-sapiens-genes.tsv.gz");
  const release = /release-(\d+)/.exec(source.find((line) => line.includes("Derived from")) ?? "")?.[1];
  const prefix = /^## prefix: (\w+)/.exec(source.find((line) => line.startsWith("## prefix")) ?? "")?.[1];
  if (release === undefined || prefix === undefined) throw new Error("gene cache: release or id prefix not found");
  const genes = source
    .filter((line) => !line.startsWith("#"))
    .map((line) => {
      const [chromosome = "", start, length, slimId = "", symbol = ""] = line.split("\t");
      // `length` is last base minus first: BRCA1 is 43044295 + 125950 = 43170245, its last base in Ensembl 110.
      const end = Number(start) + Number(length);
      return { chromosome, start: Number(start), end, id: `${prefix}${slimId.padStart(11, "0")}`, symbol };
    })
    .sort((a, b) => collator.compare(a.chromosome, b.chromosome) || a.start - b.start || a.end - b.end);
  return { release, genes };
}
