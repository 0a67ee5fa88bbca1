/**
 * The programs that the annotator is compared with, and our reference data as they read them: genes as a BED file, ClinVar's alleles as
 * VCF. They write genes and ClinVar's fields as the annotator does; it writes consequences by location besides, which they do not.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type ClinvarKeys, createClinvarReader } from "../../runtime/annotator/reference/clinvar.ts";
import { chromosomes } from "./genome.ts";

const data = new URL("../../runtime/annotator/reference/data/", import.meta.url);
const geneIds = ["GAS_GENE", "GAS_GENE_ID"];
const clinvarIds = ["GAS_CLNID", "GAS_CLNSIG", "GAS_CLNREVSTAT", "GAS_CLNDN", "GAS_CLNMONDO", "GAS_CLNVC"];
const infoLine = (id: string, number: string) => `##INFO=<ID=${id},Number=${number},Type=String,Description="${id}">\n`;

/** A table of the reference data: `#key=value` lines, then rows by chromosome. */
function readTable(name: string) {
  const lines = gunzipSync(readFileSync(new URL(name, data)))
    .toString("latin1")
    .trimEnd()
    .split("\n");
  const keys = lines
    .filter((line) => line.startsWith("#"))
    .map((line) => [line.slice(1, line.indexOf("=")), JSON.parse(line.slice(line.indexOf("=") + 1))] as const);
  const rows = lines.filter((line) => !line.startsWith("#")).map((line) => line.split("\t"));
  return { keys: Object.fromEntries(keys), rows: rows.filter(([chromosome = ""]) => chromosomes.includes(chromosome)) };
}

function genesAsBed(): string {
  const { rows } = readTable("genes.tsv.gz");
  const genes = rows.map(([chromosome, start, end, id, symbol]) =>
    [`chr${chromosome}`, Number(start) - 1, end, symbol, id].join("\t"),
  );
  return `${genes.join("\n")}\n`;
}

/** ClinVar's alleles: place, bases, and values of `clinvarIds`. */
function clinvarRows(): string[][] {
  const { keys, rows } = readTable("clinvar.tsv.gz");
  const entryOf = createClinvarReader(keys as unknown as ClinvarKeys);
  return rows.map(([chromosome = "", position = "", ref = "", alt = "", ...values]) => {
    const { id, significance, reviewStatus, conditions, mondoIds, type } = entryOf(values);
    const known = [id, significance, reviewStatus, conditions, mondoIds, type].map((value) => value || ".");
    return [`chr${chromosome}`, position, ref, alt, ...known];
  });
}

const asTable = (rows: readonly (readonly string[])[]) => `${rows.map((row) => row.join("\t")).join("\n")}\n`;

function asVcf(rows: readonly (readonly string[])[]): string {
  const records = rows.map(([chromosome, position, ref, alt, ...values]) => {
    const info = values.map((value, at) => `${clinvarIds[at]}=${value}`).join(";");
    return [chromosome, position, ".", ref, alt, ".", ".", info].join("\t");
  });
  const contigs = chromosomes.map((name) => `##contig=<ID=chr${name}>\n`).join("");
  const head = `##fileformat=VCFv4.2\n${contigs}${clinvarIds.map((id) => infoLine(id, "A")).join("")}`;
  return `${head}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n${records.join("\n")}\n`;
}

/** Packs and indexes a file. @param place tabix's options that say where the place stands. */
function indexed(file: string, text: string, place: readonly string[]): string {
  writeFileSync(file, text);
  execFileSync("bgzip", ["-f", file]);
  execFileSync("tabix", ["-f", ...place, `${file}.gz`]);
  return `${file}.gz`;
}

const tomlList = (values: readonly string[]) => JSON.stringify(values);

export interface Peers {
  /** Shell commands that annotate `input` to standard output. */
  readonly vcfanno: (input: string, cores: number) => string;
  readonly bcftools: (input: string) => string;
  readonly versions: { readonly vcfanno: string; readonly bcftools: string };
}

/** Version by what a program prints of itself; undefined: it is not installed. */
function versionOf(program: string, args: readonly string[]): string | undefined {
  const { error, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return error === undefined ? /\d+(?:\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] : undefined;
}

/** Prepares the peers in a directory. @throws when one of them is not installed, naming it. */
export function preparePeers(directory: string): Peers {
  const versions = { vcfanno: versionOf("vcfanno", []), bcftools: versionOf("bcftools", ["--version"]) };
  const { vcfanno, bcftools } = versions;
  if (vcfanno === undefined || bcftools === undefined || versionOf("tabix", ["--version"]) === undefined) {
    throw new Error("this benchmark needs vcfanno, bcftools and tabix: apt-get install vcfanno bcftools tabix");
  }
  const at = (name: string) => join(directory, name);
  const genes = indexed(at("genes.bed"), genesAsBed(), ["-p", "bed"]);
  const rows = clinvarRows();
  const clinvar = indexed(at("clinvar.vcf"), asVcf(rows), ["-p", "vcf"]);
  // As a table, because bcftools takes alleles from a VCF file only for an input with an index.
  const clinvarTable = indexed(at("clinvar.tsv"), asTable(rows), ["-s", "1", "-b", "2", "-e", "2"]);
  writeFileSync(at("genes.header"), geneIds.map((id) => infoLine(id, ".")).join(""));
  writeFileSync(at("clinvar.header"), clinvarIds.map((id) => infoLine(id, "A")).join(""));
  writeFileSync(
    at("vcfanno.toml"),
    `[[annotation]]\nfile="${genes}"\ncolumns=[4,5]\nnames=${tomlList(geneIds)}\nops=["concat","concat"]\n\n` +
      `[[annotation]]\nfile="${clinvar}"\nfields=${tomlList(clinvarIds)}\nops=${tomlList(clinvarIds.map(() => "self"))}\n`,
  );
  const columns = ["CHROM", "FROM", "TO", ...geneIds].join(",");
  const merge = geneIds.map((id) => `${id}:append`).join(",");
  return {
    versions: { vcfanno, bcftools },
    vcfanno: (input, cores) => `GOMAXPROCS=${cores} vcfanno -p ${cores} ${at("vcfanno.toml")} ${input}`,
    bcftools: (input) =>
      `bcftools annotate -a ${genes} -h ${at("genes.header")} -c ${columns} --merge-logic ${merge} -Ou ${input} | ` +
      `bcftools annotate -a ${clinvarTable} -h ${at("clinvar.header")} -c CHROM,POS,REF,ALT,${clinvarIds.join(",")} -Ov`,
  };
}
