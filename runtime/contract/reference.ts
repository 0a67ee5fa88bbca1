/**
 * What the built-in annotator knows variants by, for those who say so before any result does. A result itself names its data in its
 * header (`##GAS_source`), whatever engine has made it. A test holds this against the data.
 */
export const builtinReference = {
  assembly: "GRCh38",
  genes: "Ensembl 110",
  variants: "ClinVar 2024-12-15",
} as const;

/** Files of a reference of one's own, in its directory. */
export const indexFile = "index.bin";
export const manifestFile = "manifest.json";

/** Where a reference's index is, in the bucket of the services' code: the same data have the same key. */
export const referenceKey = (sha256: string): string => `references/${sha256}/${indexFile}`;
