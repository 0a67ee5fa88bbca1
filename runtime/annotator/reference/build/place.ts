/**
 * Where a gene's transcripts lie on the chromosome.
 *
 * `ideogram` gives offsets from the first base of a transcript: of the gene's own leftmost coding one, or of another gene's whose
 * symbol begins alike (`RPS10` is counted from `RPS10-NUDT3`). It does not say which base that is. All transcripts of a gene share
 * it, so one number places them:
 *
 * - where they reach as far as the gene does, they fill it, and its first base is theirs;
 * - elsewhere the gene is longer, by transcripts that do not code and are not in the file, on either side. `anchors.tsv` says
 *   where the leftmost one begins (see `measure-anchors.ts`);
 * - a gene that is in neither case stays without transcripts: a wrong place would be a wrong answer.
 */
import { readFileSync } from "node:fs";
import type { SourceGene } from "./genes.ts";
import type { SourceTranscripts, Span } from "./transcripts.ts";

export type Placement =
  | { readonly kind: "filled" | "anchored" /** To be added to offsets. */; readonly shift: number }
  | { readonly kind: "unplaced"; readonly reason: string };

/** First and last offset of a gene's transcripts. */
export function extentOf({ transcripts }: Pick<SourceTranscripts, "transcripts">): Span {
  const exons = transcripts.flatMap((transcript) => transcript.exons);
  return [Math.min(...exons.map(([first]) => first)), Math.max(...exons.map(([, last]) => last))];
}

/** Bases of the gene beyond its transcripts: 0 when they fill it, negative when they cannot be its own. */
export const slackOf = (gene: SourceGene, [first, last]: Span): number => gene.end - gene.start - (last - first);

/** First base of the leftmost coding transcript, by Ensembl id. */
export function readAnchors(): ReadonlyMap<string, number> {
  const lines = readFileSync(new URL("anchors.tsv", import.meta.url), "utf8").split("\n");
  return new Map(
    lines
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const [id = "", first] = line.split("\t");
        return [id, Number(first)];
      }),
  );
}

/** @param others genes with the same symbol, such as the copies on X and Y. */
export function placeOf(
  gene: SourceGene,
  transcripts: SourceTranscripts,
  others: readonly SourceGene[],
  anchors: ReadonlyMap<string, number>,
): Placement {
  const extent = extentOf(transcripts);
  const slack = slackOf(gene, extent);
  if (transcripts.strand === undefined || others.some((other) => slackOf(other, extent) !== 0)) {
    return { kind: "unplaced", reason: "another gene has the same symbol" };
  }
  if (slack < 0) return { kind: "unplaced", reason: "the transcripts are longer than the gene" };
  if (slack === 0) return { kind: "filled", shift: gene.start - extent[0] };
  const anchor = anchors.get(gene.id);
  if (anchor === undefined) return { kind: "unplaced", reason: "nothing says where they begin" };
  return { kind: "anchored", shift: anchor - extent[0] };
}
