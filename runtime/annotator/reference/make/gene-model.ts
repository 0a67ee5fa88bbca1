/**
 * Features of one sequence → genes with their transcripts, in the dialects of Ensembl, GENCODE and NCBI's RefSeq.
 *
 * GFF3 says what belongs together by `ID` and `Parent`, GTF by `gene_id` and `transcript_id`. Some files leave levels out: a GTF
 * may have no lines of genes and transcripts; RefSeq has a translated part that belongs to its gene directly (mitochondria), which
 * is a transcript without untranslated bases. Exons are the file's or, of a transcript without any, its translated and
 * untranslated parts together. The translated region reaches from the first base of CDS and `stop_codon` to the last: GTF does not
 * count the stop codon as CDS, GFF3 does.
 */
import type { Dialect, Feature } from "./gff.ts";
import { basesOf, extentOf, merged, type Span } from "./spans.ts";

export interface ModelTranscript {
  /** `201` of a transcript that is named `TP53-201`; else its id, with its version where the file has one. */
  readonly label: string;
  readonly exons: readonly Span[];
  /** Bases of the exons within it are translated; absent: none is. */
  readonly coding?: Span;
  readonly reverse: boolean;
  readonly nonsenseMediatedDecay: boolean;
}

export interface ModelGene {
  readonly symbol: string;
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly coding: boolean;
  /** The canonical one first. */
  readonly transcripts: readonly ModelTranscript[];
}

interface OpenTranscript {
  /** Its own line, or the first of its parts. */
  head: Feature;
  /** Whether `head` is its own line. */
  named: boolean;
  readonly exons: Span[];
  readonly translated: Span[];
  readonly untranslated: Span[];
  /** Parts say different strands (spliced from several places) or none: where it lies cannot be told by columns. */
  unplaced: boolean;
}

interface OpenGene {
  head: Feature;
  named: boolean;
  readonly transcripts: Map<string, OpenTranscript>;
}

export interface GeneModel {
  add(feature: Feature): void;
  /** Genes by start; those without an exon have no transcripts. */
  genes(): ModelGene[];
  /** Exons or translated parts so far. */
  readonly parts: number;
}

const isGene = (type: string): boolean => type === "pseudogene" || /(^|_)gene$/.test(type);
const partKinds: Readonly<Record<string, "exons" | "translated" | "untranslated">> = {
  exon: "exons",
  CDS: "translated",
  stop_codon: "translated",
  five_prime_UTR: "untranslated",
  three_prime_UTR: "untranslated",
  five_prime_utr: "untranslated",
  three_prime_utr: "untranslated",
  UTR: "untranslated",
  "5UTR": "untranslated",
  "3UTR": "untranslated",
};

/** Lower is more canonical. */
function rankOf({ head }: OpenTranscript): number {
  const tags = head.all("tag").join("|");
  if (/Ensembl_canonical/.test(tags)) return 0;
  if (/MANE[_ ]Select/.test(tags)) return 1;
  return /RefSeq Select/.test(tags) ? 2 : 3;
}

const biotypeOf = ({ get }: Feature): string | undefined =>
  get("transcript_biotype") ?? get("transcript_type") ?? get("biotype");

const withoutPrefix = (id: string | undefined): string | undefined => id?.replace(/^(gene|transcript|rna)[:-]/, "");

function symbolOf({ head }: OpenGene): string {
  const { get } = head;
  return get("gene_name") ?? get("gene") ?? get("Name") ?? withoutPrefix(get("gene_id") ?? get("ID")) ?? "";
}

function geneIdOf({ head }: OpenGene): string {
  const number = [...head.all("Dbxref"), ...head.all("db_xref")].find((reference) => /^GeneID:\d+$/.test(reference));
  return (
    head.get("gene_id")?.match(/^ENS\w*G\d+(\.\d+)?/)?.[0] ??
    number ??
    withoutPrefix(head.get("gene_id") ?? head.get("ID")) ??
    ""
  );
}

/** What a transcript is called beside its gene's symbol. */
function labelOf({ head, named }: OpenTranscript, symbol: string, id: string): string {
  const { get } = head;
  const name = get("transcript_name") ?? (named ? get("Name") : undefined);
  if (name?.startsWith(`${symbol}-`) && /^\d+$/.test(name.slice(symbol.length + 1))) {
    return name.slice(symbol.length + 1);
  }
  const own =
    withoutPrefix(get("transcript_id")) ??
    (named ? withoutPrefix(get("ID")) : get("protein_id")) ??
    withoutPrefix(id) ??
    id;
  const version = get("transcript_version") ?? (own.startsWith("ENS") ? get("version") : undefined);
  return version === undefined || /\.\d+$/.test(own) ? own : `${own}.${version}`;
}

/** What is placed of an open transcript; `undefined`: nothing. */
function transcriptOf(open: OpenTranscript, symbol: string, id: string): ModelTranscript | undefined {
  const { head, exons, translated, untranslated, unplaced } = open;
  const all = merged(exons.length > 0 ? [...exons] : [...translated, ...untranslated]);
  const extent = extentOf(all);
  if (unplaced || extent === undefined || head.strand === undefined) return undefined;
  const biotype = biotypeOf(head);
  const coding = extentOf(translated);
  return {
    label: labelOf(open, symbol, id),
    exons: all,
    // Not translated in the reference genome, by its biotype's definition.
    ...(coding === undefined || biotype === "protein_coding_LoF"
      ? {}
      : { coding: [Math.max(coding[0], extent[0]), Math.min(coding[1], extent[1])] as const }),
    reverse: head.strand === "-",
    nonsenseMediatedDecay: biotype === "nonsense_mediated_decay",
  };
}

