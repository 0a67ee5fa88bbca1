/** ClinVar's alleles as `ideogram` has them. */
import { trimmed } from "../allele.ts";
import { escaped } from "../escaped.ts";
import { collator, linesOf } from "./source.ts";

/** `# name = ["…", …]` in the package's line index. */
function keyList(index: readonly string[], name: string): string[] {
  const line = index.find((candidate) => candidate.startsWith(`# ${name} = `));
  if (line === undefined) throw new Error(`variant index: list ${name} not found`);
  return JSON.parse(line.slice(line.indexOf("["))) as string[];
}

const beforeBar = (value: string) => value.slice(0, value.indexOf("|"));
const afterBar = (value: string) => value.slice(value.indexOf("|") + 1);

function rowOf(line: string) {
  const [
    chromosome = "",
    pos,
    id,
    ref = "",
    alt = "",
    conditions,
    frequency,
    review,
    significance,
    type,
    mc,
    origin,
    rs,
  ] = line.split("\t");
  if ((frequency !== "" && !/^[01]\.\d+$/.test(frequency ?? "")) || !/^\d+$/.test(origin ?? "")) {
    throw new Error(`variant cache: columns are not what they were: ${line}`);
  }
  const allele = trimmed(Number(pos), ref.toUpperCase(), alt.toUpperCase());
  const values = [significance, review, conditions, mc, type, origin, frequency, rs ?? ""];
  return { chromosome, allele, row: [allele.position, allele.ref, allele.alt, id, ...values] };
}

/** Header and rows of `clinvar.tsv.gz`. @throws for files that are not what this module knows. */
export function clinvarTable(): { header: Record<string, unknown>; rows: string[] } {
  const source = linesOf("variants/homo-sapiens-variants.tsv.gz");
  const index = linesOf("variants/homo-sapiens-variants.tsv.li.gz");
  const date = /clinvar_(\d{4})(\d{2})(\d{2})\.vcf/.exec(source.find((line) => line.includes("clinvar_")) ?? "");
  if (date === null) throw new Error("variant cache: date of the ClinVar release not found");
  const rows = source
    .filter((line) => !line.startsWith("#"))
    .map(rowOf)
    .sort(
      (a, b) =>
        collator.compare(a.chromosome, b.chromosome) ||
        a.allele.position - b.allele.position ||
        collator.compare(a.allele.ref, b.allele.ref) ||
        collator.compare(a.allele.alt, b.allele.alt),
    )
    .map(({ chromosome, row }) => [chromosome, ...row].join("\t"));
  const conditions = keyList(index, "disease_mondo_ids_and_names");
  const header = {
    version: `ClinVar ${date[1]}-${date[2]}-${date[3]}`,
    assembly: "GRCh38",
    significances: keyList(index, "clinical_significances").map(escaped),
    reviewStatuses: keyList(index, "clinical_review_statuses").map(escaped),
    conditions: conditions.map(afterBar).map(escaped),
    mondoIds: conditions.map((condition) => `MONDO:${beforeBar(condition)}`),
    consequences: keyList(index, "molecular_consequences").map(afterBar).map(escaped),
    types: keyList(index, "variant_types").map(escaped),
  };
  return { header, rows };
}
