/**
 * INFO fields that the built-in engine adds. Values that belong to an allele have `Number=A`: one value per ALT allele, `.` where
 * there is none. Reserved characters inside a value are percent-encoded, as VCF 4.3 says; lists inside one value use `|`.
 */
import type { Consequences } from "../consequence/consequences.ts";
import type { ClinvarEntry } from "../reference/clinvar.ts";
import type { Gene } from "../reference/genes.ts";
import type { Reference } from "../reference/load.ts";

/** Every INFO id and header key of ours begins so; others' may as well. */
export const fieldPrefix = "GAS_";

const dataNames = ["genes", "transcripts", "clinvar"] as const;
type DataName = (typeof dataNames)[number];

/** A field as the header describes it. */
interface Field {
  readonly id: string;
  readonly number: "A" | "." | "1";
  readonly type: "String" | "Integer" | "Float";
  /** What it is made from. */
  readonly from: DataName;
  readonly description: string;
  /** In place of it, where it depends on the data. */
  readonly describe?: (reference: Reference) => string;
}

const geneField = { id: "GAS_GENE", number: ".", type: "String", from: "genes" } as const;
const geneFields = {
  symbols: { ...geneField, description: "Symbols of the genes that the record overlaps, by start" },
  ids: {
    ...geneField,
    id: "GAS_GENE_ID",
    description: "Ids of the genes in GAS_GENE, in the same order",
    describe: ({ genes }) => `${genes.version.split(" ")[0]} ids of the genes in GAS_GENE, in the same order`,
  },
  count: {
    ...geneField,
    id: "GAS_GENE_COUNT",
    number: "1",
    type: "Integer",
    description: "Number of genes that the record overlaps, where they are too many for GAS_GENE",
  },
} as const satisfies Record<string, Field>;

const byLocation =
  "by location: told from exons and translated regions, without the sequence, so coding_sequence_variant stands for missense, synonymous, nonsense and others. Not a prediction of VEP";
const consequenceField = { number: "A", type: "String", from: "transcripts" } as const;
const consequenceFields: readonly (Field & { value(consequences: Consequences): string })[] = [
  {
    ...consequenceField,
    id: "GAS_CSQ",
    description: `Most severe consequence of the allele (Sequence Ontology, severity as Ensembl orders it) ${byLocation}`,
    value: ({ worst }) => worst,
  },
  {
    ...consequenceField,
    id: "GAS_CSQ_CANON",
    description:
      "Consequences by location for the canonical transcripts within 5 kb, the most severe first: terms joined by &, gene and number of the transcript as terms:gene:number, separated by |; a gene without known transcripts has no number",
    value: ({ canonical }) => canonical,
  },
  {
    ...consequenceField,
    id: "GAS_CSQ_ALL",
    description:
      "Consequences by location for all transcripts within 5 kb, as GAS_CSQ_CANON; transcripts of a gene with the same terms stand together, as in intron_variant:TP53:201/203 for TP53-201 and TP53-203",
    value: ({ all }) => all,
  },
];

const clinvarField = { number: "A", type: "String", from: "clinvar" } as const;
const clinvarFields: readonly (Field & { value(entry: ClinvarEntry): string })[] = [
  {
    ...clinvarField,
    id: "GAS_CLNID",
    description: "ClinVar variation id of exactly this allele",
    value: ({ id }) => id,
  },
  {
    ...clinvarField,
    id: "GAS_CLNSIG",
    description: "ClinVar significance of exactly this allele",
    describe: ({ clinvar }) => `ClinVar significance of exactly this allele; ${clinvar?.scope}`,
    value: ({ significance }) => significance,
  },
  {
    ...clinvarField,
    id: "GAS_CLNREVSTAT",
    description: "ClinVar review status of this allele",
    value: ({ reviewStatus }) => reviewStatus,
  },
  {
    ...clinvarField,
    id: "GAS_CLNDN",
    description: "Conditions ClinVar names for this allele, separated by |",
    value: ({ conditions }) => conditions,
  },
  {
    ...clinvarField,
    id: "GAS_CLNMONDO",
    description: "MONDO ids of the conditions in GAS_CLNDN, in the same order, separated by |",
    value: ({ mondoIds }) => mondoIds,
  },
  {
    ...clinvarField,
    id: "GAS_CLNMC",
    description: "Molecular consequences (Sequence Ontology) ClinVar names for this allele, separated by |",
    value: ({ consequences }) => consequences,
  },
  {
    ...clinvarField,
    id: "GAS_CLNVC",
    description: "Kind of variant that ClinVar calls this allele",
    value: ({ type }) => type,
  },
  {
    ...clinvarField,
    id: "GAS_CLNORIGIN",
    description: "Origins of this allele in ClinVar, such as germline or de-novo, separated by |",
    value: ({ origins }) => origins,
  },
  {
    ...clinvarField,
    id: "GAS_CLNRS",
    description: "dbSNP id that ClinVar has for this allele",
    value: ({ rs }) => (rs === "" ? "" : `rs${rs}`),
  },
  {
    ...clinvarField,
    id: "GAS_CLNAF_EXAC",
    type: "Float",
    description: "Frequency of this allele in ExAC, as ClinVar has it",
    value: ({ exacFrequency }) => exacFrequency,
  },
];

