// Where Pulumi's command line comes from: found, refused, obtained; without any network.
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { cacheRoot, executableIn, findPulumi } from "../../local/engine/tools/find.ts";
import { findLanguages, obtainLanguages } from "../../local/engine/tools/languages.ts";
import { obtainPulumi } from "../../local/engine/tools/obtain.ts";
import { suits, wantedVersion } from "../../local/engine/tools/version.ts";

async function fakePulumi(file: string, says: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  // At once: a process that another test starts meanwhile would hold it open for writing, and nobody could run it.
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
}

async function machine() {
  const root = await mkdtemp(join(tmpdir(), "annofarm-tools-"));
  const path = join(root, "path");
  return { path, environment: { PATH: path, XDG_CACHE_HOME: join(root, "cache") } };
}

test("a later minor version suits, an older one and another major do not", (t) => {
  t.deepEqual(
    ["3.248.0", "3.300.1", "3.247.9", "4.0.0", "2.300.0"].map((version) => suits(version, "3.248.0")),
    [true, true, false, false, false],
  );
});

test("one on PATH is taken before the cache's", async (t) => {
  const { path, environment } = await machine();
  await fakePulumi(executableIn(await cacheRoot(environment)), "v3.999.0");
  t.is((await findPulumi(environment))?.from, "cache");
  await fakePulumi(join(path, "pulumi"), "v3.998.0");
  t.deepEqual(await findPulumi(environment), { command: join(path, "pulumi"), version: "3.998.0", from: "PATH" });
});

test("an old one on PATH is told of and passed over", async (t) => {
  const { path, environment } = await machine();
  await fakePulumi(join(path, "pulumi"), "v3.1.0");
  const told: string[] = [];
  t.is(await findPulumi(environment, (line) => told.push(line)), undefined);
  t.deepEqual(told, [`${join(path, "pulumi")} is 3.1.0; wanted is ${await wantedVersion()} or a later 3.x`]);
});

test("the next source is tried when one fails, by one process for all who ask", async (t) => {
  const { environment } = await machine();
  let built = 0;
  const sources = {
    installer: async () => {
      throw new Error("get.pulumi.com cannot be reached");
    },
    "Go modules": async ({ root }: { root: string }) => {
      built++;
      await fakePulumi(executableIn(root), "v3.999.0");
    },
  };
  const told: string[] = [];
  const ask = () => obtainPulumi({ environment, sources, onProgress: (line) => told.push(line) });
  const got = await Promise.all([ask(), ask()]);
  t.is(built, 1);
  t.true(told.includes("installer: get.pulumi.com cannot be reached"));
  t.deepEqual(new Set(got.map(({ version }) => version)), new Set(["3.999.0"]));
});

test("when none can be had, each place says why, and nothing half made is left", async (t) => {
  const { environment } = await machine();
  const fails = (reason: string) => async () => {
    throw new Error(reason);
  };
  const sources = { installer: fails("no network"), "Go modules": fails("no Go") };
  const error = await t.throwsAsync(obtainPulumi({ environment, sources }));
  t.regex(error?.message ?? "", /installer: no network\n {2}Go modules: no Go\nInstall it by hand/);
  const folder = dirname(await cacheRoot(environment));
  t.deepEqual(
    (await readdir(folder)).filter((name) => !name.endsWith(".lock")),
    [],
  );
});

test("what other languages need is built once for all who ask, beside the command line of its version", async (t) => {
  const { environment } = await machine();
  t.is(await findLanguages(environment), undefined);
  let built = 0;
  const build = async ({ root }: { root: string }) => {
    built++;
    for (const name of ["pulumi-language-yaml", "pulumi-python-sdk"]) await fakePulumi(join(root, "bin", name), name);
  };
  const got = await Promise.all([obtainLanguages({ environment, build }), obtainLanguages({ environment, build })]);
  t.is(built, 1);
  t.deepEqual(got[0], got[1]);
  t.deepEqual(await findLanguages(environment), got[0]);
  t.is(got[0].folder, join(`${await cacheRoot(environment)}-languages`, "bin"));
});

test("when it cannot be built, the reason is told with the way out", async (t) => {
  const { environment } = await machine();
  const build = async () => {
    throw new Error("there is no Go to build it with");
  };
  const message = /there is no Go to build it with\nInstall Pulumi by hand/;
  await t.throwsAsync(obtainLanguages({ environment, build }), { message });
});
