/**
 * `npm run test:mutations [-- words of faults, or parts of their tests' paths]`: takes each prevention out of a copy of the project and
 * runs the test that stands for it. Exit code 1 when a test passes all the same.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mutations } from "./list.ts";
import type { Mutation } from "./mutation.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "annofarm-mutations-"));

function copy(): void {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files.filter((name) => !/^(?:docs|examples|bench)\//.test(name))) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    cpSync(join(root, file), join(directory, file));
  }
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  // Python programs, made once: what is compiled is each copy's own.
  mkdirSync(join(directory, ".annofarm"));
  symlinkSync(join(root, ".annofarm", "venv"), join(directory, ".annofarm", "venv"));
}

/** Whether the test fails. @throws {Error} when it cannot be told. */
function fails({ test, title }: Pick<Mutation, "test" | "title">): boolean {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    // Without what it stands for, a test may wait for what never comes.
    ["node_modules/ava/entrypoints/cli.mjs", test, "--match", `*${title}*`, "--timeout", "3m"],
    { cwd: directory, encoding: "utf8" },
  );
  if (/\d+ tests? failed|never resolved|timed out/i.test(stdout)) return true;
  if (/\d+ tests? passed/.test(stdout)) return false;
  throw new Error(`${test} “${title}” did not run:\n${stdout}${stderr}`);
}

function tried(mutation: Mutation): boolean {
  const path = join(directory, mutation.file);
  const whole = readFileSync(path, "utf8");
  if (!whole.includes(mutation.text)) throw new Error(`${mutation.file} does not say ${mutation.text}`);
  writeFileSync(
    path,
    whole.replace(mutation.text, () => mutation.by),
  );
  try {
    return fails(mutation);
  } finally {
    writeFileSync(path, whole);
  }
}

try {
  copy();
  const wanted = process.argv.slice(2);
  const isWanted = ({ fault, test }: Mutation) =>
    wanted.length === 0 || wanted.some((words) => fault.includes(words) || test.includes(words));
  for (const mutation of mutations.filter(isWanted)) {
    const noticed = tried(mutation);
    console.log(`${noticed ? "fails " : "PASSES"}  ${mutation.fault}: ${mutation.test} “${mutation.title}”`);
    if (!noticed) process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
