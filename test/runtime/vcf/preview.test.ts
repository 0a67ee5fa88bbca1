// What is told of a file before its upload: the very words that the annotator would fail it with.
import { readFileSync } from "node:fs";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import test from "ava";
import { InputError } from "../../../runtime/vcf/input-error.ts";
import { type Inflate, prefixBytes, prefixTextBytes, readPrefix } from "../../../runtime/vcf/prefix.ts";
import { type Preview, previewOf, refusalOf } from "../../../runtime/vcf/preview.ts";
import { browserVcf, browserVcfFile } from "../../support/browser-vcf.ts";
import { fuzzFile } from "../../support/fuzz-vcf.ts";
import { annotated, bgzip, columnLine, dataFile, vcfOf } from "../../support/vcf.ts";

const inflate: Inflate = async (data) => ({
  bytes: gunzipSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 * prefixTextBytes }),
  whole: true,
});

async function preview(file: string | Buffer): Promise<Preview> {
  const bytes = Buffer.from(file);
  const ends = { first: bytes.subarray(0, prefixBytes), last: bytes.subarray(-4), bytes: bytes.length };
  return previewOf(await readPrefix(ends, inflate));
}

const mistakesOf = async (file: string | Buffer) =>
  (await preview(file)).mistakes.map(({ line, reason, fatal }) => `${line}${fatal ? "!" : ""} ${reason}`);

