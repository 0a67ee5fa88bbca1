/**
 * Is the built-in annotator limited by storage rather than by itself? Time of the whole engine (read, look up genes and ClinVar,
 * write) against @gmod/vcf parsing the same lines and doing nothing else, over two files: one like a person's genome (few records
 * in ClinVar) and the demo's sample (most records in ClinVar, so most get all seven fields).
 *
 *     npm run bench -- annotate
 */
import VCFParser from "@gmod/vcf";
import { generatedVcf } from "../local/demo/sample-vcf.ts";
import { annotate } from "../runtime/annotator/builtin/annotate.ts";
import { loadReference } from "../runtime/annotator/reference/load.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n";
const genomeRecords = 150_000;

/** SNVs every 1,500 bases over the first chromosomes. */
function genomeLike(): Buffer {
  const lines: string[] = [];
  for (let n = 0; n < genomeRecords; n += 1) {
    const chromosome = 1 + Math.floor(n / 25_000);
    const position = 20_000 + (n % 25_000) * 1_500 + ((n * 7919) % 1_000);
    const [ref, alt] = ["AG", "CT", "GA", "TC"][n % 4] as string;
    const info = `AC=1;AF=0.500;AN=2;BaseQRankSum=${(n % 40) / 10};DP=${20 + (n % 30)};MQ=60.00;QD=14.2`;
    lines.push(
      `chr${chromosome}\t${position}\t.\t${ref}\t${alt}\t${300 + (n % 500)}.6\tPASS\t${info}\tGT:AD:DP:GQ\t0/1:14,13:27:99`,
    );
  }
  return Buffer.from(`${header}${lines.join("\n")}\n`);
}

async function whole(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

async function* inChunks(file: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.length; at += 65_536) yield file.subarray(at, at + 65_536);
}

const reference = loadReference();

async function ours(file: Buffer): Promise<number> {
  const begun = performance.now();
  const { output } = annotate(inChunks(file), reference, { engineVersion: "bench" });
  for await (const _ of output);
  return performance.now() - begun;
}

/** The columns that a program which annotates must look at, of every line. */
async function theirs(file: Buffer): Promise<number> {
  const begun = performance.now();
  let parser: VCFParser | undefined;
  let head = "";
  let rest = "";
  let seen = 0;
  for await (const chunk of inChunks(file)) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("#")) {
        head += `${line}\n`;
        continue;
      }
      parser ??= new VCFParser({ header: head });
      const { CHROM, POS, REF, ALT, INFO } = parser.parseLine(line);
      seen += (CHROM?.length ?? 0) + POS + (REF?.length ?? 0) + (ALT?.length ?? 0) + (INFO === undefined ? 0 : 1);
    }
  }
  if (seen === 0) throw new Error("nothing was parsed");
  return performance.now() - begun;
}

async function compare(file: Buffer) {
  const records = file
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#")).length;
  await ours(file);
  await theirs(file);
  const times = await inTurn(5, { annotate: () => ours(file), gmod: () => theirs(file) });
  return {
    records,
    megabytes: Number((file.length / 1e6).toFixed(1)),
    annotateRecordsPerSecond: Math.round((1000 * records) / median(times.annotate)),
    gmodParseRecordsPerSecond: Math.round((1000 * records) / median(times.gmod)),
    /** How many times as fast as parsing alone. */
    ratio: ratio(times.gmod, times.annotate),
  };
}

const results = {
  genomeLike: await compare(genomeLike()),
  clinvarSample: await compare(await whole(generatedVcf(10_000_000))),
};
for (const [name, { ratio: times, ...figures }] of Object.entries(results)) {
  console.log(
    `${name}: annotating runs at ${times.median.toFixed(2)} times the speed of @gmod/vcf parsing alone ` +
      `(${figures.annotateRecordsPerSecond} against ${figures.gmodParseRecordsPerSecond} records/s)`,
  );
}
const figuresOf = ({ records, annotateRecordsPerSecond, ratio: times }: (typeof results)["genomeLike"]) => ({
  records,
  recordsPerSecond: annotateRecordsPerSecond,
  ratio: times.median,
});
writeReport(
  "annotate",
  { genomeLike: figuresOf(results.genomeLike), clinvarSample: figuresOf(results.clinvarSample) },
  results,
);
