/**
 * Builds `data/genes.tsv.gz` and `data/clinvar.tsv.gz` from the CC0 data of the npm package `ideogram`:
 *
 *     node --import ./plan/program/source/register.js runtime/annotator/reference/build.ts
 *
 * Reproducible: the same package gives the same bytes. Run it after an upgrade of the package, and commit what it wrote.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { trimmed } from "./allele.ts";

const require = createRequire(import.meta.url);
// The package exports no path to its manifest; its main module stands in dist/ of the root.
const root = require.resolve("ideogram").replace(/(node_modules\/ideogram)\/.*/, "$1");
const cache = join(root, "dist/data/cache");
const target = join(dirname(fileURLToPath(import.meta.url)), "data");

const lines = (path: string) =>
  gunzipSync(readFileSync(join(cache, path)))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");

/** Characters that INFO cannot hold are escaped here once, as VCF 4.3 says; what the source has escaped already stays. */
const escaped = (value: string) =>
  value.replace(
    /%(?![0-9A-F]{2})|[;=,\s]/gi,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );

const collator = new Intl.Collator("en", { numeric: true });

function write(name: string, header: Record<string, unknown>, rows: readonly string[]): void {
  const head = Object.entries(header).map(([key, value]) => `#${key}=${JSON.stringify(value)}`);
  const data = gzipSync([...head, ...rows, ""].join("\n"), { level: 9 });
  writeFileSync(join(target, name), data);
  console.log(`${name}: ${rows.length} rows, ${data.length} bytes`);
}

function buildGenes(): void {
  const source = lines("genes/homo-sapiens-genes.tsv.gz");
  const release = /release-(\d+)/.exec(source.find((line) => line.includes("Derived from")) ?? "")?.[1];
  const prefix = /^## prefix: (\w+)/.exec(source.find((line) => line.startsWith("## prefix")) ?? "")?.[1];
  if (release === undefined || prefix === undefined) throw new Error("gene cache: release or id prefix not found");
  const rows = source
    .filter((line) => !line.startsWith("#"))
    .map((line) => {
      const [chromosome = "", start, length, slimId = "", symbol = ""] = line.split("\t");
      // `length` is last base minus first: BRCA1 is 43044295 + 125950 = 43170245, its last base in Ensembl 110.
      return { chromosome, start: Number(start), end: Number(start) + Number(length), slimId, symbol };
    })
    .sort((a, b) => collator.compare(a.chromosome, b.chromosome) || a.start - b.start || a.end - b.end)
    .map(({ chromosome, start, end, slimId, symbol }) =>
      [chromosome, start, end, `${prefix}${slimId.padStart(11, "0")}`, escaped(symbol)].join("\t"),
    );
  write("genes.tsv.gz", { version: `Ensembl ${release}`, assembly: "GRCh38" }, rows);
}

/** `# name = ["…", …]` in the package's line index. */
function keyList(index: readonly string[], name: string): string[] {
  const line = index.find((candidate) => candidate.startsWith(`# ${name} = `));
  if (line === undefined) throw new Error(`variant index: list ${name} not found`);
  return JSON.parse(line.slice(line.indexOf("["))) as string[];
}

const afterBar = (value: string) => value.slice(value.indexOf("|") + 1);

function buildClinvar(): void {
  const source = lines("variants/homo-sapiens-variants.tsv.gz");
  const index = lines("variants/homo-sapiens-variants.tsv.li.gz");
  const date = /clinvar_(\d{4})(\d{2})(\d{2})\.vcf/.exec(source.find((line) => line.includes("clinvar_")) ?? "");
  if (date === null) throw new Error("variant cache: date of the ClinVar release not found");
  const rows = source
    .filter((line) => !line.startsWith("#"))
    .map((line) => {
      const [chromosome = "", pos, id, ref = "", alt = "", conditions, , review, significance, , mc] = line.split("\t");
      const allele = trimmed(Number(pos), ref.toUpperCase(), alt.toUpperCase());
      return { chromosome, allele, id, codes: [significance, review, conditions, mc] };
    })
    .sort(
      (a, b) =>
        collator.compare(a.chromosome, b.chromosome) ||
        a.allele.position - b.allele.position ||
        collator.compare(a.allele.ref, b.allele.ref) ||
        collator.compare(a.allele.alt, b.allele.alt),
    )
    .map(({ chromosome, allele, id, codes }) =>
      [chromosome, allele.position, allele.ref, allele.alt, id, ...codes].join("\t"),
    );
  const header = {
    version: `ClinVar ${date[1]}-${date[2]}-${date[3]}`,
    assembly: "GRCh38",
    significances: keyList(index, "clinical_significances").map(escaped),
    reviewStatuses: keyList(index, "clinical_review_statuses").map(escaped),
    conditions: keyList(index, "disease_mondo_ids_and_names").map(afterBar).map(escaped),
    consequences: keyList(index, "molecular_consequences").map(afterBar).map(escaped),
  };
  write("clinvar.tsv.gz", header, rows);
}

buildGenes();
buildClinvar();
