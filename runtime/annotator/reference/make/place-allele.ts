import type { Allele } from "../allele.ts";

/** Where an allele may be written. */
export interface PlacedAllele {
  readonly allele: Allele;
  /** The rightmost position at which it may be written. */
  readonly last: number;
}
