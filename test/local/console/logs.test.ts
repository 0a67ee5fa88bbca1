import { appendFile, mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readLogLine } from "../../../local/console/log-line.ts";
import { followFile, tailFile } from "../../../local/console/log-tail.ts";
import { createLogger } from "../../../runtime/jobs/log.ts";
import { until } from "../../support/until.ts";

const file = async () => join(await mkdtemp(join(tmpdir(), "tail-")), "a.log");

test("a pino line is taken apart; what every line has is left out", (t) => {
  const line = JSON.stringify({
    level: 50,
    time: 1_700_000_000_000,
    pid: 7,
    hostname: "h",
    job_id: "a-b",
    path: "/a b",
    err: { type: "TypeError", message: "no", stack: "TypeError: no\n  at x" },
    msg: "job failed",
  });
  t.deepEqual(readLogLine(line), {
    level: "error",
    time: 1_700_000_000_000,
    message: "job failed",
    fields: ["job_id=a-b", 'path="/a b"', "TypeError: no"],
    stack: "TypeError: no\n  at x",
  });
});

test("what the services' own logger writes is taken apart", (t) => {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const log = createLogger({ service: "archiver", instance: "i-1", level: "info", destination });
  log.child({ job_id: "a-b" }).warn({ bytes: 7 }, "result archived");
  const { time, ...line } = readLogLine(written.join("").trimEnd());
  t.deepEqual(line, { level: "warn", message: "result archived", fields: ["job_id=a-b", "bytes=7"] });
  t.true(Number.isFinite(time));
});

test("anything else stays as it is, without terminal colours", (t) => {
  t.deepEqual(readLogLine("\u001b[31mError: x\u001b[0m\r"), { level: "text", message: "Error: x", fields: [] });
  t.is(readLogLine('{"half": ').message, '{"half": ');
  t.is(readLogLine('{"a":1}').message, '{"a":1}');
  t.is(readLogLine("{}").level, "text");
});

test("the tail has whole lines only, the newest of them, and where they end", async (t) => {
  const path = await file();
  await writeFile(path, "one\ntwo\nthree\nfou");
  t.deepEqual(await tailFile(path, { lines: 2, bytes: 1_000 }), { lines: ["two", "three"], end: 14 });
  t.deepEqual(await tailFile(path, { lines: 9, bytes: 12 }), { lines: ["three"], end: 14 }, "begins in mid-line");
  t.deepEqual(await tailFile(`${path}.none`, { lines: 2, bytes: 10 }), { lines: [], end: 0 });
});

test("following passes on what is appended, a torn line once it is whole, and starts over in a new file", async (t) => {
  const path = await file();
  await writeFile(path, "old\n");
  const seen: string[] = [];
  const stop = followFile(path, 4, (lines) => seen.push(...lines));
  t.teardown(stop);
  await appendFile(path, "one\ntw");
  await until("the first line is seen", () => seen.length === 1);
  await appendFile(path, "o\n");
  await until("the torn line is whole", () => seen.length === 2);
  await writeFile(`${path}.new`, "a\n");
  await rename(`${path}.new`, path);
  await until("the new file is read", () => seen.length === 3);
  t.deepEqual(seen, ["one", "two", "a"]);
});

test("a file that does not exist yet is followed from its beginning", async (t) => {
  const path = await file();
  const seen: string[] = [];
  t.teardown(followFile(path, 0, (lines) => seen.push(...lines)));
  await writeFile(path, "first\n");
  await until("the line is seen", () => seen.length === 1);
  t.deepEqual(seen, ["first"]);
});
