// Files that were once annotated wrongly, in silence, or not at all: each through worker, item, log, mail and API.
import test from "ava";
import { createAnnotator } from "../../../runtime/annotator/annotator.ts";
import { createBuiltinEngine } from "../../../runtime/annotator/engine/builtin.ts";
import type { Job } from "../../../runtime/contract/job.ts";
import { logKey } from "../../../runtime/contract/keys.ts";
import { createBreaker } from "../../../runtime/jobs/breaker.ts";
import { epochSeconds } from "../../../runtime/jobs/ports.ts";
import { mailOf } from "../../../runtime/notifier/mail.ts";
import { apiJob, apiJobSchema } from "../../../runtime/web/api/schemas.ts";
import * as memory from "../../support/memory.ts";
import { dataFile, reference } from "../../support/vcf.ts";

/** Runs one file as a job; the clock stands, so that nothing is tried twice. */
async function ran(file: Buffer, fields: Partial<Job> = {}) {
  const clock = memory.createVirtualClock();
  const jobs = memory.createMemoryJobStore();
  const objects = memory.createMemoryObjectStore();
  const log = memory.createMemoryLog();
  const job = memory.pendingJob(epochSeconds(clock), fields);
  jobs.put(job);
  objects.put({ bucket: job.s3_inputs_bucket, key: job.s3_key_input_file }, file);
  const annotator = createAnnotator({
    jobs,
    queue: memory.createMemoryQueue(clock),
    results: memory.createMemoryTopic(),
    objects,
    engine: createBuiltinEngine(reference()),
    clock,
    log,
    instance: memory.memoryInstance("i-1"),
    worker: "i-1",
    resultsBucket: "results",
    leaseSeconds: 60,
    jobSecondsMax: 600,
    concurrency: 1,
    breaker: createBreaker({ clock, log }),
  });
  const delivery = { messageId: "m", receiptHandle: "r", body: "", receiveCount: 1 };
  const decision = await annotator.handle({ job_id: job.job_id, user_id: job.user_id }, { log, delivery });
  const item = jobs.jobs.get(job.job_id) as Job;
  const user = memory.sampleUser();
  const text = (key: string) => objects.text({ bucket: "results", key }) ?? "";
  return {
    decision,
    item,
    api: apiJobSchema.parse(apiJob(item, user, 1_800)),
    mail: mailOf(item, "https://gas.example.org"),
    log: text(logKey(job.s3_key_input_file)),
    result: text(item.s3_key_result_file ?? ""),
  };
}

const failing: readonly (readonly [path: string, line: number, reason: RegExp])[] = [
  ["compression/zeroed.vcf.gz", 391, /the compressed file is damaged from about this line/],
  ["compression/damaged.vcf.gz", 5_740, /the compressed file is damaged from about this line/],
  ["annotate/accepted-invalid/bgzip-trunc-at-block.vcf.gz", 11_558, /truncated: the end block is missing/],
  ["annotate/accepted-invalid/truncated-mid-info.vcf", 7, /column 8 \(INFO\) is "DP=123" and a line end was expected/],
  ["annotate/accepted-invalid/sample-missing-col.vcf", 6, /column 10 is "0\/1", column 11 \(S2\) was expected/],
  ["annotate/accepted-invalid/nul-padded-tail.vcf", 6, /column 1 holds a NUL byte after ""; text was expected/],
  ["annotate/one-line-too-much/alts-700k.vcf.gz", 3, /700000 alleles; a record may have 10000 at most/],
];
for (const [path, line, reason] of failing) {
  test(`${path} fails at the first attempt, with line and reason on item, mail, API and log`, async (t) => {
    const { decision, item, api, mail, log } = await ran(dataFile(`test/data/cases/${path}`));
    t.deepEqual(decision, { done: true });
    t.like(item, { job_status: "FAILED", attempts: 1 });
    t.regex(item.failure_reason ?? "", reason);
    // Where damage is noticed may differ a little between versions of zlib.
    t.true(
      Math.abs((item.failure_line ?? 0) - line) <= (path.startsWith("compression") ? 700 : 0),
      `${item.failure_line}`,
    );
    t.like(api, { failure_reason: item.failure_reason, failure_line: item.failure_line, job_status: "FAILED" });
    t.true(mail.text.includes(`(line ${item.failure_line}): ${item.failure_reason}`));
    t.true(log.includes(item.failure_reason ?? "?"));
  });
}

