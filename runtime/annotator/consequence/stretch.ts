/**
 * Positions around one at which the terms of a transcript for a changed base are the same: up to the next place where an exon, what
 * is translated, or a rule of `classify.ts` begins or ends.
 */
import { nearbyBases } from "../reference/transcript-index.ts";
import type { TranscriptTable } from "../reference/transcripts.ts";
import { exonFrom, regionBases, regionExonBases, siteBases } from "./classify.ts";

/** Positions from `first` to `last`. */
export interface Stretch {
  first: number;
  last: number;
}

/** Ends the stretch where something begins at `bound`. */
function cut(stretch: Stretch, position: number, bound: number): void {
  if (bound > position) {
    if (bound <= stretch.last) stretch.last = bound - 1;
  } else if (bound > stretch.first) stretch.first = bound;
}

/** Ends the stretch at the bounds of an exon and of the introns beside it. */
function cutByExon(stretch: Stretch, position: number, first: number, last: number): void {
  cut(stretch, position, first - regionBases);
  cut(stretch, position, first - siteBases);
  cut(stretch, position, first);
  cut(stretch, position, first + regionExonBases);
  cut(stretch, position, last + 1 - regionExonBases);
  cut(stretch, position, last + 1);
  cut(stretch, position, last + 1 + siteBases);
  cut(stretch, position, last + 1 + regionBases);
}

/** Narrows a stretch around `position` to where the transcript's terms do not change. */
export function narrow(stretch: Stretch, table: TranscriptTable, row: number, position: number): void {
  const start = table.first[row] as number;
  const end = table.last[row] as number;
  cut(stretch, position, start - nearbyBases);
  cut(stretch, position, start);
  cut(stretch, position, end + 1);
  cut(stretch, position, end + 1 + nearbyBases);
  if (position < start || position > end) return;
  const codingFirst = table.codingFirst[row] as number;
  const codingLast = table.codingLast[row] as number;
  if (codingLast >= codingFirst) {
    cut(stretch, position, codingFirst);
    cut(stretch, position, codingLast + 1);
  }
  // Exons may be short: outward until none can end the stretch any more.
  const { exonFirst, exonLast } = table;
  const begin = table.exonsFrom[row] as number;
  const stop = table.exonsFrom[row + 1] as number;
  const here = exonFrom(table, row, position);
  for (let exon = here; exon < stop && (exonFirst[exon] as number) - regionBases <= stretch.last; exon += 1) {
    cutByExon(stretch, position, exonFirst[exon] as number, exonLast[exon] as number);
  }
  for (let exon = here - 1; exon >= begin && (exonLast[exon] as number) + 1 + regionBases > stretch.first; exon -= 1) {
    cutByExon(stretch, position, exonFirst[exon] as number, exonLast[exon] as number);
  }
}
