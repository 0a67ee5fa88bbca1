import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readEngineChoice } from "../../../runtime/annotator/engine/configuration.ts";
import { EngineError } from "../../../runtime/annotator/engine/engine.ts";
import { createExternalEngine } from "../../../runtime/annotator/engine/external.ts";
import { systemClock } from "../../../runtime/jobs/clock.ts";
import { untilGone } from "../../support/command.ts";
import { createMemoryLog } from "../../support/memory.ts";
import { until } from "../../support/until.ts";
import { chunked, vcfOf } from "../../support/vcf.ts";

const file = Buffer.from(vcfOf("1\t5\t.\tA\tC\t.\t.\t.", "1\t6\t.\tA\tC\t.\t.\t."));

/** Runs a Node program (its text) as an engine; `input` and `output` are the two paths. */
function start(program: string, { memoryMibMax = 512, signal = new AbortController().signal } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-test-"));
  const text = `const fs = require("node:fs"); const [input, output] = process.argv.slice(1); ${program}`;
  const engine = createExternalEngine({
    program: process.execPath,
    args: ["-e", text, "{input}", "{output}"],
    memoryMibMax,
    clock: systemClock,
    log: createMemoryLog(),
    directory,
  });
  const run = engine.start({ uncompressedBytesMax: 1e9, fileName: "a.vcf", bytes: chunked(file, [7]), signal });
  const output = async () => {
    const parts: Buffer[] = [];
    for await (const part of run.output) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  return { run, output, directory };
}

const nothingLeft = (t: ExecutionContext, directory: string) => t.deepEqual(readdirSync(directory), []);

test("its output file is the result, what it prints is in the log", async (t) => {
  const { run, output, directory } = start(
    'console.log("hello"); console.error("careful"); fs.copyFileSync(input, output);',
  );
  t.is(await output(), file.toString());
  t.is(run.records(), 2);
  t.regex(run.account(), /exit status 0/);
  t.regex(run.account(), /hello/);
  t.regex(run.account(), /careful/);
  nothingLeft(t, directory);
});

test("it sees paths, and no environment of the service", async (t) => {
  process.env.ANNOFARM_TEST_SECRET = "hidden";
  const { output } = start(
    "fs.writeFileSync(output, JSON.stringify({ env: Object.keys(process.env).sort(), input, cwd: process.cwd() }))",
  );
  const seen = JSON.parse(await output()) as { env: string[]; input: string; cwd: string };
  t.deepEqual(seen.env, ["HOME", "LANG", "PATH", "TMPDIR"]);
  t.is(seen.input, join(seen.cwd, "input.vcf"));
});

const failures: readonly (readonly [string, string, RegExp])[] = [
  [
    "an exit status other than 0",
    'console.error("no genome"); process.exit(3)',
    /ended with exit status 3; the log shows/,
  ],
  ["a signal", 'process.kill(process.pid, "SIGSEGV")', /killed by SIGSEGV/],
  ["no output file", "", /without writing its output file/],
  ["an empty output file", 'fs.writeFileSync(output, "")', /output file is empty/],
];
for (const [name, program, message] of failures) {
  test(`${name} fails the job`, async (t) => {
    const { run, output, directory } = start(program);
    await t.throwsAsync(output(), { instanceOf: EngineError, message });
    if (program.includes("no genome")) t.regex(run.account(), /no genome/);
    nothingLeft(t, directory);
  });
}

test("a missing program is named", async (t) => {
  const engine = createExternalEngine({
    program: "/nowhere/vep",
    args: ["{input}", "{output}"],
    memoryMibMax: 64,
    clock: systemClock,
    log: createMemoryLog(),
  });
  const run = engine.start({
    uncompressedBytesMax: 1e9,
    fileName: "a.vcf",
    bytes: chunked(file, [99]),
    signal: new AbortController().signal,
  });
  const reading = (async () => {
    for await (const _ of run.output);
  })();
  await t.throwsAsync(reading, {
    instanceOf: EngineError,
    message: "the engine /nowhere/vep cannot be started (ENOENT)",
  });
});

test("more memory than allowed ends it", async (t) => {
  const { output, directory } = start("const kept = []; setInterval(() => kept.push(Buffer.alloc(32 << 20, 1)), 20)", {
    memoryMibMax: 150,
  });
  await t.throwsAsync(output(), { instanceOf: EngineError, message: /more than 150 MiB of memory/ });
  nothingLeft(t, directory);
});

test("aborting kills it with everything it has started", async (t) => {
  const stop = new AbortController();
  const marker = join(mkdtempSync(join(tmpdir(), "annofarm-test-")), "pids");
  const { output, directory } = start(
    `const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
     fs.writeFileSync(${JSON.stringify(`${marker}.part`)}, process.pid + " " + child.pid);
     fs.renameSync(${JSON.stringify(`${marker}.part`)}, ${JSON.stringify(marker)});
     setInterval(() => {}, 1000);`,
    { signal: stop.signal },
  );
  const ended = t.throwsAsync(output(), { message: "cancelled" });
  await until("the engine has started a child", () => existsSync(marker));
  stop.abort(new Error("cancelled"));
  await ended;
  nothingLeft(t, directory);
  // SIGKILL is sent, not waited for: a busy machine takes a moment to carry it out.
  await untilGone(readFileSync(marker, "utf8").split(" ").map(Number));
});

test("ENGINE is builtin or a command with both placeholders", (t) => {
  t.deepEqual(readEngineChoice("builtin"), { kind: "builtin" });
  t.deepEqual(readEngineChoice('["vep","-i","{input}","--out={output}"]'), {
    kind: "external",
    program: "vep",
    args: ["-i", "{input}", "--out={output}"],
  });
  for (const wrong of [
    "vep {input} {output}",
    "[]",
    '["vep","{input}"]',
    '["{input}","{output}"]',
    '["vep",1]',
    "null",
  ]) {
    t.throws(() => readEngineChoice(wrong), { message: /^ENGINE is .*it must be builtin, or a JSON array/ }, wrong);
  }
});
