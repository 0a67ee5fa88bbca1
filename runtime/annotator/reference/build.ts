/**
 * Builds the files of `data/` from the CC0 data of the npm package `ideogram`:
 *
 *     node --import ./plan/program/source/register.js runtime/annotator/reference/build.ts
 *
 * Reproducible: the same package gives the same bytes. Run it after an upgrade of the package, and commit what it wrote.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { clinvarTable } from "./build/clinvar.ts";
import { readGenes } from "./build/genes.ts";
import { headLines, writeData } from "./build/source.ts";
import { transcriptFile } from "./build/transcript-file.ts";
import { escaped } from "./escaped.ts";

const compressed = (data: string | Buffer) => gzipSync(data, { level: 9 });
const table = (header: Record<string, unknown>, rows: readonly string[]) =>
  compressed([...headLines(header), ...rows, ""].join("\n"));

const { release, genes } = readGenes();
const geneRows = genes.map(({ chromosome, start, end, id, symbol }) =>
  [chromosome, start, end, id, escaped(symbol)].join("\t"),
);
const geneData = table({ version: `Ensembl ${release}`, assembly: "GRCh38" }, geneRows);
writeData("genes.tsv.gz", geneData, `${geneRows.length} rows`);

const transcripts = transcriptFile(genes, release, createHash("sha256").update(geneData).digest("hex"));
const placed = [...transcripts.counts].map(([how, count]) => `${count} genes: ${how}`).join("; ");
writeData("transcripts.bin.gz", compressed(transcripts.data), `${transcripts.data.length} bytes raw; ${placed}`);

const clinvar = clinvarTable();
writeData("clinvar.tsv.gz", table(clinvar.header, clinvar.rows), `${clinvar.rows.length} rows`);
