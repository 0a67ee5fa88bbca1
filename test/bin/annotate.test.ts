import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
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
  t.regex(stderr, /770 records: 770 annotated, 0 passed through unchanged, 0 left out of the result/);
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
    counts: { records: 770, annotated: 770, passedThrough: 0 },
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

test("what is not the file's fault exits with 2 and one line that says what to do", async (t) => {
  const copy = join(directory, "copy.vcf");
  copyFileSync(sample, copy);
  const link = join(directory, "link.vcf");
  linkSync(copy, link);
  const result = join(directory, "c.vcf");
  // By a link, so that a device would not be replaced by a file even if the link was.
  const full = existsSync("/dev/full") ? [join(directory, "full")] : [];
  for (const device of full) symlinkSync("/dev/full", device);
  const nonsense: readonly (readonly [string[], RegExp])[] = [
    [[join(directory, "none.vcf")], /there is no .*none\.vcf/],
    [[directory], /^annofarm: file .* is a directory; name a file$/],
    [[join(copy, "x.vcf")], /a part of .* is a file, not a directory; name another place/],
    [[sample, "-o", join(directory, "none", "x.vcf")], /there is no .*none; name one that is there/],
    [[sample, "-o", join(copy, "x.vcf")], /copy\.vcf is not a directory; name another place/],
    ...full.flatMap((device): (readonly [string[], RegExp])[] => [
      [[sample, "-o", device], /^annofarm: --output .*full: no space is left for .*full; make room, or name another/],
      [[sample, "--report", device], /^annofarm: --report .*full: no space is left for .*full; make room, or name/],
    ]),
    [[sample, "-o", result, "--report", directory], /is a directory; name a file/],
    [[copy, "-o", copy], /the result would replace .*copy\.vcf; give it another name with -o/],
    [[copy, "-o", link], /the result would replace .*copy\.vcf; give it another name with -o/],
    [[copy, "-o", result, "--report", link], /the report would replace .*copy\.vcf; give it another name/],
    [[copy, "-o", result, "--report", result], /the report would replace the result .*c\.vcf; give it another name/],
    [[copy, "--report", "-"], /--report -: standard output is for the result; name a file/],
    [[], /missing required argument/],
    [[sample, "--nope"], /unknown option/],
  ];
  for (const [args, message] of nonsense) {
    const { code, stderr } = await run(args);
    t.is(code, 2, args.join(" "));
    const lines = stderr.split("\n").filter((line) => !/^$|^\(annofarm --help|records: /.test(line));
    t.regex(lines.pop() ?? "", message);
    t.true(
      lines.every((line) => line.startsWith("annofarm: note: ")),
      stderr,
    );
  }
  t.deepEqual(readFileSync(copy), readFileSync(sample));
  for (const device of full) t.true(lstatSync(device).isSymbolicLink(), "a device is written to, not replaced");
});

const whereFull = existsSync("/dev/full") ? test : test.skip;
whereFull("a full standard output is not the file's fault either: 2, not 1", async (t) => {
  const child = spawn(process.execPath, [launcher, "annotate", sample], {
    stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number];
  t.is(code, 2, stderr);
  t.regex(stderr, /^annofarm: cannot write to standard output: no space is left on the device; make room, or send/m);
});
