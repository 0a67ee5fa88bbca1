import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import test from "ava";
import fc from "fast-check";
import { annotate } from "../../../runtime/annotator/builtin/annotate.ts";
import { formatReport } from "../../../runtime/annotator/builtin/format-report.ts";
import { skippedLinesMax } from "../../../runtime/annotator/builtin/report.ts";
import { InputError } from "../../../runtime/vcf/input-error.ts";
import { annotated, bgzip, columnLine, dataFile, minimalHeader, reference, vcfOf } from "../../support/vcf.ts";

const infoOf = (record: string[] | undefined) =>
  Object.fromEntries((record?.[7] ?? "").split(";").map((field) => field.split("=") as [string, string?]));

test("edge cases: alleles, prefixes, stale fields, symbolic alleles, records that are none", async (t) => {
  const { records, lines, report } = await annotated(dataFile("test/data/edge-cases.vcf"));
  const by = new Map(records.map((record) => [record[2], record]));
  t.like(infoOf(by.get("stale")), {
    DP: "3",
    GAS_GENE: "AGRN",
    GAS_GENE_ID: "ENSG00000188157",
    GAS_CLNSIG: "Pathogenic/Likely_pathogenic",
    GAS_CLNID: "666960",
  });
  t.true(
    by.get("stale")?.[7]?.startsWith("DP=3;DB;GAS_GENE=AGRN;"),
    "an earlier run's fields are replaced, others kept",
  );
  t.is(infoOf(by.get("padded")).GAS_CLNID, "666960,.");
  const multi = infoOf(by.get("multi"));
  t.is(multi.GAS_CLNID, "224713,1700090,.,.,.", "one value per ALT allele, in order");
  t.is(multi.GAS_CLNSIG?.split(",").length, 5);
  t.is(infoOf(by.get("lower")).GAS_CLNID, "224713");
  t.like(infoOf(by.get("symbolic")), { GAS_GENE: "GNB1", GAS_CSQ: "splice_acceptor_variant" });
  t.like(infoOf(by.get("breakend")), { GAS_GENE: "GNB1", GAS_CSQ: "feature_truncation" });
  t.is(by.get("nothing")?.[7], ".");
  t.is(by.get("elsewhere")?.[7], ".");
  t.is(infoOf(by.get("mito")).GAS_GENE, "MT-TL1");
  t.is(lines.filter((line) => line.startsWith("##INFO=<ID=GAS_GENE,")).length, 1);
  t.true(lines.indexOf(columnLine) > lines.findIndex((line) => line.startsWith("##INFO=<ID=GAS_CLNMC")));
  t.deepEqual(
    report.skippedLines.map(({ line, reason }) => [line, reason]),
    [
      [13, 'POS "ten" is not a whole number between 0 and 2147483647'],
      [14, 'REF "C-" is not a sequence of bases'],
      [15, 'ALT "G;T" is neither bases nor a symbolic allele, breakend, * or .'],
    ],
  );
  t.deepEqual(Object.fromEntries(report.passedThroughReasons), {
    "no alternate allele": 1,
    "no reference data for this sequence": 1,
  });
  t.is(report.annotated, 7);
});

test("the sample: every record is annotated", async (t) => {
  const { report, records } = await annotated(dataFile("local/demo/data/clinvar-sample.vcf"));
  t.is(report.records, 770);
  t.is(report.passedThrough, 0);
  t.is(report.skipped, 0);
  t.is(report.annotated, 770);
  t.true(report.withClinvar > 600);
  t.is(records.length, 770);
  for (const record of records) t.is(record[9]?.includes(":"), true, "sample columns are untouched");
});

test("annotating a result again changes nothing", async (t) => {
  const once = await annotated(dataFile("local/demo/data/clinvar-sample.vcf"));
  const twice = await annotated(once.text);
  t.is(twice.text, once.text);
});

test("plain, gzip and bgzip give the same result", async (t) => {
  const plain = await annotated(dataFile("local/demo/data/clinvar-sample.vcf"));
  for (const path of ["test/data/clinvar-sample.vcf.gz", "test/data/clinvar-sample.bgzip.vcf.gz"]) {
    for (const chunks of [[64 * 1024], [1, 2, 3, 500], [10_822 - 28]]) {
      t.is((await annotated(dataFile(path), { chunks })).text, plain.text, `${path} in chunks of ${chunks}`);
    }
  }
});

