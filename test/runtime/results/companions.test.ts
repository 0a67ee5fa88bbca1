// What a worker stores beside a result: other programs read it, and it says what is in the result.
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync } from "node:zlib";
import test from "ava";
import fc from "fast-check";
import { companionKeys } from "../../../runtime/contract/keys.ts";
import { storeResult } from "../../../runtime/results/store-result.ts";
import { createMemoryObjectStore } from "../../support/memory.ts";
import { asFiles, missingPrograms, output, storedResult, target } from "../../support/results.ts";
import { chunked } from "../../support/vcf.ts";

const header = (samples = "") =>
  `##fileformat=VCFv4.2\n##contig=<ID=chr1>\n##contig=<ID=chr2>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO${samples}\n`;

interface Site {
  readonly chrom: string;
  readonly pos: number;
  readonly ref: string;
  /** Bases beyond REF, by END. */
  readonly beyond: number;
}

const lastOf = ({ pos, ref, beyond }: Site) => Math.max(1, pos) + Math.max(ref.length - 1, beyond);
const lineOf = (site: Site, index: number) =>
  `${site.chrom}\t${site.pos}\tr${index}\t${site.ref}\tT\t.\tPASS\t${site.beyond > 0 ? `DP=3;END=${lastOf(site)}` : "."}\n`;

/** Places around the borders of windows and bins, near and far. */
const position = fc.oneof(
  fc.integer({ min: 1, max: 400 }),
  fc
    .tuple(fc.constantFrom(14, 17, 20, 23, 26), fc.integer({ min: 1, max: 7 }), fc.integer({ min: -2, max: 2 }))
    .map(([bits, times, off]) => times * 2 ** bits + off),
);
const sites = fc
  .array(
    fc.record({
      chrom: fc.constantFrom("chr1", "chr2"),
      pos: position,
      ref: fc.constantFrom("A", "AC", "A".repeat(300)),
      beyond: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 400, max: 200_000 })),
    }),
    { minLength: 1, maxLength: 400 },
  )
  .map((list) => list.sort((a, b) => (a.chrom < b.chrom ? -1 : a.chrom > b.chrom ? 1 : a.pos - b.pos)));
const region = fc.record({
  chrom: fc.constantFrom("chr1", "chr2"),
  begin: position,
  length: fc.constantFrom(1, 100, 20_000, 3_000_000),
});

const overlapping = (
  all: readonly Site[],
  { chrom, begin, length }: { chrom: string; begin: number; length: number },
) =>
  all.flatMap((site, index) =>
    site.chrom === chrom && site.pos <= begin + length - 1 && lastOf(site) >= begin ? [lineOf(site, index)] : [],
  );

