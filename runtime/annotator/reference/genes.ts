/**
 * Genes by position. The chromosome is cut at every gene's first and last base into segments in which the set of overlapping
 * genes does not change; a query is one binary search for its segment. Long genes with many nested ones cost nothing extra.
 */
export interface Stretch {
  readonly id: string;
  /** 1-based, both inclusive. */
  readonly start: number;
  readonly end: number;
}

export interface Gene extends Stretch {
  readonly symbol: string;
  /** Ensembl gene id; the symbol again where Ensembl has none to give. */
  readonly id: string;
}

/** Positions from `first` to `last` at each of which the same genes are. */
export interface GeneSegment<Item extends Stretch = Gene> {
  readonly genes: readonly Item[];
  readonly first: number;
  readonly last: number;
}

export interface GeneIndex<Item extends Stretch = Gene> {
  /**
   * Genes that overlap `start`–`end` (1-based, inclusive), by start. The same array object is returned for every query within
   * one segment, so that callers can keep what they derive from it.
   */
  overlapping(start: number, end: number): readonly Item[];
  /** The segment that holds `position`: its genes are those that `overlapping` returns for any part of it. */
  around(position: number): GeneSegment<Item>;
}

const none: readonly never[] = [];
/** VCF's last position. */
const positionMax = 2_147_483_647;
const byStart = (a: Stretch, b: Stretch) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1);

interface Segments<Item> {
  /** First positions of the segments. */
  readonly bounds: Int32Array;
  /** Genes of each. */
  readonly segments: readonly (readonly Item[])[];
}

function segmentsOf<Item extends Stretch>(genes: readonly Item[]): Segments<Item> {
  const sorted = [...genes].sort(byStart);
  const bounds = Int32Array.from(new Set(sorted.flatMap((gene) => [gene.start, gene.end + 1]))).sort();
  const segments: (readonly Item[])[] = [];
  let active: Item[] = [];
  let next = 0;
  for (const bound of bounds) {
    active = active.filter((gene) => gene.end >= bound);
    for (let gene = sorted[next]; gene !== undefined && gene.start === bound; gene = sorted[++next]) active.push(gene);
    segments.push(active.length === 0 ? none : [...active]);
  }
  return { bounds, segments };
}

/**
 * Made when it is first asked: a file may be of one chromosome.
 *
 * @param genes of one chromosome, in any order.
 */
export function createGeneIndex<Item extends Stretch>(genes: readonly Item[]): GeneIndex<Item> {
  let made: Segments<Item> | undefined;
  const get = (): Segments<Item> => {
    made ??= segmentsOf(genes);
    return made;
  };

  /** Index of the segment that holds `position`, −1 before the first. */
  const segmentOf = (bounds: Int32Array, position: number): number => {
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] as number) <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  return {
    overlapping(start, end) {
      const { bounds, segments } = get();
      const first = segmentOf(bounds, start);
      const nextBound = bounds[first + 1];
      if (nextBound === undefined || end < nextBound) return segments[first] ?? none;
      const found = new Set<Item>();
      for (let at = Math.max(first, 0); at < bounds.length && (bounds[at] as number) <= end; at += 1) {
        for (const gene of segments[at] ?? none) found.add(gene);
      }
      return found.size === 0 ? none : [...found].sort(byStart);
    },
    around(position) {
      const { bounds, segments } = get();
      const at = segmentOf(bounds, position);
      const next = bounds[at + 1];
      return {
        genes: segments[at] ?? none,
        first: bounds[at] ?? 0,
        last: next === undefined ? positionMax : next - 1,
      };
    },
  };
}
