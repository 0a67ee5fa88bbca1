import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { counted, ensurePython } from "../../../../local/process/python/environment.ts";
import { findPython } from "../../../../local/process/python/find-python.ts";
import { withFileLock } from "../../../../local/process/python/lock.ts";

async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "annofarm-python-"));
}

/** No requirement at all: the making is tested without the network. */
async function emptyRequirements(directory: string): Promise<string> {
  const file = join(directory, "requirements.txt");
  await writeFile(file, "# nothing\n");
  return file;
}

test("is made once by those who ask at the same time, then found ready", async (t) => {
  const directory = await temporaryDirectory();
  const requirements = await emptyRequirements(directory);
  let made = 0;
  const onProgress = (line: string) => {
    if (line.startsWith("making ")) made++;
  };
  const both = [1, 2].map(() => ensurePython({ directory, requirements, onProgress }));
  const [environment] = await Promise.all(both);
  t.is(made, 1);
  const { stdout } = await promisify(execFile)(environment?.bin("python") ?? "", [
    "-c",
    "import sys; print(sys.prefix != sys.base_prefix)",
  ]);
  t.is(stdout.trim(), "True");
  await ensurePython({ directory, requirements, onProgress: (line) => t.fail(line) });
});

test("is made again when half made or made from other requirements", async (t) => {
  const directory = await temporaryDirectory();
  const requirements = await emptyRequirements(directory);
  const lines: string[] = [];
  const again = () => ensurePython({ directory, requirements, onProgress: (line) => lines.push(line) });
  await again();
  await rm(join(directory, "venv", "annofarm.json"));
  lines.length = 0;
  await again();
  t.is(lines.at(-1), "ready");
  await writeFile(requirements, "# still nothing\n");
  lines.length = 0;
  await again();
  t.is(lines.at(-1), "ready");
});

test("packages that cannot be installed are an error with pip's own words", async (t) => {
  const directory = await temporaryDirectory();
  const requirements = join(directory, "requirements.txt");
  await writeFile(requirements, "/nowhere/at-all.whl --hash=sha256:00\n");
  const error = await t.throwsAsync(ensurePython({ directory, requirements }));
  t.regex(error?.message ?? "", /could not be installed.*check the network[\s\S]*nowhere/);
  await t.throwsAsync(readFile(join(directory, "venv", "annofarm.json")), { code: "ENOENT" });
});

async function fakePython(answer: object): Promise<string> {
  const file = join(await temporaryDirectory(), "python3");
  // At once: a process that another test starts meanwhile would hold it open for writing, and nobody could run it.
  writeFileSync(file, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`, { mode: 0o755 });
  return file;
}

test("a Python that is too old is named with its version", async (t) => {
  const python = await fakePython({ executable: "/opt/old/python3", version: [3, 8, 18], venv: true });
  await t.throwsAsync(findPython({ ANNOFARM_PYTHON: python }), {
    message: /no Python 3\.9 or newer .*\/opt\/old\/python3 is 3\.8\.18.*install one/,
  });
});

test("a Python without venv is told Debian's remedy", async (t) => {
  const python = await fakePython({ executable: "/usr/bin/python3", version: [3, 12, 3], venv: false });
  await t.throwsAsync(findPython({ ANNOFARM_PYTHON: python }), { message: /apt install python3\.12-venv/ });
});

test("no Python at all says how to get one", async (t) => {
  await t.throwsAsync(findPython({ ANNOFARM_PYTHON: "/nowhere/python3" }), {
    message: /\/nowhere\/python3; install one/,
  });
});

test("the lock admits one at a time and is free again after a failure", async (t) => {
  const { executable } = await findPython();
  const file = join(await temporaryDirectory(), "lock");
  let inside = 0;
  const enter = () =>
    withFileLock(executable, file, async () => {
      inside++;
      await new Promise(setImmediate);
      const seen = inside;
      inside--;
      return seen;
    });
  await t.throwsAsync(
    withFileLock(executable, file, async () => {
      throw new Error("work failed");
    }),
    { message: "work failed" },
  );
  t.deepEqual(await Promise.all([enter(), enter(), enter()]), [1, 1, 1]);
});

test("the making tells which package of how many it fetches", (t) => {
  const told: string[] = [];
  const tell = counted(3, (line) => told.push(line));
  for (const line of [
    "Ignoring aiohappyeyeballs: markers 'python_full_version < \"3.10\"' don't match your environment",
    "Collecting boto3==1.40.1 (from -r requirements.txt (line 2))",
    "  Downloading boto3-1.40.1-py3-none-any.whl (139 kB)",
    "Collecting moto==5.1.0",
    "Installing collected packages: boto3, moto",
    "Successfully installed boto3-1.40.1 moto-5.1.0",
  ])
    tell(line);
  t.deepEqual(told, [
    "fetching 1 of 2: boto3",
    "fetching 2 of 2: moto",
    "installing 2 packages",
    "Successfully installed boto3-1.40.1 moto-5.1.0",
  ]);
});