test("tabix finds by our index the records that overlap a region, whatever their bins", async (t) => {
  const missing = missingPrograms("tabix", "bcftools");
  if (missing !== undefined) {
    t.log(missing);
    return t.pass();
  }
  const property = fc.asyncProperty(
    sites,
    fc.array(region, { minLength: 1, maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 3 }),
    async (all, regions, sizes) => {
      const stored = await storedResult(header() + all.map(lineOf).join(""), sizes);
      const file = asFiles(stored);
      for (const each of regions) {
        const found = output("tabix", file, `${each.chrom}:${Math.max(1, each.begin)}-${each.begin + each.length - 1}`);
        t.is(found, overlapping(all, each).join(""));
      }
      t.is(Number(output("bcftools", "index", "--nrecords", file)), all.length);
      rmSync(dirname(file), { recursive: true });
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test("the bgzip file is the result's text, in blocks that bgzip accepts, whatever the chunks", async (t) => {
  const text = header("\tFORMAT\tprobé") + lineOf({ chrom: "chr1", pos: 5, ref: "A", beyond: 0 }, 0).repeat(9_000);
  const one = await storedResult(text.replaceAll("PASS\t.\n", "PASS\t.\tGT\t0/1\n"));
  const many = await storedResult(text.replaceAll("PASS\t.\n", "PASS\t.\tGT\t0/1\n"), [1, 65_280, 7]);
  t.deepEqual(many.bgzip, one.bgzip);
  t.deepEqual(many.tabix, one.tabix);
  t.deepEqual(many.summary, one.summary);
  t.is(gunzipSync(one.bgzip).toString(), one.objects.text(target) ?? "");
  t.is(one.result.sha256, one.summary.result.sha256);
  t.deepEqual(one.summary.columns.slice(8), ["FORMAT", "probé"]);
  const missing = missingPrograms("bgzip");
  if (missing !== undefined) return t.log(missing);
  const file = asFiles(one);
  t.is(output("bgzip", "--test", file), "");
  rmSync(dirname(file), { recursive: true });
});

test("text that does not compress fits into blocks, too", async (t) => {
  const noise = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index * 2_654_435_761) >>> 24));
  const objects = createMemoryObjectStore();
  await storeResult(objects, target, chunked(noise, [70_000]));
  const bgzip = objects.objects.get(`results/${companionKeys(target.key).bgzip}`)?.body as Buffer;
  t.deepEqual(gunzipSync(bgzip), noise);
  for (let at = 0; at < bgzip.length; at += bgzip.readUInt16LE(at + 16) + 1) t.is(bgzip.readUInt16LE(at + 12), 0x4342);
});

const record = (columns: string) => `${columns.replaceAll(" ", "\t")}\n`;

test("the summary counts each record once for each of its values", async (t) => {
  const info =
    "GAS_GENE=A,B;GAS_CLNSIG=Pathogenic,Pathogenic;GAS_CSQ=frameshift_variant,intron_variant;GAS_CLNMC=stop_gained,.";
  const { summary } = await storedResult(
    header() +
      record(`chr1 100 rs1 A C,G 9.9 PASS ${info}`) +
      record("chr1 200 . AC A 10 q10;s50 GAS_GENE=B") +
      record("chr2 1 . N <DEL> . . SVLEN=-2000000;XGAS_GENE=C") +
      record("chr2 5 . T T[chr1:7[ 1e3 PASS ."),
  );
  const counts = Object.fromEntries(
    Object.entries(summary.facets).map(([name, { values, records }]) => [
      name,
      Object.fromEntries(values.flatMap((value, at) => ((records[at] ?? 0) > 0 ? [[value, records[at]]] : []))),
    ]),
  );
  t.deepEqual(counts, {
    type: { SNV: 1, deletion: 1, structural: 1, breakend: 1 },
    filter: { PASS: 2, q10: 1, s50: 1, ".": 1 },
    consequence: { frameshift_variant: 1, intron_variant: 1 },
    significance: { Pathogenic: 1 },
    quality: { "0": 1, "10": 1, ".": 1, "1000": 1 },
  });
  t.deepEqual(summary.genes, ["A", "B"]);
  t.like(summary, { records: 4, tabix: { exists: true } });
  t.deepEqual(
    summary.zones.map(({ records, spans }) => ({ records, spans })),
    [
      {
        records: 4,
        spans: [
          [0, 100, 201, 2],
          [1, 1, 2_000_001, 2],
        ],
      },
    ],
  );
  t.deepEqual(
    summary.sequences.map(({ name, density }) => [name, density]),
    [
      ["chr1", [2]],
      ["chr2", [2]],
    ],
  );
});

test("a zone begins where the map says, and holds so many records", async (t) => {
  const lines = Array.from({ length: 9_000 }, (_, i) => record(`chr1 ${i + 1} r${i} A C . PASS DP=${i}`));
  const { summary, bgzip } = await storedResult(header() + lines.join(""), [10_000]);
  t.deepEqual(
    summary.zones.map((zone) => zone.records),
    [4096, 4096, 808],
  );
  let before = 0;
  for (const zone of summary.zones) {
    const block = gunzipSync(bgzip.subarray(Math.floor(zone.at / 65_536)));
    t.true(
      block
        .subarray(zone.at % 65_536)
        .toString("latin1")
        .startsWith(lines[before] as string),
    );
    before += zone.records;
  }
});

for (const [name, records, reason] of [
  ["positions go back", ["chr1 9 . A C . . .", "chr1 8 . A C . . ."], /record 2 is at chr1:8, after one at chr1:9/],
  [
    "a sequence comes twice",
    ["chr1 9 . A C . . .", "chr2 8 . A C . . .", "chr1 10 . A C . . ."],
    /record 3 goes back to chr1/,
  ],
  ["a position beyond tabix's", ["chr1 536870913 . A C . . ."], /a tabix index ends at base 536870912/],
] as const) {
  test(`no tabix index, and why: ${name}`, async (t) => {
    const { summary, tabix, bgzip, objects } = await storedResult(header() + records.map(record).join(""));
    t.is(tabix, undefined);
    t.false(summary.tabix.exists);
    t.regex(summary.tabix.exists ? "" : summary.tabix.reason, reason);
    t.is(summary.records, records.length, "the summary knows the records all the same");
    t.is(gunzipSync(bgzip).toString(), objects.text(target) ?? "", "in the order of the result");
  });
}

test("what is no VCF is stored with its bgzip file, and the summary says why it knows nothing", async (t) => {
  for (const [text, reason] of [
    ["not a VCF file\n", /does not begin with the header/],
    ["", /has no header/],
    [`${header()}chr1\tx\t.\tA\tC\t.\t.\t.\n`, /Record 1 of the result has a POS that is no position/],
    [`${header()}chr1\t7\n`, /Record 1 of the result has fewer than eight columns/],
  ] as const) {
    const { summary, tabix, bgzip, objects } = await storedResult(text);
    t.regex(summary.stopped ?? "", reason);
    t.is(tabix, undefined);
    t.is(gunzipSync(bgzip).toString(), objects.text(target) ?? "");
  }
});

test("a result that breaks off leaves neither result nor companions", async (t) => {
  const objects = createMemoryObjectStore();
  async function* broken() {
    yield Buffer.from(header());
    throw new Error("the engine stopped");
  }
  await t.throwsAsync(storeResult(objects, target, broken()), { message: "the engine stopped" });
  t.deepEqual([...objects.objects.keys()], []);
});

test("a companion that cannot be stored fails the result, with the store's own error", async (t) => {
  for (const key of Object.values(companionKeys(target.key))) {
    const objects = createMemoryObjectStore();
    const write: typeof objects.write = async (ref, body, options) => {
      if (ref.key === key) throw new Error(`no room for ${key}`);
      return objects.write(ref, body, options);
    };
    const text = header() + record("chr1 7 . A C . . .").repeat(100_000);
    await t.throwsAsync(storeResult({ write }, target, chunked(Buffer.from(text), [50_000])), {
      message: `no room for ${key}`,
    });
    t.is(objects.text(target), undefined);
  }
});