/** What the annotator says of the whole file. */
async function judged(file: Buffer): Promise<{ fatal: string | undefined; skipped: string[] }> {
  try {
    const { report } = await annotated(file);
    return { fatal: undefined, skipped: report.skippedLines.map(({ line, reason }) => `${line} ${reason}`) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { fatal: `${error.line}! ${error.message}`, skipped: [] };
  }
}

test("samples, sequences, records and assembly, with what proves it", async (t) => {
  const file = [
    "##fileformat=VCFv4.2",
    "##contig=<ID=chr17,length=83257441>",
    "##contig=<ID=chr13,length=114364328>",
    `${columnLine}\tFORMAT\tNA12878\tZoë`,
    "chr17\t43045712\trs80357064\tT\tC\t.\tPASS\t.\tGT\t0/1\t0/0",
    "chr13\t32340300\t.\tGT\tG\t.\tPASS\t.\tGT\t0/1\t1/1",
    "",
  ].join("\n");
  const told = await preview(file);
  t.deepEqual(told.samples, ["NA12878", "Zoë"]);
  t.deepEqual(told.sequences, ["chr17", "chr13"]);
  t.is(told.contigs, 2);
  t.deepEqual(told.rows[0], ["chr17", "43045712", "rs80357064", "T", "C"]);
  t.deepEqual([told.records, told.complete, told.headerEnds, told.mistakes.length], [2, true, true, 0]);
  t.is(told.assembly.name, "GRCh38");
  t.regex(told.assembly.because, /lengths of chromosomes \(line 2: "chromosome 17 with 83257441 bases" and 1 more\)/);
  const packed = await preview(bgzip(Buffer.from(file), 100));
  t.deepEqual({ ...packed, compression: "plain" }, { ...told });
  t.is(packed.compression, "bgzip");
  t.is((await preview(gzipSync(file))).compression, "gzip");
});

test("another assembly and an unknown one are told; accessions in CHROM prove ours", async (t) => {
  const hg19 = vcfOf("1\t5000\t.\tA\tC\t.\t.\t.").replace("\n", "\n##reference=hg19.fa\n");
  t.like((await preview(hg19)).assembly, { name: "GRCh37", ours: false });
  t.like((await preview(vcfOf("1\t5000\t.\tA\tC\t.\t.\t."))).assembly, { name: undefined, ours: false });
  t.like((await preview(vcfOf("NC_000017.11\t5000\t.\tA\tC\t.\t.\t."))).assembly, { name: "GRCh38", ours: true });
  t.like((await preview(vcfOf("NC_000017.10\t5000\t.\tA\tC\t.\t.\t."))).assembly, { name: "GRCh37", ours: false });
});

test("mistakes have line, column, value and what was expected", async (t) => {
  t.deepEqual(
    await mistakesOf(vcfOf("1\tx7\t.\tA\tC\t.\t.\t.", "1\t9\t.\tQ\tC\t.\t.\t.", "1\t248956424\t.\tA\tC\t.\t.\t.")),
    [
      '3 POS "x7" is not a whole number between 0 and 2147483647',
      '4 REF "Q" is not a sequence of bases',
      "5 position 248956424 is beyond the end of the chromosome in GRCh38 (248956422): the file may be of another assembly",
    ],
  );
  t.deepEqual(await mistakesOf(vcfOf("1 5 . A C . . .")), [
    '3! the record has 1 tab-separated column, the column line has 8; column 1 is "1 5 . A C . . .", column 2 (POS) was expected after it',
  ]);
});

test("what is not VCF is refused by its first bytes, packed or not; a mistake further on is not", async (t) => {
  const refusal = async (file: Buffer | string) => {
    try {
      return refusalOf(await preview(file))?.reason;
    } catch (error) {
      return (error as InputError).message;
    }
  };
  t.is(await refusal("%PDF-1.7"), "not a VCF file: this is a PDF document");
  t.is(await refusal(bgzip(Buffer.from("BAM\u0001"))), "not a VCF file: this is BAM: reads, not variants");
  t.is(await refusal("CRAM\u0003"), "not a VCF file: this is CRAM: reads, not variants");
  t.regex((await refusal("PK\u0003\u0004")) ?? "", /a zip archive/);
  t.regex((await refusal(gzipSync(gzipSync(vcfOf())))) ?? "", /compressed twice/);
  t.regex((await refusal("1\t5\t.\tA\tC\t.\t.\t.\n")) ?? "", /it begins with "1·5·/);
  t.is(await refusal(gzipSync("")), "the file is empty");
  t.is(await refusal(vcfOf("1\tx\t.\tA\tC\t.\t.\t.")), undefined);
  t.is(await refusal("##fileformat=VCFv4.2\n#CHROM\tPOSITION\n"), undefined);
});

test("a bgzip file that was cut off between two blocks is told by its last bytes, however large it is", async (t) => {
  const whole = bgzip(dataFile("test/data/edge-cases.vcf"), 500);
  t.is((await preview(whole)).mistakes.filter(({ fatal }) => fatal).length, 0);
  t.regex((await mistakesOf(whole.subarray(0, -28))).at(-1) ?? "", /! the bgzip file is truncated/);
});

test("of a large file only the beginning is read: nothing is said of its end", async (t) => {
  const record = `1\t5\t.\tA\tC\t.\t.\t${"D".repeat(900)}`;
  const told = await preview(vcfOf(...Array(400).fill(record)));
  t.deepEqual([told.complete, told.mistakes], [false, []]);
  t.true(told.records > 200 && told.records < 400, `${told.records}`);
  const header = `##fileformat=VCFv4.2\n${"##x=y\n".repeat(60_000)}`;
  t.like(await preview(header), { headerEnds: false, complete: false, mistakes: [] });
});

test("the preview says of hundreds of files of all kinds what the annotator says", async (t) => {
  let fatal = 0;
  let skipped = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const file = fuzzFile(seed);
    if (file.length === 0 || file.length > prefixBytes || file[0] === 0x1f) continue;
    const whole = await judged(file);
    const told = await mistakesOf(file);
    if (whole.fatal?.includes("none of the") !== true) {
      t.deepEqual(
        told.filter((each) => each.includes("! ")).slice(0, 1),
        whole.fatal === undefined ? [] : [whole.fatal],
      );
    }
    if (whole.fatal !== undefined) {
      fatal += 1;
      continue;
    }
    skipped += whole.skipped.length;
    t.deepEqual(
      told.filter((each) => !each.includes("beyond the end")),
      whole.skipped,
      `seed ${seed}`,
    );
  }
  t.true(fatal > 50 && skipped > 50, `${fatal} files fail, ${skipped} records are left out`);
});

test("the module that browsers have is made of these rules as they are now", (t) => {
  t.is(readFileSync(browserVcfFile, "utf8"), browserVcf(), "npm run browser");
});
