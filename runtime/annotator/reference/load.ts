/**
 * The built-in engine's reference data, read once at start. The files stand in `data/` beside this module, and in a bundle in
 * `data/` beside the bundled module: `new URL("./data/", import.meta.url)` is right in both places.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type OwnAssembly, ourAssembly } from "../../vcf/assembly/own.ts";
import { type ClinvarIndex, type ClinvarKeys, createClinvarIndex, createClinvarReader } from "./clinvar.ts";
import { createGeneIndex, type Gene, type GeneIndex } from "./genes.ts";
import { createTranscriptIndex, type TranscriptIndex } from "./transcript-index.ts";
import { type ChromosomeRun, readChromosome } from "./transcripts.ts";

export interface ChromosomeReference {
  readonly genes: GeneIndex;
  /** Made when it is first read. */
  readonly transcripts: TranscriptIndex;
  readonly clinvar: ClinvarIndex;
}

/** A file of reference data. */
interface ReferenceSource {
  /** For people: `Ensembl 110`, `ClinVar 2024-12-15`. */
  readonly version: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

interface ClinvarSource extends ReferenceSource {
  /** Which alleles it has, and so what the absence of one says. */
  readonly scope: string;
}

export interface Reference extends OwnAssembly {
  readonly genes: ReferenceSource;
  readonly transcripts: ReferenceSource;
  /** Absent: there are no ClinVar fields. */
  readonly clinvar?: ClinvarSource;
  /** Insertions and deletions are found however a repeat lets them be placed; else only where the data have them. */
  readonly placements?: true;
  /** By name as `nameOf` gives it; `undefined` for a sequence without reference data. */
  chromosome(name: string): ChromosomeReference | undefined;
}

interface DataFile {
  readonly text: Buffer;
  readonly sha256: string;
}

interface Table extends ReferenceSource {
  /** `#key=value` lines; values are JSON. */
  readonly keys: ReadonlyMap<string, unknown>;
  /** Rows by first column, that column cut off. */
  readonly rows: ReadonlyMap<string, string[]>;
}

function readData(url: URL): DataFile {
  try {
    const data = readFileSync(url);
    return { text: gunzipSync(data), sha256: createHash("sha256").update(data).digest("hex") };
  } catch (cause) {
    const what = `reference data ${url.pathname} cannot be read`;
    throw new Error(`${what}; a bundle must carry it in data/ beside its module`, { cause });
  }
}

function readTable(url: URL): Table {
  const { text, sha256 } = readData(url);
  const keys = new Map<string, unknown>();
  const rows = new Map<string, string[]>();
  for (const line of text.toString("latin1").split("\n")) {
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
  return { keys, rows, version: String(keys.get("version")), sha256 };
}

/** First line of `transcripts.bin.gz`; a run of bytes for each chromosome follows. */
interface TranscriptHead {
  readonly version: string;
  /** Of the table of genes whose rows it counts. */
  readonly genesSha256: string;
  readonly chromosomes: readonly { name: string; bytes: number; transcripts: number; exons: number }[];
}

const noTranscripts: ChromosomeRun = { bytes: new Uint8Array(0), transcripts: 0, exons: 0 };

/** @throws when it was built for other genes. */
function readRuns(url: URL, genes: ReferenceSource): ReferenceSource & { runs: ReadonlyMap<string, ChromosomeRun> } {
  const { text, sha256 } = readData(url);
  const feed = text.indexOf(10);
  const head = JSON.parse(text.toString("latin1", 0, feed)) as TranscriptHead;
  if (head.genesSha256 !== genes.sha256) {
    throw new Error(`reference data ${url.pathname} was not built together with genes.tsv.gz`);
  }
  const runs = new Map<string, ChromosomeRun>();
  let at = feed + 1;
  for (const { name, bytes, transcripts, exons } of head.chromosomes) {
    runs.set(name, { bytes: text.subarray(at, at + bytes), transcripts, exons });
    at += bytes;
  }
  return { runs, version: head.version, sha256 };
}

function geneOf(row: string): Gene {
  const [start, end, id = "", symbol = ""] = row.split("\t");
  return { symbol, id, start: Number(start), end: Number(end) };
}

type BuiltinReference = Reference & Required<Pick<Reference, "clinvar">>;

/**
 * @param directory omitted: the data that belong to this module.
 * @throws when a file is missing or damaged, naming it.
 */
export function loadReference(directory: URL = new URL("./data/", import.meta.url)): BuiltinReference {
  const genes = readTable(new URL("genes.tsv.gz", directory));
  const transcripts = readRuns(new URL("transcripts.bin.gz", directory), genes);
  const clinvar = readTable(new URL("clinvar.tsv.gz", directory));
  const entryOf = createClinvarReader(Object.fromEntries(clinvar.keys) as unknown as ClinvarKeys);
  const chromosomes = new Map<string, ChromosomeReference>();
  for (const name of new Set([...genes.rows.keys(), ...clinvar.rows.keys()])) {
    const rows = (genes.rows.get(name) ?? []).map(geneOf);
    let index: TranscriptIndex | undefined;
    chromosomes.set(name, {
      genes: createGeneIndex(rows),
      get transcripts() {
        index ??= createTranscriptIndex(rows, readChromosome(transcripts.runs.get(name) ?? noTranscripts, rows));
        return index;
      },
      clinvar: createClinvarIndex(clinvar.rows.get(name) ?? [], entryOf),
    });
  }
  return {
    ...ourAssembly,
    genes: sourceOf(genes),
    transcripts: sourceOf(transcripts),
    clinvar: {
      ...sourceOf(clinvar),
      scope: "only Pathogenic and Likely_pathogenic with agreeing submitters are known here: absence says nothing",
    },
    chromosome: (name) => chromosomes.get(name),
  };
}

/** Without the rows, which would stay in memory. */
const sourceOf = ({ version, sha256 }: ReferenceSource): ReferenceSource => ({ version, sha256 });
