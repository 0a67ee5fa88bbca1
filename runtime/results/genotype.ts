/** Genotypes, by what they say of a sample. */

/** `carries`: heterozygous or homozygous; `missing`: not called, wholly or in part. */
export const genotypeKinds = ["carries", "het", "hom", "ref", "missing"] as const;
export type GenotypeKind = (typeof genotypeKinds)[number];

/**
 * @param format the FORMAT column.
 * @param value the sample's column.
 */
export function genotypeKind(format: string, value: string): Exclude<GenotypeKind, "carries"> {
  const at = format.split(":").indexOf("GT");
  const alleles = at < 0 ? [] : (value.split(":")[at] ?? "").split(/[/|]/);
  if (alleles.length === 0 || alleles.some((allele) => allele === "" || allele === ".")) return "missing";
  const different = new Set(alleles);
  if (different.size > 1) return "het";
  return different.has("0") ? "ref" : "hom";
}
