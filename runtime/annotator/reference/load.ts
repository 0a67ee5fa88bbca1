/**
 * The built-in engine's reference data, read once at start. The files stand in `data/` beside this module, and in a bundle in
 * `data/` beside the bundled module: `new URL("./data/", import.meta.url)` is right in both places.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type ClinvarIndex, type ClinvarKeys, createClinvarIndex } from "./clinvar.ts";
import { createGeneIndex, type Gene, type GeneIndex } from "./genes.ts";

export interface ChromosomeReference {
  readonly genes: GeneIndex;
  readonly clinvar: ClinvarIndex;
}

export interface Reference {
  readonly assembly: "GRCh38";
  /** For people: `Ensembl 110`, `ClinVar 2024-12-15`. */
  readonly genesVersion: string;
  readonly clinvarVersion: string;
  /** By name as `chromosomeName` gives it; `undefined` for a sequence without reference data. */
  chromosome(name: string): ChromosomeReference | undefined;
}

interface Table {
  /** `#key=value` lines; values are JSON. */
  readonly keys: ReadonlyMap<string, unknown>;
  /** Rows by first column, that column cut off. */
  readonly rows: ReadonlyMap<string, string[]>;
}

function readTable(url: URL): Table {
  let text: string;
  try {
    text = gunzipSync(readFileSync(url)).toString("latin1");
  } catch (cause) {
    throw new Error(
      `reference data ${url.pathname} cannot be read; a bundle must carry it in data/ beside its module`,
      {
        cause,
      },
    );
  }
  const keys = new Map<string, unknown>();
  const rows = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    if (line.startsWith("#")) {
      const equals = line.indexOf("=");
      keys.set(line.slice(1, equals), JSON.parse(line.slice(equals + 1)));
      continue;
    }
    const tab = line.indexOf("\t");
    const chromosome = line.slice(0, tab);
    const row = line.slice(tab + 1);
    const others = rows.get(chromosome);
    if (others === undefined) rows.set(chromosome, [row]);
    else others.push(row);
  }
  return { keys, rows };
}

function geneOf(row: string): Gene {
  const [start, end, id = "", symbol = ""] = row.split("\t");
  return { symbol, id, start: Number(start), end: Number(end) };
}

/**
 * @param directory omitted: the data that belong to this module.
 * @throws when a file is missing or damaged, naming it.
 */
export function loadReference(directory: URL = new URL("./data/", import.meta.url)): Reference {
  const genes = readTable(new URL("genes.tsv.gz", directory));
  const clinvar = readTable(new URL("clinvar.tsv.gz", directory));
  const keys = Object.fromEntries(clinvar.keys) as unknown as ClinvarKeys;
  const chromosomes = new Map<string, ChromosomeReference>();
  for (const name of new Set([...genes.rows.keys(), ...clinvar.rows.keys()])) {
    chromosomes.set(name, {
      genes: createGeneIndex((genes.rows.get(name) ?? []).map(geneOf)),
      clinvar: createClinvarIndex(clinvar.rows.get(name) ?? [], keys),
    });
  }
  return {
    assembly: "GRCh38",
    genesVersion: String(genes.keys.get("version")),
    clinvarVersion: String(clinvar.keys.get("version")),
    chromosome: (name) => chromosomes.get(name),
  };
}
