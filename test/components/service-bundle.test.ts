import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { asset, CustomResourceOptions } from "@pulumi/pulumi";
import test from "ava";
import { packBundle, projectRoot } from "../../components/bundle/bundle-file.ts";
import { deterministicTarGz } from "../../components/bundle/tar.ts";
import { ArgumentsError, SecureBucket, ServiceBundle } from "../../components/index.ts";
import { declare } from "./declare.ts";

const entry = "test/components/fixtures/service.ts";
const object = "aws:s3/bucketObjectv2:BucketObjectv2";

function unpacked(archive: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  writeFileSync(join(folder, "bundle.tgz"), archive);
  execFileSync("tar", ["-xzf", "bundle.tgz"], { cwd: folder });
  return folder;
}

test("an archive depends on nothing but its entries", (t) => {
  const a = { path: "a.txt", content: Buffer.from("a") };
  const b = { path: "folder/b.txt", content: Buffer.alloc(1024, "b") };
  t.deepEqual(deterministicTarGz([a, b]), deterministicTarGz([b, a]));
  t.notDeepEqual(deterministicTarGz([a, b]), deterministicTarGz([a, { ...b, path: "folder/c.txt" }]));
  const folder = unpacked(deterministicTarGz([a, b]));
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.is(readFileSync(join(folder, "a.txt"), "utf8"), "a");
  t.is(readFileSync(join(folder, "folder/b.txt"), "utf8"), "b".repeat(1024));
});

test("a program stays one in its archive, and nothing else of a file's mode counts", (t) => {
  const tool = { path: "tool", content: Buffer.from("#!/bin/sh\n"), executable: true };
  const text = { path: "text", content: Buffer.from("text") };
  const folder = unpacked(deterministicTarGz([tool, text]));
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.deepEqual(
    ["tool", "text"].map((name) => statSync(join(folder, name)).mode & 0o111),
    [0o111, 0],
  );
});

test("a path that tar would cut off is refused, and a long one is kept in two parts", (t) => {
  const long = `${"folder/".repeat(20)}${"x".repeat(90)}`;
  const folder = unpacked(deterministicTarGz([{ path: long, content: Buffer.from("far") }]));
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.is(readFileSync(join(folder, long), "utf8"), "far");
  t.throws(() => deterministicTarGz([{ path: `${"y".repeat(156)}/x`, content: Buffer.alloc(0) }]), {
    instanceOf: RangeError,
  });
  t.throws(() => deterministicTarGz([{ path: "x".repeat(101), content: Buffer.alloc(0) }]), { instanceOf: RangeError });
});

test.serial("a bundle runs where it is unpacked, beside its data, and is named after its hash", async (t) => {
  const build = () =>
    new ServiceBundle("fixture", {
      bucket: new SecureBucket("code"),
      entry,
      assets: { "data/one.ts": "test/components/fixtures/port.ts", all: "test/components/fixtures" },
    });
  const { components: bundle, inputs } = await declare(build);
  const uploaded = inputs(object, "fixture");
  const file = await (uploaded.source as asset.FileAsset).path;
  const packed = readFileSync(file);
  t.is(createHash("sha256").update(packed).digest("hex"), bundle.sha256);
  t.like(uploaded, {
    bucket: "code-123456789012-us-east-1",
    key: `bundles/fixture/${bundle.sha256.slice(0, 16)}.tgz`,
    sourceHash: bundle.sha256,
  });

  const folder = unpacked(packed);
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.is(execFileSync(process.execPath, ["main.mjs"], { cwd: folder, encoding: "utf8" }), "service on 4711\n");
  t.is(readFileSync(join(folder, "all/port.ts"), "utf8"), readFileSync(join(folder, "data/one.ts"), "utf8"));

  const again = await declare(build);
  t.is(again.components.sha256, bundle.sha256);
});

test.serial("a version that is replaced stays in the bucket, for the group that rolls back to it", async (t) => {
  const options: CustomResourceOptions[] = [];
  const object = (_: unknown, opts: CustomResourceOptions) => {
    options.push(opts);
    return undefined;
  };
  await declare(() => new ServiceBundle("fixture", { bucket: new SecureBucket("code"), entry, transform: { object } }));
  t.deepEqual(
    options.map(({ retainOnDelete }) => retainOnDelete),
    [true],
  );
});

