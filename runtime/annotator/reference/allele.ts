/** A change of the genome: 1-based position of the first base of `ref`. */
export interface Allele {
  readonly position: number;
  readonly ref: string;
  readonly alt: string;
}

/**
 * The smallest way to write an allele without the genome: bases that `ref` and `alt` share are dropped, from the end first,
 * then from the start, and one base of each is kept. Two records that name one change by different padding (as one of several
 * alleles of a site often does) become equal. Shifting an insertion or deletion further left than its own `ref` reaches needs
 * the genome's sequence (see `indel.ts`). Takes as long as the shorter of the two.
 *
 * @param ref and `alt`: upper-case.
 */
export function trimmed(position: number, ref: string, alt: string): Allele {
  if (ref.length === 1 && alt.length === 1) return { position, ref, alt };
  let endRef = ref.length;
  let endAlt = alt.length;
  while (endRef > 1 && endAlt > 1 && ref.charCodeAt(endRef - 1) === alt.charCodeAt(endAlt - 1)) {
    endRef -= 1;
    endAlt -= 1;
  }
  let start = 0;
  while (start < endRef - 1 && start < endAlt - 1 && ref.charCodeAt(start) === alt.charCodeAt(start)) start += 1;
  return { position: position + start, ref: ref.slice(start, endRef), alt: alt.slice(start, endAlt) };
}
