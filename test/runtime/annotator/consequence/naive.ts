/**
 * Consequences by location, told base by base: each base of a transcript has names, and a change has those of its bases. Slow, and
 * written from the definitions of the Sequence Ontology's terms, not from the annotator's code.
 */
import { type TermSet, terms } from "../../../../runtime/annotator/consequence/terms.ts";

interface Intron {
  readonly first: number;
  readonly last: number;
  /** Whether something is spliced there. */
  readonly spliced: boolean;
}

export interface NaiveTranscript {
  readonly introns: readonly Intron[];
  readonly exons: readonly (readonly [first: number, last: number])[];
  /** Undefined: not translated. */
  readonly coding: readonly [first: number, last: number] | undefined;
  readonly reverse: boolean;
  readonly nonsenseMediated: boolean;
}

export interface NaiveChange {
  /** First replaced base, and what replaces how many bases; nothing replaced: it is inserted before `first`. */
  readonly first: number;
  readonly deleted: number;
  readonly inserted: number;
}

/** What a base of a transcript may be; a set of roles is their sum. */
const role = {
  coding: 1,
  left: 2,
  right: 4,
  noncoding: 8,
  siteLeft: 16,
  siteRight: 32,
  intron: 64,
  repair: 128,
  region: 256,
} as const;
type Role = (typeof role)[keyof typeof role];

/** Introns between exons; those of at most 12 bases are no introns of the cell. */
export const intronsOf = (exons: NaiveTranscript["exons"]): Intron[] =>
  exons.slice(1).map(([next], index) => {
    const [first, last] = [(exons[index]?.[1] as number) + 1, next - 1];
    return { first, last, spliced: last - first + 1 > 12 };
  });

function rolesOf({ exons, introns, coding }: NaiveTranscript, base: number): number {
  let roles = 0;
  for (const [first, last] of exons) {
    if (base < first || base > last) continue;
    if (coding === undefined) roles |= role.noncoding;
    else roles |= base < coding[0] ? role.left : base > coding[1] ? role.right : role.coding;
  }
  for (const { first, last, spliced } of introns) {
    // 1, 2, 3 … into the intron; 0, -1, -2 … into the exon.
    const fromLeft = base - first + 1;
    const fromRight = last - base + 1;
    const isIn = fromLeft >= 1 && fromRight >= 1;
    if (isIn && !spliced) roles |= role.repair;
    if (!spliced) continue;
    if (fromLeft === 1 || fromLeft === 2) roles |= role.siteLeft;
    if (fromRight === 1 || fromRight === 2) roles |= role.siteRight;
    if (isIn && fromLeft > 2 && fromRight > 2) roles |= role.intron;
    if ((fromLeft >= 3 && fromLeft <= 8) || (fromLeft <= 0 && fromLeft >= -2)) roles |= role.region;
    if ((fromRight >= 3 && fromRight <= 8) || (fromRight <= 0 && fromRight >= -2)) roles |= role.region;
  }
  return roles;
}

const bits = new Map(terms.map((term, rank) => [term, 1 << rank]));
const bit = (term: (typeof terms)[number]): TermSet => bits.get(term) as number;

function codingTerm({ deleted, inserted }: NaiveChange): TermSet {
  if (deleted === inserted) return bit("coding_sequence_variant");
  if (Math.abs(inserted - deleted) % 3 > 0) return bit("frameshift_variant");
  return bit(inserted > deleted ? "inframe_insertion" : "inframe_deletion");
}

const utr = (transcript: NaiveTranscript, side: "left" | "right"): TermSet =>
  bit((side === "left") !== transcript.reverse ? "5_prime_UTR_variant" : "3_prime_UTR_variant");

const site = (transcript: NaiveTranscript, side: "left" | "right"): TermSet =>
  bit((side === "left") !== transcript.reverse ? "splice_donor_variant" : "splice_acceptor_variant");

/** Of what is inserted between two bases of the transcript. */
function ofInsertion(transcript: NaiveTranscript, change: NaiveChange): TermSet {
  const [before, after] = [rolesOf(transcript, change.first - 1), rolesOf(transcript, change.first)];
  const both = (wanted: Role) => (before & after & wanted) !== 0;
  let found = 0;
  if (transcript.exons.some(([first, last]) => change.first - 1 >= first && change.first <= last)) {
    if (both(role.noncoding)) found |= bit("non_coding_transcript_exon_variant");
    else if (both(role.coding)) found |= codingTerm(change);
    else found |= utr(transcript, (before & role.left) !== 0 ? "left" : "right");
  }
  for (const { first, last, spliced } of transcript.introns) {
    const depth = change.first - first; // bases of the intron before it
    const rest = last - change.first + 1; // and behind it
    if (depth < 0 || rest < 0) {
      const inExon = (bases: number) => bases === -1 || bases === -2;
      if (spliced && (inExon(depth) || inExon(rest))) found |= bit("splice_region_variant");
      continue;
    }
    if (!spliced) {
      found |= bit("intron_variant");
      continue;
    }
    if (depth === 1) found |= site(transcript, "left");
    if (rest === 1) found |= site(transcript, "right");
    if (depth >= 2 && rest >= 2) found |= bit("intron_variant");
    if ([depth, rest].some((bases) => bases === 0 || (bases >= 2 && bases <= 7))) found |= bit("splice_region_variant");
  }
  return found;
}

/** Of bases that are replaced, some of them of the transcript. */
function ofReplaced(transcript: NaiveTranscript, change: NaiveChange): TermSet {
  let some = 0;
  let all = -1;
  for (let base = change.first; base < change.first + change.deleted; base += 1) {
    const roles = rolesOf(transcript, base);
    some |= roles;
    all &= roles;
  }
  let found = 0;
  if (some & role.coding) found |= all & role.coding ? codingTerm(change) : bit("coding_sequence_variant");
  if (some & role.left) found |= utr(transcript, "left");
  if (some & role.right) found |= utr(transcript, "right");
  if (some & role.noncoding) found |= bit("non_coding_transcript_exon_variant");
  if (some & role.siteLeft) found |= site(transcript, "left");
  if (some & role.siteRight) found |= site(transcript, "right");
  if (some & (role.intron | role.repair)) found |= bit("intron_variant");
  if (some & role.region) found |= bit("splice_region_variant");
  return found;
}

/** Terms of the transcript for the change, 0 for none. */
export function naiveTerms(transcript: NaiveTranscript, change: NaiveChange): TermSet {
  const start = transcript.exons[0]?.[0] as number;
  const end = transcript.exons.at(-1)?.[1] as number;
  const last = change.first + change.deleted - 1;
  const insertion = change.deleted === 0;
  const isBefore = insertion ? change.first <= start : last < start;
  const isBehind = change.first > end;
  if (isBefore) {
    const distance = start - last;
    if (distance > 5_000) return 0;
    return bit(transcript.reverse ? "downstream_gene_variant" : "upstream_gene_variant");
  }
  if (isBehind) {
    if (change.first - end > 5_000) return 0;
    return bit(transcript.reverse ? "upstream_gene_variant" : "downstream_gene_variant");
  }
  let found: TermSet;
  if (change.inserted < change.deleted && change.first <= start && last >= end) found = bit("transcript_ablation");
  else found = insertion ? ofInsertion(transcript, change) : ofReplaced(transcript, change);
  if (found & (bit("splice_donor_variant") | bit("splice_acceptor_variant"))) found &= ~bit("splice_region_variant");
  if (transcript.nonsenseMediated) found |= bit("NMD_transcript_variant");
  if (transcript.coding === undefined && found & bit("intron_variant")) found |= bit("non_coding_transcript_variant");
  return found;
}
