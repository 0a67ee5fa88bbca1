// Most records are annotated by a loop over bytes that makes no strings of them. Whatever it takes, it must write, count and report
// what the reader of all records does. The same files every time; a failure names the seed.
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import test from "ava";
import { annotate } from "../../../runtime/annotator/builtin/annotate.ts";
import { drawFrom } from "../../support/fuzz-vcf.ts";
import { recordsAtEdges } from "../../support/records-at-edges.ts";
import { annotated, chunked, minimalHeader, reference } from "../../support/vcf.ts";
import { type Outcome, outcomeOf, readByPeer } from "./peer.ts";

function readByAnnotator(file: string, chunks: readonly number[]): Promise<Outcome> {
  const input = chunked(Buffer.from(file, "latin1"), chunks);
  const { output, report } = annotate(input, reference(), { engineVersion: "test", now: () => 0 });
  return outcomeOf(report, async () => {
    const parts: Buffer[] = [];
    for await (const part of output) parts.push(part);
    return Buffer.concat(parts).toString("latin1");
  });
}

/** Sizes of chunks, bytes: tiny ones, so that lines are cut anywhere, and up to a whole file. */
const chunksOf = (seed: number): number[] => {
  const draw = drawFrom(seed);
  const most = [1, 7, 300, 5_000, 65_536, 1024 ** 2][draw(6)] as number;
  return Array.from({ length: 5 }, () => 1 + draw(most));
};

test("at edges and of odd records, it writes, counts and refuses what the reader of all records does", async (t) => {
  let annotatedRecords = 0;
  let refused = 0;
  for (let seed = 1; seed <= 80; seed += 1) {
    const file = recordsAtEdges(seed);
    const expected = await readByPeer(file);
    const actual = await readByAnnotator(file, chunksOf(seed));
    t.deepEqual(actual, expected, `recordsAtEdges(${seed}), chunks of ${chunksOf(seed)} bytes`);
    annotatedRecords += expected.report.annotated;
    if (expected.refusal !== undefined) refused += 1;
  }
  t.true(annotatedRecords > 20_000, `${annotatedRecords} records`);
  t.true(refused > 2 && refused < 40, `${refused} files are refused`);
});

test("records between the same edges are written alike, wherever their positions jump", async (t) => {
  const records = ["1806513", "1806514", "9", "1806513", "200000000", "1806514"].map(
    (position) => `chr4\t${position}\t.\tA\tC\t.\t.\tDP=1`,
  );
  const lines = records.map((record) => `${record}\n`);
  const together = await annotated(minimalHeader + lines.join(""));
  const alone = await Promise.all(lines.map((line) => annotated(minimalHeader + line)));
  t.deepEqual(
    together.records,
    alone.flatMap((each) => each.records),
  );
});

test("jobs give way to each other and to timers after some 64 KiB of text, however much of it is there", async (t) => {
  const line = "chr4\t1806513\t.\tA\tC\t.\t.\tDP=1\n";
  const file = gzipSync(minimalHeader + line.repeat(100_000));
  const runs = Array.from({ length: 4 }, () => annotate(chunked(file, []), reference(), { engineVersion: "test" }));
  let most = 0;
  const before = runs.map(() => 0);
  /** Most lines that a job has read between two turns of the event loop. */
  const watch = () => {
    for (const [at, { report }] of runs.entries()) {
      most = Math.max(most, report.lines - (before[at] as number));
      before[at] = report.lines;
    }
  };
  const over = new AbortController();
  const watching = (async () => {
    for (; !over.signal.aborted; watch()) await setImmediate();
  })();
  await Promise.all(
    runs.map(async ({ output }) => {
      for await (const _ of output);
    }),
  );
  over.abort();
  await watching;
  for (const { report } of runs) t.is(report.annotated, 100_000);
  t.true(most <= 3 * (65_536 / line.length), `${most} lines in one turn`);
});
