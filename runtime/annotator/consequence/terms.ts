/**
 * Consequences that a place can tell, by the terms of the Sequence Ontology, in the order of severity that Ensembl publishes for
 * VEP (https://www.ensembl.org/info/genome/variation/prediction/predicted_data.html). What needs the sequence of the transcript
 * (missense, synonymous, stop gained, …) is a `coding_sequence_variant` here.
 */
export const terms = [
  "transcript_ablation",
  "splice_acceptor_variant",
  "splice_donor_variant",
  "frameshift_variant",
  "transcript_amplification",
  "feature_elongation",
  "feature_truncation",
  "inframe_insertion",
  "inframe_deletion",
  "splice_region_variant",
  "coding_sequence_variant",
  "5_prime_UTR_variant",
  "3_prime_UTR_variant",
  "non_coding_transcript_exon_variant",
  "intron_variant",
  "NMD_transcript_variant",
  "non_coding_transcript_variant",
  "coding_transcript_variant",
  "upstream_gene_variant",
  "downstream_gene_variant",
  "intergenic_variant",
] as const;
export type Term = (typeof terms)[number];

/** A set of terms: bit n is that of `terms[n]`, so that the most severe one is the lowest. */
export type TermSet = number;

export const termBit = Object.fromEntries(terms.map((term, rank) => [term, 1 << rank])) as Readonly<
  Record<Term, TermSet>
>;

/** Rank of the most severe term; 32 for none. */
export const rankOf = (set: TermSet): number => (set === 0 ? 32 : 31 - Math.clz32(set & -set));

const names = new Map<TermSet, string>();

/** Names, the most severe first, joined by `&` as VEP does. Few sets occur, and are put into words once. */
export function namesOf(set: TermSet): string {
  let text = names.get(set);
  if (text === undefined) {
    text = terms.filter((_, rank) => (set & (1 << rank)) !== 0).join("&");
    names.set(set, text);
  }
  return text;
}
