/**
 * What does a view of a large result cost? Bytes and time of opening it (summary, header, zones) against reading the whole plain
 * file and testing each of its records, by the same code.
 *
 *     npm run bench -- open-result
 */
import { buffer } from "node:stream/consumers";
import { companionKeys } from "../runtime/contract/keys.ts";
import type { ObjectStore } from "../runtime/jobs/ports.ts";
import { type Filters, recordTest } from "../runtime/results/filters.ts";
import { createColumnEnds, findColumns } from "../runtime/results/record-bytes.ts";
import { createResultReader } from "../runtime/results/result-reader.ts";
import { pageOf } from "../runtime/results/scan.ts";
import { storeResult } from "../runtime/results/store-result.ts";
import type { Summary } from "../runtime/results/summary.ts";
import { createMemoryObjectStore } from "../test/support/memory/objects.ts";
import { inTurn, median, writeReport } from "./support/report.ts";

const records = 1_000_000;
const chromosomes = 22;
const rounds = 5;
const target = { bucket: "results", key: "a.annot.vcf" };

/** SNVs evenly over 22 chromosomes, with genes, one genotype, and one in 5,000 pathogenic. */
async function* result(): AsyncGenerator<Buffer> {
  yield Buffer.from("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n");
  const each = Math.ceil(records / chromosomes);
  for (let n = 0, lines = ""; n < records; n += 1) {
    const [chromosome, index] = [1 + Math.floor(n / each), n % each];
    const mixed = Math.imul(n, 2_654_435_761) >>> 0;
    const gene = `G${chromosome}x${Math.floor(index / 50)}`;
    const clinvar =
      mixed % 5_000 === 0 ? `;GAS_CLNID=${mixed % 900_000};GAS_CLNSIG=Pathogenic;GAS_CSQ=coding_sequence_variant` : "";
    lines +=
      `chr${chromosome}\t${10_000 + index * 5_000 + (mixed % 4_000)}\t.\t${"ACGT"[mixed % 4]}\t${"CGTA"[mixed % 4]}\t${(mixed % 9_000) / 10}\t` +
      `${mixed % 7 === 0 ? "q10" : "PASS"}\tDP=${20 + (mixed % 30)};MQ=60.00;QD=14.2;GAS_GENE=${gene};GAS_GENE_ID=ENSG0${gene}${clinvar}\t` +
      `GT:DP:GQ\t0/1:${20 + (mixed % 30)}:99\n`;
    if (lines.length > 65_536 || n === records - 1) {
      yield Buffer.from(lines);
      lines = "";
    }
  }
}

interface View {
  readonly view: string;
  readonly filters: Filters;
  readonly from?: number;
}

const views: readonly View[] = [
  { view: "first page", filters: {} },
  { view: "page in the middle", filters: {}, from: records / 2 },
  { view: "a gene", filters: { gene: "G17x500" } },
  { view: "a region of 1 Mb", filters: { region: { sequence: "chr9", first: 50_000_000, last: 51_000_000 } } },
  { view: "pathogenic and PASS", filters: { significance: ["Pathogenic"], filter: ["PASS"] } },
];

const objects = createMemoryObjectStore();
const stored = await storeResult(objects, target, result());
const sizeOf = (key: string) => objects.objects.get(`${target.bucket}/${key}`)?.body.length ?? 0;
const { bgzip, tabix, summary } = companionKeys(target.key);

let [reads, bytes] = [0, 0];
const counted: Pick<ObjectStore, "read"> = {
  async read(ref, options) {
    const body = await objects.read(ref, options);
    reads += 1;
    body.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    return body;
  },
};

async function open({ filters, from = 0 }: View): Promise<number> {
  const begun = performance.now();
  const opened = await createResultReader(counted).open(target, stored.sha256);
  if (opened === undefined) throw new Error("the result has no companions");
  const [page] = await Promise.all([pageOf(opened, filters, { from, limit: 50 }), opened.header()]);
  if (page.records.length === 0) throw new Error("nothing was found");
  return performance.now() - begun;
}

const columns: Pick<Summary, "columns"> = { columns: [] };

/** The whole file, each record tested. */
async function readAll(): Promise<number> {
  const begun = performance.now();
  const text = await buffer(await objects.read(target));
  const test = recordTest({ filter: ["q10"], significance: ["Pathogenic"] }, columns as Summary);
  const ends = createColumnEnds();
  let found = 0;
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf(10, at);
    if (text[at] !== 35 && findColumns(text, at, feed, ends) && test(text, at, feed, ends)) found += 1;
    at = feed + 1;
  }
  if (found === 0) throw new Error("nothing was found");
  return performance.now() - begun;
}

const perView = [];
for (const view of views) {
  [reads, bytes] = [0, 0];
  await open(view);
  const once = { reads, bytes };
  const times = await inTurn(rounds, { open: () => open(view), all: readAll });
  const timeRatio = median(times.all.map((whole, round) => whole / (times.open[round] ?? Number.NaN)));
  const milliseconds = median(times.open);
  perView.push({ view: view.view, ...once, milliseconds, bytesRatio: stored.bytes / once.bytes, timeRatio, times });
  console.log(
    `${view.view}: ${once.reads} reads of ${once.bytes} bytes, ${milliseconds.toFixed(1)} ms: ` +
      `1/${(stored.bytes / once.bytes).toFixed(0)} of the bytes and 1/${timeRatio.toFixed(0)} of the time of reading it all`,
  );
}

writeReport(
  "open-result",
  {
    records,
    resultBytes: stored.bytes,
    companionBytes: sizeOf(bgzip) + sizeOf(tabix) + sizeOf(summary),
    summaryBytes: sizeOf(summary),
    wholeMilliseconds: median(perView.flatMap(({ times }) => times.all)),
    views: perView.map(({ times: _, ...view }) => view),
  },
  { rounds, times: Object.fromEntries(perView.map(({ view, times }) => [view, times])) },
);