const fields: readonly Field[] = [...Object.values(geneFields), ...consequenceFields, ...clinvarFields];

const ourIds: ReadonlySet<string> = new Set(fields.map(({ id }) => id));
const sourceLine = `##${fieldPrefix}source=`;
const infoLine = "##INFO=<ID=";

/** What the data are called in the source line. */
const dataLabels: Readonly<Record<DataName, string>> = {
  genes: "Genes",
  transcripts: "Transcripts",
  clinvar: "Variants",
};

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
  const data = dataNames.flatMap((name) => {
    const [label, source] = [dataLabels[name], reference[name]];
    return source === undefined ? [] : [`${label}="${source.version}"`, `${label}SHA256="${source.sha256}"`];
  });
  const source = [
    `Engine="annofarm ${engineVersion}"`,
    `Assembly="${reference.assembly}"`,
    ...data,
    ...(reference.placements ? ['Indels="matched however they are placed"'] : []),
    `InputAssembly="${inQuotes(input.assembly)}"`,
    `InputAssemblyFrom="${inQuotes(input.because)}"`,
  ];
  const lines = fields.flatMap(({ id, number, type, from, ...field }) => {
    const source = reference[from];
    if (source === undefined) return [];
    const [database, version] = source.version.split(" ");
    const description = field.describe?.(reference) ?? field.description;
    return `${infoLine}${id},Number=${number},Type=${type},Description="${description}",Source="${database}",Version="${version}">`;
  });
  return [`${sourceLine}<${source.join(",")}>`, ...lines, ""].join("\n");
}

const inQuotes = (text: string) => text.replace(/[\\"]/g, (found) => `\\${found}`);

/** Whether a header line is one that `headerLines` writes, of whatever version: exactly our ids, not all that begin alike. */
export function isOurs(line: string): boolean {
  if (line.startsWith(sourceLine)) return true;
  if (!line.startsWith(`${infoLine}${fieldPrefix}`)) return false;
  return ourIds.has(line.slice(infoLine.length).split(/[,>]/, 1)[0] ?? "");
}

/** INFO text for a site's genes: empty when there is none. @param most genes that are named; if there are more, they are counted. */
export function geneInfo(found: readonly Gene[], most: number): string {
  if (found.length === 0) return "";
  if (found.length > most) return `${geneFields.count.id}=${found.length}`;
  const symbols = found.map((gene) => gene.symbol).join(",");
  return `${geneFields.symbols.id}=${symbols};${geneFields.ids.id}=${found.map((gene) => gene.id).join(",")}`;
}

/** INFO text for values by allele, in the order of ALT. A field that no allele has a value of is left out. */
function alleleInfo<Value>(
  described: readonly (Field & { value(value: Value): string })[],
  values: readonly (Value | undefined)[],
): string {
  let info = "";
  for (const { id, value } of described) {
    const [first] = values;
    let text = (first && value(first)) || ".";
    let isKnown = text !== ".";
    for (let index = 1; index < values.length; index += 1) {
      const each = values[index];
      const one = (each && value(each)) || ".";
      if (one !== ".") isKnown = true;
      text += `,${one}`;
    }
    if (isKnown) info += `${info === "" ? "" : ";"}${id}=${text}`;
  }
  return info;
}

/** INFO text for the alleles' ClinVar entries. */
export const clinvarInfo = (entries: readonly (ClinvarEntry | undefined)[]): string =>
  alleleInfo(clinvarFields, entries);

/** INFO text for the alleles' consequences. */
export const consequenceInfo = (found: readonly (Consequences | undefined)[]): string =>
  alleleInfo(consequenceFields, found);

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
