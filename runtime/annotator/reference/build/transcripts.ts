/** Transcripts as `ideogram` has them from Ensembl: exons and untranslated regions, without a place on the chromosome. */
import { linesOf } from "./source.ts";

/** First and last base, both inclusive. */
export type Span = readonly [first: number, last: number];

export interface SourceTranscript {
  /** `201` of `TP53-201`. */
  readonly number: number;
  readonly biotype: "protein_coding" | "nonsense_mediated_decay" | "non_stop_decay" | "protein_coding_LoF";
  /** By position; 0 is the base that all offsets of the gene are counted from. */
  readonly exons: readonly Span[];
  /** Bases of the exons within it are translated; absent: none is. */
  readonly coding?: Span;
}

export interface SourceTranscripts {
  /** Undefined: they are of several genes with one symbol, on both strands. */
  readonly strand: "+" | "-" | undefined;
  /** The canonical one first. */
  readonly transcripts: readonly SourceTranscript[];
}

const biotypes = ["protein_coding", "nonsense_mediated_decay", "non_stop_decay", "protein_coding_LoF"] as const;
const parts = { fivePrime: 0, exon: 1, threePrime: 2 } as const;

const basesOf = (spans: readonly Span[]): number => spans.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** What lies between the untranslated regions. @throws when that is not all of the exons' other bases. */
function codingSpan(name: string, exons: readonly Span[], left: readonly Span[], right: readonly Span[]): Span {
  const first = left.length > 0 ? Math.max(...left.map(([, last]) => last)) + 1 : (exons[0]?.[0] ?? 0);
  const last = right.length > 0 ? Math.min(...right.map(([start]) => start)) - 1 : (exons.at(-1)?.[1] ?? 0);
  const coding = exons.map(([from, to]): Span => [Math.max(from, first), Math.min(to, last)]);
  const translated = basesOf(coding.filter(([from, to]) => from <= to));
  if (translated + basesOf(left) + basesOf(right) !== basesOf(exons)) {
    throw new Error(`transcript ${name}: exons are not the sum of translated and untranslated regions`);
  }
  return [first, last];
}

function transcriptOf(line: string) {
  const [name = "", offset, biotypeCode, strand, ...features] = line.split("\t");
  const dash = name.lastIndexOf("-");
  const spansOf = (part: number) =>
    features
      .map((feature) => feature.split(";").map(Number))
      .filter(([code]) => code === part)
      .map(([, start = 0, length = 0]): Span => [Number(offset) + start, Number(offset) + start + length]);
  const biotype = biotypes[Number(biotypeCode)];
  if (biotype === undefined || (strand !== "+" && strand !== "-")) {
    throw new Error(`transcript ${name}: biotype or strand is none that is known`);
  }
  const exons = spansOf(parts.exon);
  const [left, right] = strand === "+" ? [parts.fivePrime, parts.threePrime] : [parts.threePrime, parts.fivePrime];
  const coding = codingSpan(name, exons, spansOf(left), spansOf(right));
  const transcript: SourceTranscript = {
    number: Number(name.slice(dash + 1)),
    biotype,
    exons,
    // Not translated in the reference genome, by its biotype's definition.
    ...(biotype === "protein_coding_LoF" ? {} : { coding }),
  };
  return { symbol: name.slice(0, dash), strand, transcript } as const;
}

/** By symbol of the gene. @throws for a file that is not what this module knows. */
export function readTranscripts(): ReadonlyMap<string, SourceTranscripts> {
  const lines = linesOf("gene-structures/homo-sapiens-gene-structures.tsv.gz");
  const keys = lines.find((line) => line.startsWith("## biotype keys:"));
  if (keys !== `## biotype keys: ${biotypes.map((name, code) => `${code} = ${name}`).join(", ")}`) {
    throw new Error("gene structure cache: biotypes have other codes");
  }
  const found = new Map<string, { strand: "+" | "-" | undefined; transcripts: SourceTranscript[] }>();
  for (const line of lines.filter((each) => !each.startsWith("#"))) {
    const { symbol, strand, transcript } = transcriptOf(line);
    const gene = found.get(symbol);
    if (gene === undefined) found.set(symbol, { strand, transcripts: [transcript] });
    else {
      if (gene.strand !== strand) gene.strand = undefined;
      gene.transcripts.push(transcript);
    }
  }
  return found;
}
