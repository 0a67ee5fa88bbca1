/**
 * What the built-in annotator knows variants by, for those who say so before any result does. A result itself names its data in its
 * header (`##GAS_source`), whatever engine has made it. A test holds this against the data.
 */
export const builtinReference = {
  assembly: "GRCh38",
  genes: "Ensembl 110",
  variants: "ClinVar 2024-12-15",
} as const;
