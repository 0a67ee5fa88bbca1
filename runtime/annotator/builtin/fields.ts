/**
 * INFO fields that the built-in engine adds. Values that belong to an allele have `Number=A`: one value per ALT allele, `.` where
 * there is none. Reserved characters inside a value are percent-encoded, as VCF 4.3 says; lists inside one value use `|`.
 */
import type { ClinvarEntry } from "../reference/clinvar.ts";
import type { Gene } from "../reference/genes.ts";
import type { Reference } from "../reference/load.ts";

/** Every INFO id and header key of ours begins so; others' may as well. */
const fieldPrefix = "GAS_";

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

const ourIds: ReadonlySet<string> = new Set([...genes, ...clinvar].map(([id]) => id));
const sourceLine = `##${fieldPrefix}source=`;
const infoLine = "##INFO=<ID=";

/**
 * Header lines for the fields and for what they were made from, each ended by `\n`.
 *
 * @param input which assembly the file is of, and what says so, in words.
 */
export function headerLines(
  reference: Reference,
  engineVersion: string,
  input: { readonly assembly: string; readonly because: string },
): string {
  const source = [
    `Engine="annofarm ${engineVersion}"`,
    `Assembly="${reference.assembly}"`,
    `Genes="${reference.genesVersion}"`,
    `Variants="${reference.clinvarVersion}"`,
    `InputAssembly="${inQuotes(input.assembly)}"`,
    `InputAssemblyFrom="${inQuotes(input.because)}"`,
  ];
  return [
    `${sourceLine}<${source.join(",")}>`,
    ...genes.map(([id, text]) => `##INFO=<ID=${id},Number=.,Type=String,Description="${text}">`),
    ...clinvar.map(([id, text]) => `##INFO=<ID=${id},Number=A,Type=String,Description="${text}">`),
    "",
  ].join("\n");
}

const inQuotes = (text: string) => text.replace(/[\\"]/g, (found) => `\\${found}`);

/** Whether a header line is one that `headerLines` writes, of whatever version: exactly our ids, not all that begin alike. */
export function isOurs(line: string): boolean {
  if (line.startsWith(sourceLine)) return true;
  if (!line.startsWith(`${infoLine}${fieldPrefix}`)) return false;
  return ourIds.has(line.slice(infoLine.length).split(/[,>]/, 1)[0] ?? "");
}

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

/** Whether INFO may hold fields of ours: a quick look, for the many records that do not. */
export const mayHoldOurs = (info: string): boolean => info.includes(fieldPrefix);

/** INFO without fields of ours that an earlier run left; empty for none (`.`). Others' fields stay as they are. */
export function withoutOurs(info: string): string {
  if (info === "." || info === "") return "";
  let kept = "";
  let done = 0;
  for (let at = info.indexOf(fieldPrefix); at >= 0; ) {
    const semicolon = info.indexOf(";", at);
    const end = semicolon < 0 ? info.length : semicolon;
    // Only within the field: to look for "=" beyond it, in every one of a million fields, takes hours.
    const [id = ""] = info.slice(at, end).split("=", 1);
    if ((at === 0 || info[at - 1] === ";") && ourIds.has(id)) {
      kept += info.slice(done, at);
      done = Math.min(end + 1, info.length);
    }
    at = info.indexOf(fieldPrefix, end);
  }
  return done === 0 ? info : withoutEnd(kept + info.slice(done));
}

/** INFO with text added; a `;` that ended it is not doubled. */
export function withAdded(info: string, text: string): string {
  const kept = withoutEnd(info);
  return kept === "" ? text : `${kept};${text}`;
}

function withoutEnd(info: string): string {
  let end = info.length;
  while (end > 0 && info.charCodeAt(end - 1) === 59) end -= 1;
  return info.slice(0, end);
}
