import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import test from "ava";
import { create } from "tar";
import { createBundles, openBundles } from "../../../../../local/aws/ec2/instances/bundles.ts";

const root = mkdtempSync(join(tmpdir(), "annofarm-bundles-"));
test.after.always(async () => {
  await Promise.all(["cache", "sealed", "garbage"].map((each) => openBundles(join(root, each))));
  rmSync(root, { recursive: true });
});

mkdirSync(join(root, "source/data"), { recursive: true });
writeFileSync(join(root, "source/main.js"), "console.log('hello')");
writeFileSync(join(root, "source/data/genes.tsv"), "BRCA2\n");
create({ sync: true, gzip: true, cwd: join(root, "source"), file: join(root, "b.tgz") }, ["main.js", "data"]);
const bytes = readFileSync(join(root, "b.tgz"));
const sha256 = createHash("sha256").update(bytes).digest("hex");
const source = { bucket: "bundles", key: "web.tgz", sha256 };

test("a bundle is fetched and unpacked once for all who want it", async (t) => {
  let fetched = 0;
  const folder = createBundles(join(root, "cache"));
  const fetch = async () => {
    fetched += 1;
    return Readable.from(bytes);
  };
  const homes = await Promise.all([folder(source, fetch), folder(source, fetch), folder(source, fetch)]);
  t.deepEqual(homes, Array(3).fill(join(root, "cache", sha256)));
  t.is(await readFile(join(root, "cache", sha256, "data/genes.tsv"), "utf8"), "BRCA2\n");
  await createBundles(join(root, "cache"))(source, fetch);
  t.is(fetched, 1);
  t.deepEqual(await readdir(join(root, "cache")), [sha256], "nothing else is left");
});

test("a bundle with other bytes than the manifest names is refused, and nothing of it stays", async (t) => {
  const folder = createBundles(join(root, "wrong"));
  const claimed = { ...source, sha256: "0".repeat(64) };
  await t.throwsAsync(
    folder(claimed, async () => Readable.from(bytes)),
    {
      message: `bundle s3://bundles/web.tgz has SHA-256 ${sha256}, the boot manifest says ${"0".repeat(64)}`,
    },
  );
  t.deepEqual(await readdir(join(root, "wrong")), []);
});

test("bytes that are no archive are refused, a later good answer is taken", async (t) => {
  const folder = createBundles(join(root, "garbage"));
  const garbage = Buffer.from("this is no archive".repeat(100));
  const named = { ...source, sha256: createHash("sha256").update(garbage).digest("hex") };
  await t.throwsAsync(folder(named, async () => Readable.from(garbage)));
  await t.throwsAsync(
    folder(source, () => Promise.reject(new Error("503 Slow Down"))),
    { message: "503 Slow Down" },
  );
  t.is(await folder(source, async () => Readable.from(bytes)), join(root, "garbage", sha256));
});

test("an unpacked bundle is read-only and keeps its programs, until nothing runs any more", async (t) => {
  const directory = join(root, "sealed");
  writeFileSync(join(root, "tool"), "#!/bin/sh\n", { mode: 0o755 });
  create({ sync: true, gzip: true, cwd: root, file: join(root, "t.tgz") }, ["source", "tool"]);
  const tools = readFileSync(join(root, "t.tgz"));
  const hash = createHash("sha256").update(tools).digest("hex");
  const folder = await createBundles(directory)({ ...source, sha256: hash }, async () => Readable.from(tools));
  const modes = () =>
    ["", "source/data", "source/data/genes.tsv", "tool"].map((path) => statSync(join(folder, path)).mode & 0o777);
  t.deepEqual(modes(), [0o555, 0o555, 0o444, 0o555]);
  await openBundles(directory);
  t.deepEqual(modes(), [0o755, 0o755, 0o444, 0o555]);
});
