/**
 * Writes `anchors.tsv`: where the leftmost coding transcript of a gene begins, for genes that their transcripts do not fill.
 *
 *     node --import ./plan/program/source/register.js runtime/annotator/reference/build/measure-anchors.ts grch38.txt
 *
 * The argument is a list of exons of GRCh38 (name of the gene, chromosome, strand, first and last base, first bases of the exons,
 * their last bases): GENCODE 24's, as the PyPI package spliceai 1.3.1 has it in `annotations/`. Nothing of it is kept but the one
 * coordinate that it proves.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { readGenes, type SourceGene } from "./genes.ts";
import { extentOf, slackOf } from "./place.ts";
import { readTranscripts, type SourceTranscripts } from "./transcripts.ts";

/** Edges of exons that must agree. */
const edgesMin = 2;

interface Exons {
  readonly chromosome: string;
  readonly strand: string;
  readonly firsts: readonly number[];
  readonly lasts: readonly number[];
}

const numbers = (text = ""): number[] => text.split(",").filter(Boolean).map(Number);

function readExons(path: string): ReadonlyMap<string, Exons> {
  const lines = readFileSync(path, "utf8").split("\n");
  return new Map(
    lines
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const [symbol = "", chromosome = "", strand = "", , , firsts, lasts] = line.split("\t");
        // First bases are counted from 0 there.
        return [symbol, { chromosome, strand, firsts: numbers(firsts).map((at) => at + 1), lasts: numbers(lasts) }];
      }),
  );
}

/** How often each shift makes an edge of `offsets` one of `edges`. */
function countShifts(counts: Map<number, number>, edges: readonly number[], offsets: readonly number[]): void {
  for (const edge of edges) {
    for (const offset of offsets) counts.set(edge - offset, (counts.get(edge - offset) ?? 0) + 1);
  }
}

/** The shift that most edges of one transcript agree on, if only one is the best. */
function shiftOf(gene: SourceGene, own: SourceTranscripts, exons: Exons): number | undefined {
  const extent = extentOf(own);
  const slack = slackOf(gene, extent);
  const most = new Map<number, number>();
  for (const transcript of own.transcripts) {
    const counts = new Map<number, number>();
    countShifts(
      counts,
      exons.firsts,
      transcript.exons.map(([first]) => first),
    );
    countShifts(
      counts,
      exons.lasts,
      transcript.exons.map(([, last]) => last),
    );
    for (const [shift, edges] of counts) most.set(shift, Math.max(edges, most.get(shift) ?? 0));
  }
  const within = (shift: number) => {
    const beyond = shift + extent[0] - gene.start;
    return beyond >= 0 && beyond <= slack;
  };
  const [best, second] = [...most].filter(([shift]) => within(shift)).sort((a, b) => b[1] - a[1]);
  return best === undefined || best[1] < edgesMin || best[1] === second?.[1] ? undefined : best[0];
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("the list of exons is missing");
const exonsBySymbol = readExons(path);
const transcripts = readTranscripts();
const counts = { filledAgrees: 0, filledDiffers: 0, anchored: 0, atFirst: 0, atLast: 0, none: 0 };
const rows: string[] = [];
for (const gene of readGenes().genes) {
  const own = transcripts.get(gene.symbol);
  const exons = exonsBySymbol.get(gene.symbol);
  if (own === undefined) continue;
  const extent = extentOf(own);
  const slack = slackOf(gene, extent);
  if (slack < 0) continue;
  const sameGene = exons?.chromosome === gene.chromosome && exons.strand === own.strand;
  if (slack === 0) {
    // Not in the file; it tells how far the rule and the list agree.
    const wide = { ...gene, start: gene.start - 1_000_000, end: gene.end + 1_000_000 };
    const shift = sameGene ? shiftOf(wide, own, exons) : undefined;
    if (shift !== undefined) counts[shift === gene.start - extent[0] ? "filledAgrees" : "filledDiffers"] += 1;
    continue;
  }
  const shift = sameGene ? shiftOf(gene, own, exons) : undefined;
  if (shift === undefined) {
    counts.none += 1;
    continue;
  }
  const first = shift + extent[0];
  counts.anchored += 1;
  if (first === gene.start) counts.atFirst += 1;
  else if (first === gene.start + slack) counts.atLast += 1;
  rows.push(`${gene.id}\t${first}`);
}
writeFileSync(
  new URL("anchors.tsv", import.meta.url),
  [
    "# First base (GRCh38, 1-based) of the leftmost coding transcript, for genes that their coding transcripts do not fill.",
    "# Made by measure-anchors.ts: the place at which most edges of exons are those of GENCODE 24.",
    ...rows.sort(),
    "",
  ].join("\n"),
);
console.log(counts);
