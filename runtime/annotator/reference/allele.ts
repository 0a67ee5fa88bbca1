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
 * the genome's sequence: input that is not left-aligned is not matched. Bases are upper-cased.
 */
export function trimmed(position: number, ref: string, alt: string): Allele {
  const r = ref.toUpperCase();
  const a = alt.toUpperCase();
  if (r.length === 1 && a.length === 1) return { position, ref: r, alt: a };
  let endR = r.length;
  let endA = a.length;
  while (endR > 1 && endA > 1 && r.charCodeAt(endR - 1) === a.charCodeAt(endA - 1)) {
    endR -= 1;
    endA -= 1;
  }
  let start = 0;
  while (start < endR - 1 && start < endA - 1 && r.charCodeAt(start) === a.charCodeAt(start)) start += 1;
  return { position: position + start, ref: r.slice(start, endR), alt: a.slice(start, endA) };
}
