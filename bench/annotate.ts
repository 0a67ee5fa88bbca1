/**
 * How much processor time does annotating take, and how much memory? As processes, on one core and on two, over plain and bgzip files
 * like a person's genome: the built-in annotator, vcfanno, and bcftools annotate twice, in turn. All of them write genes and ClinVar's
 * fields; the annotator also writes consequences by location, which makes its output twice as long.
 *
 * And is it limited by storage rather than by itself? Time of the whole engine (read, look up genes and ClinVar,
 * write) against @gmod/vcf parsing the same lines and doing nothing else, over two files: one like a person's genome (few records
 * in ClinVar) and the demo's sample (most records in ClinVar, so most get all seven fields).
 *
 *     npm run bench -- annotate
 *     node --import ./plan/program/source/register.js bench/annotate.ts [records] [rounds]
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import VCFParser from "@gmod/vcf";
import { buildSync } from "esbuild";
import { generatedVcf } from "../local/demo/sample-vcf.ts";
import { annotate } from "../runtime/annotator/builtin/annotate.ts";
import { loadReference } from "../runtime/annotator/reference/load.ts";
import { writeGenome } from "./annotate/genome.ts";
import { preparePeers } from "./annotate/peers.ts";
import { type Taken, timed } from "./annotate/processes.ts";
import type { ProgramSaid } from "./annotate/program.ts";
import type { AnnotateFigures } from "./figures/records.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const records = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 2);

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

/** The annotator as a service's bundle has it: one module, its data beside it. */
function buildProgram(directory: string): string {
  const outfile = `${directory}/program.mjs`;
  const entry = fileURLToPath(new URL("annotate/program.ts", import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", target: "node20", format: "esm" });
  cpSync(new URL("../runtime/annotator/reference/data", import.meta.url), `${directory}/data`, { recursive: true });
  return outfile;
}

const directory = fileURLToPath(new URL("../.annofarm/bench/annotate", import.meta.url));
mkdirSync(directory, { recursive: true });
const peers = preparePeers(directory);
const program = buildProgram(directory);
const genome = `${directory}/genome.vcf`;
await writeGenome(genome, records);
execFileSync("bgzip", ["-f", "-k", genome]);

const commands = (input: string, cores: number) => ({
  annotator: `${process.execPath} ${program} ${input}`,
  vcfanno: peers.vcfanno(input, cores),
  bcftools: peers.bcftools(input),
});

/** Records with a gene, and with a ClinVar allele, in an output. */
function found(file: string): string {
  const count = (text: string) =>
    Number(execFileSync("awk", [`!/^#/ && /${text}=/ { n++ } END { print n + 0 }`, file]));
  return `${count("GAS_GENE")} with a gene, ${count("GAS_CLNID")} in ClinVar`;
}

/** @throws when the programs find something else. */
function checkAlike(): void {
  const outputs = Object.entries(commands(genome, 1)).map(([name, command]) => {
    const output = `${directory}/output.vcf`;
    timed(command, 1, output);
    return [name, found(output)] as const;
  });
  if (new Set(outputs.map(([, each]) => each)).size > 1) throw new Error(`they differ: ${outputs.join("; ")}`);
}

type Subject = keyof ReturnType<typeof commands>;

async function comparePeers(packing: "plain" | "bgzip", cores: 1 | 2) {
  const taken: Record<Subject, Taken[]> = { annotator: [], vcfanno: [], bcftools: [] };
  const all = commands(packing === "plain" ? genome : `${genome}.gz`, cores);
  const subject = (name: Subject) => async () => {
    const one = timed(all[name], cores);
    taken[name].push(one);
    return one.cpu;
  };
  const cpu = await inTurn(rounds, {
    annotator: subject("annotator"),
    vcfanno: subject("vcfanno"),
    bcftools: subject("bcftools"),
  });
  const said = taken.annotator.map((each) => JSON.parse(each.said) as ProgramSaid);
  const seconds = (name: Subject) => taken[name].map((each) => each.seconds);
  const figures: AnnotateFigures["peers"]["runs"][number] = {
    packing,
    cores,
    cpuSeconds: median(cpu.annotator),
    residentMib: Math.max(...said.map(({ residentMib }) => residentMib)),
    readyMilliseconds: median(said.map(({ readyMilliseconds }) => readyMilliseconds)),
    vcfanno: ratio(cpu.vcfanno, cpu.annotator),
    bcftools: ratio(cpu.bcftools, cpu.annotator),
    vcfannoElapsed: ratio(seconds("vcfanno"), seconds("annotator")),
    bcftoolsElapsed: ratio(seconds("bcftools"), seconds("annotator")),
  };
  console.log(
    `${packing}, ${cores} core${cores > 1 ? "s" : ""}: ${figures.vcfanno.median.toFixed(1)} times vcfanno's speed by processor time, ` +
      `${figures.bcftools.median.toFixed(1)} times bcftools'; ${figures.residentMib.toFixed(0)} MiB`,
  );
  return { figures, taken };
}

checkAlike();
const compared = [];
for (const packing of ["plain", "bgzip"] as const) {
  for (const cores of [1, 2] as const) compared.push(await comparePeers(packing, cores));
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
  {
    genomeLike: figuresOf(results.genomeLike),
    clinvarSample: figuresOf(results.clinvarSample),
    peers: { records, versions: peers.versions, runs: compared.map(({ figures }) => figures) },
  },
  { ...results, peers: compared.map(({ taken }) => taken), loadAverage: readFileSync("/proc/loadavg", "utf8").trim() },
);
