// Commands of other annotators: bcftools csq as it runs, the others as they are called.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { externalEngines } from "../../../components/index.ts";
import { readEngineChoice } from "../../../runtime/annotator/engine/configuration.ts";
import { EngineError } from "../../../runtime/annotator/engine/engine.ts";
import { createExternalEngine } from "../../../runtime/annotator/engine/external.ts";
import { systemClock } from "../../../runtime/jobs/clock.ts";
import { createMemoryLog } from "../../support/memory.ts";
import { ensemblGff3 } from "../../support/reference-files.ts";
import { chunked, columnLine } from "../../support/vcf.ts";

const hasBcftools = spawnSync("bcftools", ["--version"]).status === 0;
const withBcftools = hasBcftools ? test : test.skip;

/** ATG, eight times CAG (glutamine), TAA: translated from 101 to 130 in one exon from 51 to 180. */
const genome = `${"A".repeat(100)}ATG${"CAG".repeat(8)}TAA${"A".repeat(170)}`;

function startCsq(t: { teardown(end: () => void): void }, vcf: string) {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-csq-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const [fasta, gff, jobs] = ["genome.fa", "genes.gff3", "jobs"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(jobs);
  writeFileSync(fasta, `>1\n${genome}\n`);
  const transcripts = [{ number: 201, exons: [[51, 180]], coding: [101, 130] }] as const;
  const contig = {
    name: "1",
    length: genome.length,
    genes: [{ symbol: "G", number: 1, strand: "+", transcripts }],
  } as const;
  writeFileSync(gff, ensemblGff3("Toy2", [contig]));
  const choice = readEngineChoice(JSON.stringify(externalEngines.bcftoolsCsq({ fasta, gff })));
  if (choice.kind !== "external") throw new Error("it is a program");
  const log = createMemoryLog();
  const engine = createExternalEngine({ ...choice, memoryMibMax: 512, clock: systemClock, log, directory: jobs });
  const { signal } = new AbortController();
  const run = engine.start({
    uncompressedBytesMax: 1e9,
    fileName: "a.vcf",
    bytes: chunked(Buffer.from(vcf), [64]),
    signal,
  });
  const output = async () => {
    const parts: Buffer[] = [];
    for await (const part of run.output) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  return { run, output, jobs };
}

const vcf = (...records: string[]) =>
  ["##fileformat=VCFv4.2", "##contig=<ID=1,length=300>", columnLine, ...records, ""].join("\n");

withBcftools(
  "bcftools csq: a codon that changes, one that stops, one that says the same (needs bcftools)",
  async (t) => {
    const records = [
      "1\t60\t.\tA\tC\t.\t.\t.",
      "1\t104\t.\tC\tA\t.\t.\t.",
      "1\t107\t.\tC\tT\t.\t.\t.",
      "1\t112\t.\tG\tA\t.\t.\t.",
    ];
    const { run, output, jobs } = startCsq(t, vcf(...records));
    const lines = (await output()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const told = lines.map((line) => /BCSQ=(.*)/.exec(line.split("\t")[7] ?? "")?.[1]?.split("|") ?? []);
    t.deepEqual(
      told.map(([consequence, gene, , , , change]) => [consequence, gene, change]),
      [
        ["5_prime_utr", "G", undefined],
        ["missense", "G", "2Q>2K"],
        ["stop_gained", "G", "3Q>3*"],
        ["synonymous", "G", "4Q"],
      ],
    );
    t.is(run.records(), 4);
    t.deepEqual(readdirSync(jobs), []);
  },
);

withBcftools(
  "bcftools csq: a REF that the genome does not have fails the job, with its words in the log (needs bcftools)",
  async (t) => {
    const { run, output } = startCsq(t, vcf("1\t104\t.\tG\tA\t.\t.\t."));
    await t.throwsAsync(output(), { instanceOf: EngineError, message: /ended with exit status/ });
    t.regex(run.account(), /does not match|mismatch|fasta/i);
  },
);

test("each command has both placeholders, and gives paths as arguments of their own", (t) => {
  const commands = [
    externalEngines.bcftoolsCsq({ fasta: "/data/g.fa", gff: "/data/g.gff3" }),
    externalEngines.vep({ cache: "/data/vep cache", assembly: "GRCh38" }),
    externalEngines.snpEff({ jar: "/opt/snpEff/snpEff.jar", database: "GRCh38.105", heapMiB: 4096 }),
  ];
  for (const command of commands) t.is(readEngineChoice(JSON.stringify(command)).kind, "external");
  t.true(commands[1]?.includes("/data/vep cache"));
  // What the shell of SnpEff runs, with a java that shows its arguments.
  const directory = mkdtempSync(join(tmpdir(), "annofarm-java-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "java"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const [program = "", ...args] = (commands[2] ?? []).map((each) =>
    each.replace("{input}", "a b.vcf").replace("{output}", join(directory, "o")),
  );
  t.is(spawnSync(program, args, { env: { PATH: `${directory}:/usr/bin:/bin` } }).status, 0);
  const shown = [
    "-Xmx4096m",
    "-jar",
    "/opt/snpEff/snpEff.jar",
    "ann",
    "-noStats",
    "-nodownload",
    "GRCh38.105",
    "a b.vcf",
    "",
  ];
  t.deepEqual(spawnSync("cat", [join(directory, "o")], { encoding: "utf8" }).stdout.split("\n"), shown);
});