test.serial("a bundle is made again when, and only when, something that it was made of has changed", async (t) => {
  const folder = mkdtempSync(join(projectRoot, ".annofarm", "sources-"));
  const kept = join(projectRoot, ".annofarm", "bundles");
  t.teardown(() => {
    rmSync(folder, { recursive: true });
    for (const file of readdirSync(kept)) if (/^kept[-.]/.test(file)) rmSync(join(kept, file));
  });
  /** Dated long before any build: a bundle of a file that is edited meanwhile is not kept. */
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    utimesSync(join(folder, name), 1, 1);
  };
  write("main.ts", 'import { value } from "./used.ts";\nconsole.log(value);');
  write("used.ts", "export const value = 1;");
  write("data.txt", "one");
  const pack = async () => {
    await nextTurn(); // a turn is one program's run
    const { sha256, file } = packBundle("kept", join(folder, "main.ts"), [["data.txt", join(folder, "data.txt")]]);
    // The record is written anew with each making.
    return { sha256, file, making: statSync(join(kept, "kept.json")).ino };
  };

  const first = await pack();
  t.deepEqual(await pack(), first);

  write("used.ts", "export const value = 2;");
  const recoded = await pack();
  t.not(recoded.sha256, first.sha256);
  write("data.txt", "two");
  const refilled = await pack();
  t.not(refilled.sha256, recoded.sha256);

  writeFileSync(refilled.file, "half a bundle");
  const repaired = await pack();
  t.is(repaired.sha256, refilled.sha256);
  t.is(createHash("sha256").update(readFileSync(repaired.file)).digest("hex"), repaired.sha256);

  write("used.ts", "export const value = 1;");
  write("data.txt", "one");
  t.is((await pack()).sha256, first.sha256);
});

test.serial("code that does not build and data that is not there are told, with what and where", async (t) => {
  await declare(() => {
    const bucket = new SecureBucket("code");
    t.throws(() => new ServiceBundle("broken", { bucket, entry: "test/components/fixtures/broken.ts" }), {
      message: /service bundle broken: test\/components\/fixtures\/broken\.ts does not build[\s\S]*no-such-module/,
    });
    const error = t.throws(
      () => new ServiceBundle("missing", { bucket, entry: "no/main.ts", assets: { data: "no/data" } }),
      { instanceOf: ArgumentsError },
    );
    t.deepEqual(error?.mistakes, [
      { path: "entry", reason: `there is no ${projectRoot}/no/main.ts; name the module the service starts with` },
      { path: "assets.data", reason: `there is no ${projectRoot}/no/data to bundle` },
    ]);
  });
});

test.serial("a data file that becomes a program is a new bundle, and a link among data files is refused", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "assets-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const tool = join(folder, "tool");
  writeFileSync(tool, "#!/bin/sh\n");
  const pack = () => packBundle("assets", join(projectRoot, entry), [["bin", folder]]);
  const plain = pack();
  t.is(pack().sha256, plain.sha256);
  chmodSync(tool, 0o755);
  const program = pack();
  t.not(program.sha256, plain.sha256);
  const content = unpacked(readFileSync(program.file));
  t.teardown(() => rmSync(content, { recursive: true }));
  t.is(statSync(join(content, "bin/tool")).mode & 0o111, 0o111);
  symlinkSync("/etc", join(folder, "etc"));
  t.throws(pack, { message: "service bundle assets: etc is a link; let your build copy what it leads to" });
});

test.serial("a folder of one's own is packed as it is, and its module is what instances start", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "own-build-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "lib/node_modules/.bin"), { recursive: true });
  writeFileSync(join(folder, "lib/server.js"), "console.log('own');");
  writeFileSync(join(folder, "lib/addon.node"), Buffer.from([0, 1, 2]));
  symlinkSync("../../server.js", join(folder, "lib/node_modules/.bin/server"));
  const build = () =>
    declare(() => new ServiceBundle("own", { bucket: new SecureBucket("code"), folder, entry: "lib/server.js" }));
  const { components: bundle, inputs } = await build();
  t.is(bundle.entry, "lib/server.js");
  const packed = readFileSync(await (inputs(object, "own").source as asset.FileAsset).path);
  const content = unpacked(packed);
  t.teardown(() => rmSync(content, { recursive: true }));
  t.deepEqual([...readFileSync(join(content, "lib/addon.node"))], [0, 1, 2]);
  t.is(execFileSync(process.execPath, ["lib/server.js"], { cwd: content, encoding: "utf8" }), "own\n");

  await declare(() => {
    const bucket = new SecureBucket("code");
    t.throws(() => new ServiceBundle("out", { bucket, folder, entry: "../server.js" }), {
      message: /entry: \.\.\/server\.js is outside/,
    });
    symlinkSync("/etc", join(folder, "lib/etc"));
    t.throws(() => new ServiceBundle("link", { bucket, folder, entry: "lib/server.js" }), {
      message: /lib\/etc is a link/,
    });
  });
});
