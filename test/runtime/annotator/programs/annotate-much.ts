// Annotates as many megabytes as it is told, of records of a thousand samples, and prints what it took. Every chunk has a sequence of
// its own and a record that cannot be read: what is remembered of either must not keep the chunk.
import { annotate } from "../../../../runtime/annotator/builtin/annotate.ts";
import { loadReference } from "../../../../runtime/annotator/reference/load.ts";
import { minimalHeader } from "../../../support/vcf.ts";

const megabytes = Number(process.argv[2]);
const samples = Array.from({ length: 1_000 }, (_, index) => `S${index}`);
const record = `1\t1806513\t.\tC\tT\t.\t.\tDP=3\tGT:DP${"\t0/1:23".repeat(1_000)}\n`;
const chunk = Buffer.from(record.repeat(37));

function own(number: number): Buffer {
  const unreadable = record.replace("1806513", `position_${number}_is_none`);
  return Buffer.from(record.replace("1", `scaffold_${number}_of_many`) + unreadable);
}

/** Chunks of 272 KB, as many as it takes; none is kept. */
async function* file(): AsyncGenerator<Buffer> {
  yield Buffer.from(`${minimalHeader.trimEnd()}\tFORMAT${samples.map((name) => `\t${name}`).join("")}\n`);
  for (let bytes = 0, number = 0; bytes < megabytes * 1_000_000; bytes += chunk.length, number += 1) {
    yield Buffer.concat([own(number), chunk]);
  }
}

const resident = () => process.memoryUsage().rss / 1024 ** 2;
const reference = loadReference();
const residentMibBefore = resident();
let residentMib = 0;
const { output, report } = annotate(file(), reference, { engineVersion: "test" });
for await (const _ of output) residentMib = Math.max(residentMib, resident());
const accounted = report.annotated + report.passedThrough + report.skipped;
console.log(JSON.stringify({ records: report.records, accounted, residentMib, residentMibBefore }));
