/** Where an allele may be written, by the sequence around it. */
import { type Allele, trimmed } from "../allele.ts";
import { type Indel, indelOf } from "../indel.ts";

/** A genome's sequence, upper case. */
export interface Genome {
  /** Bases `from` to `to` of a sequence, 1-based and inclusive; fewer where it ends. */
  bases(contig: string, from: number, to: number): string;
}

export interface PlacedAllele {
  /** As far left as the sequence lets it be. */
  readonly allele: Allele;
  /** The rightmost position at which it may be written. */
  readonly last: number;
}

/** Bases looked at at a time. */
const stretch = 256;

/** Reads single bases, a stretch at a time in the direction in which they are asked for. */
function createBaseReader(genome: Genome, contig: string, step: -1 | 1): (at: number) => string | undefined {
  let around = "";
  let from = 0;
  return (at) => {
    if (at < 1) return undefined;
    if (at < from || at >= from + around.length) {
      from = Math.max(1, step === 1 ? at : at - stretch + 1);
      around = genome.bases(contig, from, from + stretch - 1);
    }
    return around[at - from];
  };
}

/** How many bases further an indel may be placed: −1 to the left, 1 to the right. */
function roomFor(genome: Genome, contig: string, { position, bases, inserted }: Indel, step: -1 | 1): number {
  const baseAt = createBaseReader(genome, contig, step);
  // The base that it would take in, next to it: behind deleted bases, but where inserted ones stand.
  const first = step === -1 ? position - 1 : position + (inserted ? 0 : bases.length);
  for (let count = 0; ; count += 1) {
    const turn = count % bases.length;
    // The base that it would leave, at its other end.
    const leaves = bases[step === -1 ? bases.length - 1 - turn : turn];
    if (baseAt(first + count * step) !== leaves) return count;
  }
}

/** The bases of an indel that is placed further left. */
function turnedLeft(bases: string, count: number): string {
  const cut = bases.length - (count % bases.length);
  return bases.slice(cut) + bases.slice(0, cut);
}

/** @param allele trimmed, its REF as the sequence has it. */
export function placeAllele(genome: Genome, contig: string, allele: Allele): PlacedAllele {
  const indel = indelOf(allele);
  if (indel === undefined) return { allele, last: allele.position };
  const { inserted } = indel;
  const toLeft = roomFor(genome, contig, indel, -1);
  const position = indel.position - toLeft;
  const bases = turnedLeft(indel.bases, toLeft);
  // Written with the base before it, or at the beginning of the sequence with the one behind it.
  const keptAt = position > 1 ? position - 1 : inserted ? 1 : bases.length + 1;
  const kept = genome.bases(contig, keptAt, keptAt);
  const longer = position > 1 ? kept + bases : bases + kept;
  const [ref, alt] = inserted ? [kept, longer] : [longer, kept];
  return {
    allele: trimmed(position > 1 ? position - 1 : 1, ref, alt),
    last: indel.position - 1 + roomFor(genome, contig, indel, 1),
  };
}
