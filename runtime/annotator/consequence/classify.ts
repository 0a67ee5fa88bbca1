/** Consequences of one change for one transcript, by where it lies. */
import { nearbyBases } from "../reference/transcript-index.ts";
import { type TranscriptTable, transcriptFlags } from "../reference/transcripts.ts";
import type { Change } from "./change.ts";
import { type TermSet, termBit } from "./terms.ts";

/** Bases of an intron that the splice site is, and the last one that its region reaches to. */
export const siteBases = 2;
export const regionBases = 8;
/** Bases of an exon beside an intron that belong to the region. */
export const regionExonBases = 3;
/** An intron of so many bases or fewer repairs an error of the reference sequence: nothing is spliced there. */
const repairBases = 12;

const sites = termBit.splice_acceptor_variant | termBit.splice_donor_variant;

/** First exon of the row whose last base is not before `position`. */
export function exonFrom({ exonsFrom, exonLast }: TranscriptTable, row: number, position: number): number {
  let low = exonsFrom[row] as number;
  let high = exonsFrom[row + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((exonLast[middle] as number) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Terms for a place outside the transcript: which side, if near. */
function beside({ first, last }: Change, start: number, end: number, reverse: boolean): TermSet {
  if (last < start) {
    if (start - last > nearbyBases) return 0;
    return reverse ? termBit.downstream_gene_variant : termBit.upstream_gene_variant;
  }
  if (first - end > nearbyBases) return 0;
  return reverse ? termBit.upstream_gene_variant : termBit.downstream_gene_variant;
}

const isInsertion = ({ first, last }: Change): boolean => last < first;

/** Whether the change overlaps `from`–`to`: an insertion does when it lies between two of its bases. */
const overlaps = ({ first, last }: Change, from: number, to: number): boolean => last >= from && first <= to;

/** Whether the change touches untranslated bases of an exon. What is inserted beside translated bases is not translated. */
const touchesLeft = (change: Change, from: number, to: number): boolean =>
  isInsertion(change) ? change.last <= to : overlaps(change, from, to);
const touchesRight = (change: Change, from: number, to: number): boolean =>
  isInsertion(change) ? change.first >= from : overlaps(change, from, to);

/** Terms for an exon. */
function ofExon(table: TranscriptTable, row: number, exon: number, change: Change, reverse: boolean): TermSet {
  const first = table.exonFirst[exon] as number;
  const last = table.exonLast[exon] as number;
  if (!overlaps(change, first, last)) return 0;
  const codingFirst = table.codingFirst[row] as number;
  const codingLast = table.codingLast[row] as number;
  if (codingLast < codingFirst) return termBit.non_coding_transcript_exon_variant;
  let found: TermSet = 0;
  const from = Math.max(first, codingFirst);
  const to = Math.min(last, codingLast);
  if (from <= to && overlaps(change, from, to)) {
    const within = change.first >= from && change.last <= to;
    found |= within ? change.whenCoding : termBit.coding_sequence_variant;
  }
  const leftTo = Math.min(last, codingFirst - 1);
  if (first <= leftTo && touchesLeft(change, first, leftTo)) {
    found |= reverse ? termBit["3_prime_UTR_variant"] : termBit["5_prime_UTR_variant"];
  }
  const rightFrom = Math.max(first, codingLast + 1);
  if (rightFrom <= last && touchesRight(change, rightFrom, last)) {
    found |= reverse ? termBit["5_prime_UTR_variant"] : termBit["3_prime_UTR_variant"];
  }
  return found;
}

/** Terms for an intron and the bases of exons beside it. */
function ofIntron(first: number, last: number, change: Change, reverse: boolean): TermSet {
  const insertion = isInsertion(change);
  const atEdge = insertion && (change.first === first || change.last === last);
  if (last - first < repairBases) return atEdge || overlaps(change, first, last) ? termBit.intron_variant : 0;
  let found: TermSet = 0;
  if (overlaps(change, first, first + siteBases - 1)) {
    found |= reverse ? termBit.splice_acceptor_variant : termBit.splice_donor_variant;
  }
  if (overlaps(change, last - siteBases + 1, last)) {
    found |= reverse ? termBit.splice_donor_variant : termBit.splice_acceptor_variant;
  }
  const behindSite = insertion && (change.first === first + siteBases || change.last === last - siteBases);
  if (behindSite || overlaps(change, first + siteBases, last - siteBases)) found |= termBit.intron_variant;
  const inRegion =
    overlaps(change, first + siteBases, first + regionBases - 1) ||
    overlaps(change, last - regionBases + 1, last - siteBases) ||
    overlaps(change, first - regionExonBases, first - 1) ||
    overlaps(change, last + 1, last + regionExonBases);
  return behindSite || atEdge || inRegion ? found | termBit.splice_region_variant : found;
}

/** Terms by the exons and introns that the change reaches. */
function ofParts(table: TranscriptTable, row: number, change: Change, reverse: boolean): TermSet {
  const begin = table.exonsFrom[row] as number;
  const stop = table.exonsFrom[row + 1] as number;
  const right = Math.max(change.first, change.last);
  let found: TermSet = 0;
  // From the exon before the first one reached, whose intron may be reached.
  let exon = Math.max(begin, exonFrom(table, row, Math.min(change.first, change.last)) - 1);
  for (; exon < stop && (table.exonFirst[exon] as number) <= right; exon += 1) {
    found |= ofExon(table, row, exon, change, reverse);
    if (exon + 1 === stop) break;
    const intron = (table.exonLast[exon] as number) + 1;
    found |= ofIntron(intron, (table.exonFirst[exon + 1] as number) - 1, change, reverse);
  }
  return (found & sites) === 0 ? found : found & ~termBit.splice_region_variant;
}

/** Terms of one transcript (a row of the table) for a change; 0 when it is not near. */
export function termsOf(table: TranscriptTable, row: number, change: Change): TermSet {
  const start = table.first[row] as number;
  const end = table.last[row] as number;
  const flags = table.flags[row] as number;
  const reverse = (flags & transcriptFlags.reverse) !== 0;
  if (!overlaps(change, start, end)) return beside(change, start, end, reverse);
  const translated = (table.codingLast[row] as number) >= (table.codingFirst[row] as number);
  const whole = change.whenWhole !== 0 && change.first <= start && change.last >= end;
  let found = whole ? change.whenWhole : ofParts(table, row, change, reverse) | change.partly;
  if (!whole && change.first >= start && change.last <= end) found |= change.inside;
  if ((flags & transcriptFlags.nonsenseMediatedDecay) !== 0) found |= termBit.NMD_transcript_variant;
  if (translated) return found;
  // Of a transcript that is not translated.
  if ((found & (termBit.intron_variant | termBit.coding_transcript_variant)) !== 0) {
    found |= termBit.non_coding_transcript_variant;
  }
  return found & ~termBit.coding_transcript_variant;
}