const column = fc.string({ unit: fc.constantFrom(..."ACGT.,<>*[]:09x= "), maxLength: 6 });
const plausible = fc
  .record({
    chrom: fc.constantFrom("1", "chr1", "17", "chrM", "chrUn_1"),
    pos: fc.oneof(fc.constantFrom(1040717, 1806513, 43100000, 3243), fc.integer({ min: 0, max: 250_000_000 })),
    ref: fc.constantFrom("A", "C", "GA", "N", "-"),
    alt: fc.constantFrom("G", "T,A", "<DEL>", "*", ".", "A]1:5]", "?", "GT,<DUP>,*"),
    info: fc.constantFrom(".", "DP=3", "GAS_GENE=OLD", "A;GAS_CLNSIG=x;B=2"),
  })
  .map(({ chrom, pos, ref, alt, info }) => `${chrom}\t${pos}\t.\t${ref}\t${alt}\t.\t.\t${info}`);
const anyLine = fc.oneof(
  { weight: 40, arbitrary: plausible },
  { weight: 2, arbitrary: fc.array(column, { minLength: 8, maxLength: 8 }).map((columns) => columns.join("\t")) },
  { weight: 1, arbitrary: fc.array(column, { maxLength: 11 }).map((columns) => columns.join("\t")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, " ")) },
);
const anyFile = fc
  .record({
    records: fc.array(anyLine, { maxLength: 25 }),
    end: fc.constantFrom("\n", "\r\n"),
    last: fc.boolean(),
  })
  .map(({ records, end, last }) => [...minimalHeader.trim().split("\n"), ...records].join(end) + (last ? end : ""));

async function outcome(file: string | Buffer, chunks: readonly number[]) {
  try {
    const { text, report } = await annotated(file, { chunks });
    return { text, report };
  } catch (error) {
    if (error instanceof InputError) return { error: error.message, line: error.line };
    throw error;
  }
}

test("whatever the file: every record is accounted for, and packing and chunks make no difference", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      anyFile,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
      async (file, chunks) => {
        const whole = await outcome(file, [1 << 20]);
        t.deepEqual(await outcome(file, chunks), whole);
        t.deepEqual(await outcome(gzipSync(file), chunks), whole);
        t.deepEqual(await outcome(bgzip(Buffer.from(file), 37), chunks), whole);
        if (whole.report === undefined) return;
        const { report, text } = whole;
        const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
        const inFile = file.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#")).length;
        t.is(report.records, inFile);
        t.is(report.records, report.annotated + report.passedThrough + report.skipped);
        t.is(report.passedThrough, sum(report.passedThroughReasons.values()));
        t.is(report.skipped, sum(report.skippedReasons.values()));
        t.is(report.skipped, report.skippedLines.length);
        const written = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
        t.is(written.length, report.annotated + report.passedThrough);
        t.is(written.filter((line) => /GAS_CSQ=/.test(line.split("\t")[7] ?? "")).length, report.annotated);
        t.false(text.includes("GAS_GENE=OLD"));
      },
    ),
    { numRuns: 150 },
  );
});

test("CR LF, CR CR LF, a missing last line end of a whole record and a byte order mark are taken", async (t) => {
  const expected = await annotated(vcfOf("1\t1806513\t.\tC\tT\t.\t.\t."));
  const windows = `\ufeff${vcfOf("1\t1806513\t.\tC\tT\t.\t.\t.").replaceAll("\n", "\r\n")}`;
  t.is((await annotated(windows)).text, expected.text);
  // Converted twice; INFO is the last column here, and a CR in it would not survive a second run.
  t.is((await annotated(windows.replaceAll("\r\n", "\r\r\n"))).text, expected.text);
  t.is((await annotated(vcfOf("1\t1806513\t.\tC\tT\t.\t.\t.").trimEnd())).text, expected.text);
});

test("text in any encoding passes through byte for byte", async (t) => {
  const file = Buffer.concat([
    Buffer.from(vcfOf("1\t5\tid-").trimEnd()),
    Buffer.from([0xe9, 0xff]),
    Buffer.from("é\tC\tT\t.\t.\tN=ü\n"),
  ]);
  const run = annotate(Readable.from([file]), reference(), { engineVersion: "test" });
  const out: Buffer[] = [];
  for await (const part of run.output) out.push(part);
  const record = Buffer.from("1\t5\tid-");
  t.true(
    Buffer.concat(out).includes(
      Buffer.concat([
        record,
        Buffer.from([0xe9, 0xff]),
        Buffer.from("é\tC\tT\t.\t.\tN=ü;GAS_CSQ=intergenic_variant\n"),
      ]),
    ),
  );
});

