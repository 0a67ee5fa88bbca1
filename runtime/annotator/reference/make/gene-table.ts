/** Genes of a sequence as the index holds them. */
import { escaped } from "../escaped.ts";
import type { GeneColumns } from "../index/format.ts";
import type { GeneTable } from "../index/genes.ts";
import { transcriptFlags } from "../transcripts.ts";
import type { ModelGene, ModelTranscript } from "./gene-model.ts";

/** A name as it may stand between the separators of consequences and of INFO. */
const nameOf = (text: string): string =>
  escaped(text).replace(/[:|/&]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);

const column = <Item>(items: readonly Item[], value: (item: Item) => number): Int32Array =>
  Int32Array.from(items, value);

/** Where each one's items begin, and where the last one's end. */
function bounds(counts: readonly number[]): Int32Array {
  const from = new Int32Array(counts.length + 1);
  for (const [index, count] of counts.entries()) from[index + 1] = (from[index] as number) + count;
  return from;
}

function flagsOf({ reverse, nonsenseMediatedDecay }: ModelTranscript, isFirst: boolean): number {
  return (
    (reverse ? transcriptFlags.reverse : 0) |
    (isFirst ? transcriptFlags.canonical : 0) |
    (nonsenseMediatedDecay ? transcriptFlags.nonsenseMediatedDecay : 0)
  );
}

/** @param genes by start. */
export function geneTable(genes: readonly ModelGene[]): GeneTable & { counts: Omit<GeneColumns, "at" | "bytes"> } {
  const transcripts = genes.flatMap((gene) => gene.transcripts);
  const exons = transcripts.flatMap((transcript) => transcript.exons);
  const flags = genes.flatMap((gene) => gene.transcripts.map((transcript, index) => flagsOf(transcript, index === 0)));
  const lines = [
    // Ids stand in lists of INFO alone, where a colon may be: GeneID:7157.
    ...genes.map(({ symbol, id }) => `${nameOf(symbol)}\t${escaped(id)}`),
    ...transcripts.map(({ label }) => nameOf(label)),
  ];
  return {
    start: column(genes, ({ start }) => start),
    end: column(genes, ({ end }) => end),
    rowsFrom: bounds(genes.map((gene) => gene.transcripts.length)),
    coding: Uint8Array.from(genes, ({ coding }) => Number(coding)),
    transcripts: {
      first: column(transcripts, (each) => each.exons[0]?.[0] as number),
      last: column(transcripts, (each) => each.exons.at(-1)?.[1] as number),
      codingFirst: column(transcripts, ({ coding }) => coding?.[0] ?? 0),
      codingLast: column(transcripts, ({ coding }) => coding?.[1] ?? -1),
      flags: Uint8Array.from(flags),
      exonsFrom: bounds(transcripts.map((transcript) => transcript.exons.length)),
      exonFirst: column(exons, ([first]) => first),
      exonLast: column(exons, ([, last]) => last),
    },
    names: Buffer.from(lines.join("\n"), "latin1"),
    counts: { genes: genes.length, transcripts: transcripts.length, exons: exons.length },
  };
}
