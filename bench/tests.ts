/**
 * How long do the tests take, and where does the time go? The fast ones, then all of them; the peer, in the same run, is the type check of
 * the repository.
 *
 *     npm run bench -- tests
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../components/bundle-file.ts";
import { writeReport } from "./support/report.ts";

interface FileTime {
  readonly file: string;
  /** From the start of its process to its end. */
  readonly seconds: number;
}

interface Run {
  readonly seconds: number;
  readonly tests: number;
  readonly files: readonly FileTime[];
}

const clock = fileURLToPath(new URL("tests/clock.js", import.meta.url));

/** Runs an npm script to its end. @throws {Error} with its last lines when it fails: the times of a failed run say nothing. */
async function timed(script: string, environment: Readonly<Record<string, string>> = {}) {
  const begun = performance.now();
  const child = spawn("npm", ["run", "--silent", script], {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stderr.write(`\r${script}: ${((performance.now() - begun) / 1000).toFixed(0)} s`.padEnd(40));
  });
  const [code] = (await once(child, "close")) as [number | null];
  process.stderr.write(`\r${" ".repeat(40)}\r`);
  if (code !== 0) throw new Error(`npm run ${script} failed:\n${output.split("\n").slice(-40).join("\n")}`);
  return { seconds: (performance.now() - begun) / 1000, output };
}

async function testRun(script: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "annofarm-times-"));
  const times = join(folder, "times.jsonl");
  try {
    const { seconds, output } = await timed(script, { NODE_OPTIONS: `--import=${clock}`, ANNOFARM_TEST_TIMES: times });
    const tests = Number(/(\d+) tests? passed/.exec(output)?.[1]);
    const lines = readFileSync(times, "utf8").trim().split("\n");
    const files = lines.map((line) => JSON.parse(line) as FileTime);
    return {
      seconds,
      tests,
      files: files.map(({ file, ...rest }) => ({ file: relative(projectRoot, file), ...rest })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds of files by the folder of `test/` that they are in; those that lie in none are `test`. */
function byFolder(files: readonly FileTime[]) {
  const folderOf = (file: string) => file.split("/").slice(0, -1)[1] ?? "test";
  return [...new Set(files.map(({ file }) => folderOf(file)))]
    .map((folder) => {
      const own = files.filter(({ file }) => folderOf(file) === folder);
      const longest = own.reduce((most, each) => (each.seconds > most.seconds ? each : most));
      return { folder, files: own.length, seconds: own.reduce((sum, { seconds }) => sum + seconds, 0), longest };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

const { seconds: types } = await timed("types");
const fast = await testRun("test:fast");
const all = await testRun("test");
const against = ({ seconds, tests, files }: Run) => ({ seconds, tests, files: files.length, ratio: seconds / types });
const folders = byFolder(all.files);
console.table(folders.map(({ longest, ...rest }) => ({ ...rest, longest: longest.file, of: longest.seconds })));
console.log(`types ${types.toFixed(1)} s, fast ${fast.seconds.toFixed(0)} s, all ${all.seconds.toFixed(0)} s`);
writeReport("tests", { types, fast: against(fast), all: against(all), folders }, { fast: fast.files, all: all.files });
