/**
 * INFO fields that the built-in engine adds. Values that belong to an allele have `Number=A`: one value per ALT allele, `.` where
 * there is none. Reserved characters inside a value are percent-encoded, as VCF 4.3 says; lists inside one value use `|`.
 */
import type { ClinvarEntry } from "../reference/clinvar.ts";
import type { Gene } from "../reference/genes.ts";
import type { Reference } from "../reference/load.ts";

/** Every INFO id and header key of ours begins so: that is how an earlier run's are found and replaced. */
export const fieldPrefix = "GAS_";

const genes = [
  ["GAS_GENE", "Symbols of the genes that overlap REF, by start"],
  ["GAS_GENE_ID", "Ensembl ids of the genes in GAS_GENE, in the same order"],
] as const;

const clinvar = [
  ["GAS_CLNID", "ClinVar variation id of exactly this allele", (entry: ClinvarEntry) => entry.id],
  [
    "GAS_CLNSIG",
    "ClinVar significance of exactly this allele; only Pathogenic and Likely_pathogenic with agreeing submitters are known here: absence says nothing",
    (entry: ClinvarEntry) => entry.significance,
  ],
  ["GAS_CLNREVSTAT", "ClinVar review status of this allele", (entry: ClinvarEntry) => entry.reviewStatus],
  [
    "GAS_CLNDN",
    "Conditions ClinVar names for this allele, separated by |",
    (e: ClinvarEntry) => e.conditions.join("|"),
  ],
  [
    "GAS_CLNMC",
    "Molecular consequences (Sequence Ontology) ClinVar names for this allele, separated by |",
    (e: ClinvarEntry) => e.consequences.join("|"),
  ],
] as const;

/** Header lines for the fields and for what they were made from, each ended by `\n`. */
export function headerLines(reference: Reference, engineVersion: string): string {
  const source = [
    `Engine="annofarm ${engineVersion}"`,
    `Assembly="${reference.assembly}"`,
    `Genes="${reference.genesVersion}"`,
    `Variants="${reference.clinvarVersion}"`,
  ];
  return [
    `##${fieldPrefix}source=<${source.join(",")}>`,
    ...genes.map(([id, text]) => `##INFO=<ID=${id},Number=.,Type=String,Description="${text}">`),
    ...clinvar.map(([id, text]) => `##INFO=<ID=${id},Number=A,Type=String,Description="${text}">`),
    "",
  ].join("\n");
}

/** Whether a header line is one that `headerLines` writes, of whatever version. */
export const isOurs = (line: string): boolean =>
  line.startsWith(`##INFO=<ID=${fieldPrefix}`) || line.startsWith(`##${fieldPrefix}`);

/** INFO text for a site's genes: empty when there is none. */
export function geneInfo(found: readonly Gene[]): string {
  if (found.length === 0) return "";
  const symbols = found.map((gene) => gene.symbol).join(",");
  return `${genes[0][0]}=${symbols};${genes[1][0]}=${found.map((gene) => gene.id).join(",")}`;
}

/** INFO text for the alleles' ClinVar entries, in the order of ALT. */
export function clinvarInfo(entries: readonly (ClinvarEntry | undefined)[]): string {
  return clinvar
    .map(([id, , value]) => `${id}=${entries.map((entry) => (entry && value(entry)) || ".").join(",")}`)
    .join(";");
}

/** INFO without fields of ours that an earlier run left; empty for none (`.`). */
export function withoutOurs(info: string): string {
  if (info === "." || info === "") return "";
  if (!info.includes(fieldPrefix)) return info;
  return info
    .split(";")
    .filter((field) => !field.startsWith(fieldPrefix) && field !== "")
    .join(";");
}
