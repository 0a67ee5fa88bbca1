// The limit of time of one record: which line is named, what counts, and that no part of the work escapes it.
import test from "ava";
import { recordLimits } from "../../../runtime/contract/limits.ts";
import { InputError } from "../../../runtime/vcf/input-error.ts";
import { annotated, columnLine, vcfOf } from "../../support/vcf.ts";

const short = "1\t5\t.\tA\tC\t.\t.\t.";
const manyAlleles = `1\t1806513\t.\tC\t${Array(10_000).fill("TG").join(",")}\t.\t.\t.`;
const longInfo = `1\t1806513\t.\tC\tT\t.\t.\t${"X".repeat(20_000)}`;

/** A clock that is this much later at every look. */
function clockOf(step: number) {
  let time = 0;
  let looks = 0;
  return {
    looks: () => looks,
    now: () => {
      looks += 1;
      time += step;
      return time;
    },
  };
}

const slow = { instanceOf: InputError, message: /this record takes longer to annotate than the 5000 ms/ };

test("a record that takes too long is named while its alleles are looked at", async (t) => {
  const clock = clockOf(recordLimits.milliseconds / 4);
  const file = vcfOf(short, short, manyAlleles, short);
  const error = await t.throwsAsync<InputError>(annotated(file, { now: clock.now }), slow);
  t.is(error?.line, 5);
  // The start, one look after REF and ALT are read, and the rest among 10,000 alleles.
  t.is(clock.looks(), 6);
});

test("a record that takes too long is named although it has one allele", async (t) => {
  // The time passes at the third look after the start: once the record is done.
  let looks = 0;
  const now = () => {
    looks += 1;
    return looks === 4 ? recordLimits.milliseconds + 1 : 0;
  };
  const error = await t.throwsAsync<InputError>(annotated(vcfOf(short, longInfo, short), { now }), slow);
  t.is(error?.line, 4);
});

test("each record has the whole time, and what is none of a record's time does not count", async (t) => {
  // Four looks a record: three quarters of the limit between the first and the last.
  const clock = clockOf(recordLimits.milliseconds / 4);
  const { report } = await annotated(vcfOf(...Array(50).fill(longInfo)), { now: clock.now });
  t.is(report.annotated, 50);
  t.is(clock.looks(), 200);
});

test("short records are not timed: a look costs as much as they do", async (t) => {
  const clock = clockOf(1e9);
  const { report } = await annotated(vcfOf(short, short), { now: clock.now });
  t.is(report.records, 2);
  t.is(clock.looks(), 0);
});

// With the real clock: work that grows with the square of the record's length runs into the limit after minutes.
test("400,000 fields that begin as ours do are dealt with in one pass", async (t) => {
  const file = vcfOf(`1\t1806513\t.\tC\tT\t.\t.\t${"GAS_;".repeat(400_000)}`);
  const { report } = await annotated(file, { chunks: [1 << 20] });
  t.is(report.annotated, 1);
});

test("a line of tabs, and a header line of fields, are counted and not kept", async (t) => {
  const tabs = vcfOf(short, `1\t5\t.\tA\tC\t.\t.\t.${"\t".repeat(2_000_000)}`);
  await t.throwsAsync(annotated(tabs, { chunks: [1 << 20] }), {
    message: /2000008 tab-separated columns, the column line has 8; column 9 is ""/,
  });
  const header = `##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422,${Array.from({ length: 1_000 }, (_, at) => `f${at}=x`).join(",")}>\n${columnLine}\n`;
  const { report } = await annotated(`${header}${short}\n`);
  t.is(report.assembly.assembly, "GRCh38");
  // What follows a hundred fields is not looked at: no such line is known.
  const late = header.replace(/ID=1,length=248956422,(.*)>/, "$1,ID=1,length=248956422>");
  t.is((await annotated(`${late}${short}\n`)).report.assembly.assembly, undefined);
});