/** Transcripts of a gene, the canonical one first: as the file marks it, else the one of which most is translated. */
function ordered(gene: OpenGene, symbol: string): ModelTranscript[] {
  const placed = [...gene.transcripts].flatMap(([id, open]) => {
    const transcript = transcriptOf(open, symbol, id);
    return transcript === undefined
      ? []
      : [{ transcript, rank: rankOf(open), translated: basesOf(merged(open.translated)) }];
  });
  const [first] = [...placed].sort(
    (a, b) =>
      a.rank - b.rank ||
      b.translated - a.translated ||
      basesOf(b.transcript.exons) - basesOf(a.transcript.exons) ||
      (a.transcript.label < b.transcript.label ? -1 : 1),
  );
  return placed
    .map(({ transcript }) => transcript)
    .sort((a, b) => Number(b === first?.transcript) - Number(a === first?.transcript));
}

function geneOf(open: OpenGene): ModelGene {
  const symbol = symbolOf(open);
  const transcripts = ordered(open, symbol);
  const { head, named } = open;
  const parts = transcripts.flatMap(({ exons }) => exons);
  const [start, end] = named ? [head.start, head.end] : (extentOf(parts) ?? [head.start, head.end]);
  const biotype = head.get("gene_biotype") ?? head.get("gene_type") ?? (named ? head.get("biotype") : undefined);
  const coding = biotype === "protein_coding" || transcripts.some((transcript) => transcript.coding !== undefined);
  return { symbol, id: geneIdOf(open), start, end, coding, transcripts };
}

/** Features are kept by what they belong to; one that comes before its parent waits for it. */
export function createGeneModel(dialect: () => Dialect | undefined): GeneModel {
  const genes = new Map<string, OpenGene>();
  const transcripts = new Map<string, OpenTranscript>();
  const orphans: (readonly [parent: string, feature: Feature])[] = [];
  let parts = 0;

  function geneAt(id: string, head: Feature, named: boolean): OpenGene {
    const known = genes.get(id);
    if (known !== undefined) return named && !known.named ? Object.assign(known, { head, named }) : known;
    const gene: OpenGene = { head, named, transcripts: new Map() };
    genes.set(id, gene);
    return gene;
  }

  function transcriptAt(gene: OpenGene, id: string, head: Feature, named: boolean): OpenTranscript {
    let open = gene.transcripts.get(id);
    if (open === undefined) {
      open = { head, named, exons: [], translated: [], untranslated: [], unplaced: false };
      gene.transcripts.set(id, open);
      transcripts.set(id, open);
    } else if (named && !open.named) Object.assign(open, { head, named });
    return open;
  }

  function addPart(open: OpenTranscript, { type, start, end, strand }: Feature): void {
    const kind = partKinds[type];
    if (kind === undefined) return;
    open[kind].push([start, end]);
    if (strand !== open.head.strand) open.unplaced = true;
  }

  /** @returns whether the parent is there. */
  function addUnder(parent: string, feature: Feature): boolean {
    const transcript = transcripts.get(parent);
    const isPart = partKinds[feature.type] !== undefined;
    if (transcript !== undefined) {
      addPart(transcript, feature);
      return true;
    }
    const gene = genes.get(parent);
    if (gene === undefined) return false;
    if (isPart) addPart(transcriptAt(gene, parent, feature, false), feature);
    else transcriptAt(gene, feature.get("ID") ?? `${parent}/${feature.type}/${feature.start}`, feature, true);
    return true;
  }

  function addGff3(feature: Feature): void {
    const id = feature.get("ID");
    if (isGene(feature.type) && id !== undefined) geneAt(id, feature, true);
    else for (const parent of feature.all("Parent")) if (!addUnder(parent, feature)) orphans.push([parent, feature]);
  }

  function addGtf(feature: Feature): void {
    const geneId = feature.get("gene_id");
    const transcriptId = feature.get("transcript_id");
    if (geneId === undefined) return;
    const gene = geneAt(geneId, feature, feature.type === "gene");
    if (feature.type === "gene" || transcriptId === undefined || transcriptId === "") return;
    addPart(transcriptAt(gene, transcriptId, feature, feature.type === "transcript"), feature);
  }

  return {
    get parts() {
      return parts;
    },
    add(feature) {
      if (feature.type === "exon" || feature.type === "CDS") parts += 1;
      if (dialect() === "GTF") addGtf(feature);
      else addGff3(feature);
    },
    genes() {
      // Transcripts first: parts of theirs may wait as well.
      const isPart = ([, { type }]: (typeof orphans)[number]) => Number(partKinds[type] !== undefined);
      for (const [parent, feature] of [...orphans].sort((a, b) => isPart(a) - isPart(b))) addUnder(parent, feature);
      return [...genes.values()]
        .map(geneOf)
        .sort((a, b) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1));
    },
  };
}
