import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { annotated, dataFile } from "../support/vcf.ts";

const launcher = fileURLToPath(new URL("../../bin/annofarm.js", import.meta.url));
const cases = fileURLToPath(new URL("../data/cases", import.meta.url));
const sample = fileURLToPath(new URL("../../local/demo/data/clinvar-sample.vcf", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "annofarm-annotate-"));
test.after.always(() => rmSync(directory, { recursive: true }));

function run(args: readonly string[], input?: Buffer): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [launcher, "annotate", ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.on("error", () => {}); // it did not want to read
    child.stdin?.end(input);
  });
}

test("standard input to standard output gives what the service gives", async (t) => {
  const file = dataFile("test/data/clinvar-sample.bgzip.vcf.gz");
  const { code, stdout, stderr } = await run(["-"], file);
  t.is(code, 0, stderr);
  const { text } = await annotated(file);
  const records = (vcf: string) => vcf.split("\n").filter((line) => !line.startsWith("##GAS_source"));
  t.deepEqual(records(stdout), records(text));
  t.regex(stderr, /770 records: 768 annotated, 2 passed through unchanged, 0 left out of the result/);
});

test("a result and a report are files", async (t) => {
  const [output, report] = [join(directory, "a.vcf"), join(directory, "a.json")];
  const { code, stdout } = await run([sample, "-o", output, "--report", report]);
  t.is(code, 0);
  t.is(stdout, "");
  t.true(readFileSync(output, "utf8").includes("GAS_CLNID="));
  const json = JSON.parse(readFileSync(report, "utf8"));
  t.like(json, {
    outcome: "annotated",
    compression: "plain",
    counts: { records: 770, annotated: 768, passedThrough: 2 },
  });
  t.is(json.assembly.assembly, "GRCh38");
  t.regex(json.assembly.evidence[0].value, /chromosome 1 with 248956422 bases/);
});

test("a refused file exits with 1, says line and reason, and leaves no result", async (t) => {
  const [output, report] = [join(directory, "b.vcf"), join(directory, "b.json")];
  const { code, stderr } = await run([join(cases, "compression/zeroed.vcf.gz"), "-o", output, "--report", report]);
  t.is(code, 1);
  t.regex(stderr, /zeroed\.vcf\.gz: refused, line 391: the compressed file is damaged/);
  t.false(existsSync(output));
  t.like(JSON.parse(readFileSync(report, "utf8")), { outcome: "refused", failure: { line: 391 } });
});

test("a file of another assembly is not called annotated", async (t) => {
  const { code, stdout, stderr } = await run([join(cases, "annotate/wrong-assembly/panel37.vcf")]);
  t.is(code, 2);
  t.regex(stderr, /10 records: 0 annotated[\s\S]*the file is of GRCh37: lengths of chromosomes/);
  t.notRegex(stdout, /MKRN1/);
});

test("what is not the file's fault exits with 2 and one line", async (t) => {
  const copy = join(directory, "copy.vcf");
  copyFileSync(sample, copy);
  const nonsense: readonly (readonly [string[], RegExp])[] = [
    [[join(directory, "none.vcf")], /there is no .*none\.vcf/],
    [[directory], /is a directory|EISDIR/],
    [[sample, "-o", join(directory, "none", "x.vcf")], /there is no .*none; name one that is there/],
    [[sample, "-o", join(directory, "c.vcf"), "--report", directory], /is a directory; name a file/],
    [[copy, "-o", copy], /would replace/],
    [[], /missing required argument/],
    [[sample, "--nope"], /unknown option/],
  ];
  for (const [args, message] of nonsense) {
    const { code, stderr } = await run(args);
    t.is(code, 2, args.join(" "));
    t.regex(stderr, message);
    t.notRegex(stderr, /\n\s+at /);
  }
});
