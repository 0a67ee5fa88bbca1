/**
 * Insertions and deletions in a repeat, which a record may place anywhere in it. Placing one a base further right turns its bases by
 * one: `CAG` in `…CAGCAG…` is `AGC` there and then `GCA`. So one place, the bases there and how far it may move say every other,
 * without the genome.
 */
import type { Allele } from "./allele.ts";

export interface Indel {
  /** First of the bases that are deleted, or the base that the inserted ones come before. */
  readonly position: number;
  readonly bases: string;
  readonly inserted: boolean;
}

/** The insertion or deletion that an allele is; `undefined` when it is none, or replaces bases besides. */
export function indelOf({ position, ref, alt }: Allele): Indel | undefined {
  if (ref.length === alt.length) return undefined;
  const inserted = alt.length > ref.length;
  const [shorter, longer] = inserted ? [ref, alt] : [alt, ref];
  if (longer.startsWith(shorter)) {
    return { position: position + shorter.length, bases: longer.slice(shorter.length), inserted };
  }
  // The base kept may stand behind, as at the beginning of a sequence.
  if (!longer.endsWith(shorter)) return undefined;
  return { position, bases: longer.slice(0, longer.length - shorter.length), inserted };
}

/** Whether `bases`, turned by `turns`, are `other`. */
export function isTurned(bases: string, turns: number, other: string): boolean {
  if (bases.length !== other.length) return false;
  const cut = turns % bases.length;
  return other.startsWith(bases.slice(cut)) && other.endsWith(bases.slice(0, cut));
}
