import { sequenceOfAccession } from "./known.ts";

/** Numbers that PLINK gives to chromosomes after the 22nd. */
const numbered: Readonly<Record<string, string>> = { "23": "X", "24": "Y", "26": "MT" };

/** PLINK's number for the part of X that pairs with Y; other programs number MT so. The length or position tells. */
export const ambiguousNumber = "25";
/** Bases of the human mitochondrial sequence: the one in use, and that of hg19 and earlier. */
export const mitochondrialLengths: readonly number[] = [16_569, 16_571];

/**
 * One name per chromosome: `chr1`, `Chr1`, `1`, `NC_000001.11` and `CM000663.2` are the same sequence, and so are `M`, `chrM`,
 * `MT` and `26`. Names that are not a human chromosome (unplaced contigs, decoys, alternate loci) are kept: they simply have no
 * reference data.
 */
export function chromosomeName(name: string): string {
  const bare = /^chr/i.test(name) ? name.slice(3).replace(/^_?0*(?=\d)/, "") : name.replace(/^0(?=\d$)/, "");
  const upper = bare.toUpperCase();
  if (upper === "M" || upper === "MT") return "MT";
  if (upper === "X" || upper === "Y") return upper;
  return numbered[bare] ?? sequenceOfAccession(name)?.chromosome ?? bare;
}

/** Whether this name (as `chromosomeName` gives it) is one that chromosomes have, of whatever species. */
export const isMainChromosome = (name: string): boolean => /^([1-9]\d?|X|Y|MT)$/.test(name);
