/** What an allele does to the reference, as far as its place tells consequences. */
import { trimmed } from "../reference/allele.ts";
import { type TermSet, termBit } from "./terms.ts";

export interface Change {
  /** First and last base that is replaced. Nothing is replaced by an insertion: `first` is then the base after it, `last` before. */
  readonly first: number;
  readonly last: number;
  /** Where it lies within translated bases of one exon. */
  readonly whenCoding: TermSet;
  /** In place of all else where it covers a transcript from end to end; 0: that tells nothing by itself. */
  readonly whenWhole: TermSet;
  /** Besides what the place tells: where it covers a part of a transcript, and where it does not reach beyond it. */
  readonly partly: TermSet;
  readonly inside: TermSet;
}

const { coding_sequence_variant, frameshift_variant, inframe_insertion, inframe_deletion } = termBit;

function codingTerm(deleted: number, inserted: number): TermSet {
  if (deleted === inserted) return coding_sequence_variant;
  if ((inserted - deleted) % 3 !== 0) return frameshift_variant;
  return inserted > deleted ? inframe_insertion : inframe_deletion;
}

/** The change that an allele of bases is. @param ref and `alt`: upper-case. */
export function changeOf(position: number, ref: string, alt: string): Change {
  let { position: first, ref: before, alt: after } = trimmed(position, ref, alt);
  // The one base that an insertion or deletion keeps is no part of the change.
  if (before.length !== after.length && before.charCodeAt(0) === after.charCodeAt(0)) {
    first += 1;
    before = before.slice(1);
    after = after.slice(1);
  }
  return {
    first,
    last: first + before.length - 1,
    whenCoding: codingTerm(before.length, after.length),
    whenWhole: after.length < before.length ? termBit.transcript_ablation : 0,
    partly: 0,
    inside: 0,
  };
}
