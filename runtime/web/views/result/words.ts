/** Values of a result in words. */
import type { GenotypeKind } from "../../../results/genotype.ts";
import type { FacetName } from "../../../results/summary.ts";
import { decoded } from "../../../results/variant.ts";

export const parameterWords: Readonly<Record<string, string>> = {
  q: "Search",
  type: "Type",
  filter: "FILTER",
  consequence: "Consequence by location",
  significance: "ClinVar significance",
  quality: "QUAL at least",
  sample: "Sample",
  genotype: "Genotype",
};

export const genotypeWords: Readonly<Record<GenotypeKind, string>> = {
  carries: "has the variant",
  het: "heterozygous",
  hom: "homozygous for the variant",
  ref: "homozygous for the reference",
  missing: "not called",
};

/** A value of an INFO field: those of ours join words by `_`, lists by `|`, and terms by `&`. */
export function fieldInWords(id: string, value: string): string {
  if (!id.startsWith("GAS_") || id.endsWith("_ID")) return value;
  // Between alleles stands a bare comma; one inside a name is followed by a blank.
  return value.replaceAll("_", " ").replaceAll("|", "; ").replaceAll("&", " and ");
}

/** `missense_variant` → `missense variant`; FILTER stays as the file has it. */
export function valueInWords(name: FacetName, value: string): string {
  if (name === "filter") return value === "." ? "no filter applied (.)" : value;
  return decoded(value).replaceAll("_", " ");
}