const damaged = bgzip(Buffer.from(vcfOf(..."ACGT".split("").map((base, n) => `1\t${n + 1}\t.\tN\t${base}\t.\t.\t.`))));
const bad: readonly (readonly [string, string | Buffer, RegExp, number])[] = [
  ["an empty file", "", /the file is empty/, 1],
  ["an empty gzip file", gzipSync(""), /the file is empty/, 1],
  ["text that is no VCF", "name,age\nx,1\n", /not a VCF file: it begins with "name,age"/, 1],
  ["records without a header", "1\t5\t.\tA\tC\t.\t.\t.\n", /not a VCF file/, 1],
  ["a blank first line", `\n${minimalHeader}`, /blank line instead of ##fileformat/, 1],
  [
    "a record before the column line",
    "##fileformat=VCFv4.2\n1\t5\t.\tA\tC\n",
    /a record stands before the #CHROM column line/,
    2,
  ],
  ["a header alone", "##fileformat=VCFv4.2\n##source=x\n", /ends without a #CHROM column line/, 2],
  [
    "columns separated by spaces",
    "##fileformat=VCFv4.2\n#CHROM POS ID REF\n",
    /separated by tabs, these are by spaces/,
    2,
  ],
  ["columns in another order", minimalHeader.replace("REF\tALT", "ALT\tREF"), /column 4 is "ALT"/, 2],
  ["lines that end in CR", minimalHeader.replaceAll("\n", "\r"), /lines end in CR alone/, 1],
  ["a zip archive", Buffer.from("PK\u0003\u0004rest"), /this is a zip archive/, 1],
  ["BCF", gzipSync("BCF\u0002\u0002rest"), /this is BCF; convert it/, 1],
  ["UTF-16", Buffer.from(`\ufeff${minimalHeader}`, "utf16le"), /UTF-16 text; save it as UTF-8/, 1],
  ["random bytes", Buffer.from([0, 1, 2, 250, 10, 255]), /not a VCF file: it begins with "···/, 1],
  ["a cut-off gzip file", gzipSync(vcfOf("1\t5\t.\tA\tC\t.\t.\t.")).subarray(0, -12), /ends too early/, 4],
  [
    "a damaged gzip file",
    Buffer.concat([damaged.subarray(0, 40), Buffer.from("garbage"), damaged.subarray(47)]),
    /is damaged/,
    1,
  ],
  ["text after the compressed data", Buffer.concat([damaged, Buffer.from("1\t9\tplain text\n")]), /is damaged/, 7],
  ["a NUL after a bgzip file", Buffer.concat([damaged, Buffer.alloc(1)]), /ends too early|is damaged/, 7],
  [
    "a NUL after a gzip file",
    Buffer.concat([gzipSync(vcfOf("1\t5\t.\tA\tC\t.\t.\t.")), Buffer.alloc(9)]),
    /is damaged/,
    4,
  ],
  ["a bgzip file without its end block", damaged.subarray(0, -28), /truncated: the end block is missing/, 7],
  ["a file that is compressed twice", gzipSync(gzipSync(minimalHeader)), /compressed twice/, 1],
  [
    "a tar archive",
    gzipSync(Buffer.concat([Buffer.from("a.vcf".padEnd(257, "\0")), Buffer.from("ustar")])),
    /a tar archive/,
    1,
  ],
  ["blanks before the header", ` ${minimalHeader}`, /blanks stand before it/, 1],
  [
    "a record cut off",
    vcfOf("1\t5\t.\tA\tC\t.\t.\tDP=3").trimEnd(),
    /ends in the middle of this record: column 8 \(INFO\) is "DP=3" and a line end was expected/,
    3,
  ],
  [
    "a sample's values cut off",
    `${minimalHeader.trimEnd()}\tFORMAT\tS1\n1\t5\t.\tA\tC\t.\t.\t.\tGT:DP\t0/1`,
    /column 10 \(S1\) is "0\/1" and a line end/,
    3,
  ],
  [
    "a genotype cut off",
    `${minimalHeader.trimEnd()}\tFORMAT\tS1\n1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/`,
    /column 10 \(S1\) is "0\/"/,
    3,
  ],
  [
    "a record without one of its samples",
    `${minimalHeader.trimEnd()}\tFORMAT\tS1\tS2\n1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\n`,
    /10 tab-separated columns, the column line has 11; column 10 is "0\/1", column 11 \(S2\) was expected after it/,
    3,
  ],
  [
    "a record with a sample too many",
    vcfOf("1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1"),
    /10 tab-separated columns, the column line has 8; column 9 is "GT", the last column should be column 8 \(INFO\)/,
    3,
  ],
  ["a sample's name twice", `${minimalHeader.trimEnd()}\tFORMAT\tS\tT\tS\n`, /column 12 is "S", as column 10 is/, 2],
  [
    "a sample without a name",
    `${minimalHeader.trimEnd()}\tFORMAT\tS\t\n`,
    /column 11 is ""; the name of a sample was expected/,
    2,
  ],
  ["a name in place of FORMAT", `${minimalHeader.trimEnd()}\tS1\tS2\n`, /column 9 is "S1"/, 2],
  ["blanks before CHROM", vcfOf(" 1\t5\t.\tA\tC\t.\t.\t."), /column 1 \(CHROM\) is " 1"; a name without blanks/, 3],
  ["an empty CHROM", vcfOf("\t5\t.\tA\tC\t.\t.\t."), /column 1 \(CHROM\) is empty/, 3],
  ["NUL bytes", vcfOf("1\t5\t.\tA\tC\t.\t.\t.", "\0\0\0"), /column 1 holds a NUL byte/, 4],
  [
    "two files put together",
    `${minimalHeader}${minimalHeader.replace("INFO", "INFO\tFORMAT\tS")}`,
    /a second #CHROM line/,
    4,
  ],
  [
    "no readable record",
    vcfOf("1\tx\t.\tA\tC\t.\t.\t.", "1\ty\t.\tA\tC\t.\t.\t."),
    /none of the 2 records can be read; the first: POS "x"/,
    3,
  ],
  [
    "records separated by spaces",
    vcfOf("1 5 . A C . . .", "1 6 . A C . . ."),
    /1 tab-separated column, the column line has 8/,
    3,
  ],
];
for (const [name, file, message, line] of bad) {
  test(`${name} fails with line and reason`, async (t) => {
    for (const chunks of [[1 << 20], [1]]) {
      const error = await t.throwsAsync<InputError>(annotated(file, { chunks }), { instanceOf: InputError, message });
      t.true(error !== undefined && error.line !== undefined && error.line <= line && error.line >= Math.min(line, 1));
      if (!/damaged|early|truncated/.test(error?.message ?? "")) t.is(error?.line, line);
    }
  });
}

test("a line beyond the bound fails the file and names the line", async (t) => {
  const file = vcfOf("1\t5\t.\tA\tC\t.\t.\t.", `1\t6\t.\tA\tC\t.\t.\t${"x".repeat(5_000)}`);
  const error = await t.throwsAsync<InputError>(annotated(file, { chunks: [100], lineBytesMax: 2_000 }), {
    instanceOf: InputError,
    message: /line longer than 2000 bytes/,
  });
  t.is(error?.line, 4);
});

test("records that cannot be read are counted, and the first are listed", async (t) => {
  const records = 2_000;
  const file = `${vcfOf("1\t5\t.\tA\tC\t.\t.\t.")}${"1\tx\t.\tA\tC\t.\t.\t.\n".repeat(records)}`;
  const { report } = await annotated(file, { chunks: [1 << 20] });
  t.is(report.skipped, records);
  t.is(report.skippedLines.length, skippedLinesMax);
  t.regex(formatReport(report, { compression: "plain" }), /and 1,900 more \(the first 100 are listed\)/);
});

test("a file of another assembly is passed through, and says so", async (t) => {
  const header = minimalHeader.replace(columnLine, `##contig=<ID=1,length=249250621>\n${columnLine}`);
  const { report, records } = await annotated(`${header}1\t1806513\t.\tC\tT\t.\t.\tGAS_GENE=OLD\n`);
  t.deepEqual([...report.passedThroughReasons], [["assembly GRCh37", 1]]);
  t.is(records[0]?.[7], ".");
  t.regex(
    report.notes.join(),
    /the file is of GRCh37: lengths of chromosomes \(line 2: .*Reference data are for GRCh38/,
  );
});

test("what is odd but harmless is noted", async (t) => {
  const cat = await annotated(`${vcfOf("1\t5\t.\tA\tC\t.\t.\t.")}${vcfOf("1\t6\t.\tA\tC\t.\t.\t.")}`);
  t.is(cat.report.records, 2);
  t.regex(cat.report.notes.join(), /left out; the first is line 4/);
  const bare = await annotated(`${columnLine}\n`);
  t.is(bare.lines[0], "##fileformat=VCFv4.2");
  t.is(bare.report.records, 0);
  t.regex(bare.report.notes.join(), /the file has no records/);
  const header = `${minimalHeader.trimEnd()}\tFORMAT\tS1\n`;
  const open = await annotated(`${header}1\t5\t.\tA\tC\t.\t.\t.\tGT:DP\t0/1:3`);
  t.regex(open.report.notes.join(), /line 3: the last line has no line end; all its columns are there/);
});

test("a broken connection is not the file's fault", async (t) => {
  async function* broken() {
    yield Buffer.from(minimalHeader);
    throw new Error("connection reset");
  }
  async function* brokenGzip() {
    yield gzipSync(minimalHeader).subarray(0, 20);
    throw new Error("connection reset");
  }
  for (const source of [broken, brokenGzip]) {
    const run = annotate(source(), reference(), { engineVersion: "test" });
    const reading = (async () => {
      for await (const _ of run.output);
    })();
    const error = await t.throwsAsync(reading, { message: "connection reset" });
    t.false(error instanceof InputError);
  }
});