const unannotated: readonly (readonly [path: string, note: RegExp])[] = [
  [
    "panel37",
    /the file is of GRCh37: lengths of chromosomes \(line 3: "chromosome 7 with 159138663 bases" and 3 more\)/,
  ],
  ["assembly19", /the file is of GRCh37: names \(line 2/],
  ["b36", /the file is of NCBI36: names \(line 2/],
  ["build37", /the file is of GRCh37: names \(line 2/],
  ["grch37-chr20-only", /the file is of GRCh37: lengths of chromosomes \(line 2/],
];
for (const [name, note] of unannotated) {
  test(`${name}.vcf is of another assembly: nothing is annotated, and that is told everywhere`, async (t) => {
    const { item, api, mail, log, result } = await ran(dataFile(`test/data/cases/annotate/wrong-assembly/${name}.vcf`));
    t.like(item, { job_status: "COMPLETED", annotated_records: 0, skipped_records: 0 });
    t.is(item.passed_through_records, item.progress_records);
    for (const told of [item.notes?.join(), api.notes?.join(), mail.text, log]) t.regex(told ?? "", note);
    t.is(api.verdict, "unannotated");
    t.is(mail.subject, "Nothing in your file was annotated");
    t.notRegex(mail.text, /is annotated|is complete/);
    t.regex(log, /Outcome +nothing was annotated/);
    t.notRegex(result, /;GAS_GENE=|\tGAS_GENE=/);
  });
}

test("a liftover's chain in the header does not make a file GRCh37", async (t) => {
  const { api, mail } = await ran(dataFile("test/data/cases/annotate/false-assembly/liftover-chain.vcf"));
  t.like(api, { verdict: "annotated", annotated_records: 1 });
  t.is(api.notes, undefined);
  t.is(mail.subject, "Your annotation is complete");
});

test("headers in lower case and accessions are taken", async (t) => {
  for (const name of ["lower-chrom-header", "nc-accession"]) {
    const { api } = await ran(dataFile(`test/data/cases/annotate/refused-valid/${name}.vcf`));
    t.is(api.verdict, "annotated", name);
    t.is(api.passed_through_records, 0);
  }
});

test("a long REF with many alleles is annotated; a user's own field and an encoded condition stay right", async (t) => {
  const long = await ran(dataFile("test/data/cases/annotate/one-line-too-much/dos-ref50k-alt5k.vcf"));
  t.is(long.api.annotated_records, 1);
  t.regex(long.api.notes?.join() ?? "", /nothing in the header says which assembly/);
  t.regex(long.mail.text, /nothing in the header says which assembly/);
  const own = await ran(dataFile("test/data/cases/annotate/gas-user-field.vcf"));
  t.regex(own.result, /\tGAS_ION=5;DP=3;GAS_GENE=TP53/);
  t.true(own.result.includes("##INFO=<ID=GAS_ION,"));
  const condition = await ran(dataFile("test/data/cases/annotate/double-encoded-condition.vcf"));
  t.regex(condition.result, /GAS_CLNDN=[^;]*%3B/);
  t.notRegex(condition.result, /%253B/);
});

test("records left out are told", async (t) => {
  const file = "##fileformat=VCFv4.2\n##reference=GRCh38\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  const records = "17\t7674220\t.\tC\tT\t.\t.\t.\n17\tx\t.\tC\tT\t.\t.\t.\n";
  const { api, mail } = await ran(Buffer.from(file + records));
  t.like(api, { verdict: "incomplete", annotated_records: 1, skipped_records: 1 });
  t.is(mail.subject, "Your annotation is complete in part");
  t.regex(mail.text, /1 record could not be read and is not in the result; the first is line 5: POS "x"/);
  const unknown = await ran(Buffer.from(`${file}scaffold_1\t5\t.\tC\tT\t.\t.\t.\n`));
  t.is(unknown.api.verdict, "unannotated");
  t.regex(unknown.mail.text, /no record was annotated: no reference data for this sequence \(1\)/);
  const empty = await ran(Buffer.from(file));
  t.is(empty.api.verdict, "unannotated");
  t.regex(empty.mail.text, /the file has no records/);
});

test("limits of the plan are enforced while the file streams, and named", async (t) => {
  const sample = dataFile("local/demo/data/clinvar-sample.vcf");
  const text = await ran(sample, { uncompressed_bytes_max: 20_000 });
  t.regex(text.item.failure_reason ?? "", /decompressed, the file is larger than 20000 bytes, the most that the plan/);
  const result = await ran(sample, { result_bytes_max: sample.length });
  t.is(result.item.attempts, 1);
  t.regex(result.item.failure_reason ?? "", new RegExp(`the result would be larger than ${sample.length} bytes`));
  t.is((await ran(sample)).item.job_status, "COMPLETED");
});

test("a fault of the annotator itself is not tried again, and is not called storage's", async (t) => {
  const broken = {
    ...reference(),
    chromosome() {
      throw new RangeError("Invalid string length");
    },
  };
  const engine = createBuiltinEngine(broken);
  async function* bytes() {
    yield dataFile("local/demo/data/clinvar-sample.vcf");
  }
  const { output } = engine.start({
    fileName: "a.vcf",
    bytes: bytes(),
    uncompressedBytesMax: 1e9,
    signal: new AbortController().signal,
  });
  const reading = (async () => {
    for await (const _ of output);
  })();
  await t.throwsAsync(reading, {
    name: "EngineError",
    message: /a fault that this file brings out near line .*RangeError/,
  });
});
