/**
 * How long does `npm start` take to the first page? In a copy of the project with nothing of an earlier start in it: cold (Python
 * environment and bundles are made, from the package index and the sources) once, then warm with `--fresh`, in turn with the
 * floor: the bare emulator of the same environment, from its start to its first answer.
 *
 *     npm run bench -- start
 *     node --import ./plan/program/source/register.js bench/start.ts [rounds]
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { projectRoot } from "../components/bundle/bundle-file.ts";
import { freePort } from "../local/net/free-port.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const rounds = Number(process.argv[2] ?? 3);
const pollMilliseconds = 25;
/** A cold start downloads some 60 MB; beyond this, something is wrong. */
const patienceMilliseconds = 180_000;

interface Start {
  /** Seconds from the command until `GET /` answers 200. */
  readonly firstPage: number;
  /** Seconds until every group has its desired capacity in service. */
  readonly inService: number;
  /** Seconds of each step, as the command tells them. */
  readonly steps: Readonly<Record<string, number>>;
}

/** What a clone and `npm ci` give: the files of the working tree, and the packages. */
function copyProject(copy: string): string {
  mkdirSync(copy);
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  for (const file of listed.split("\0").filter((name) => name !== "")) {
    // A file that is deleted but not yet committed is still listed.
    if (existsSync(join(projectRoot, file))) cpSync(join(projectRoot, file), join(copy, file), { recursive: true });
  }
  symlinkSync(join(projectRoot, "node_modules"), join(copy, "node_modules"));
  return copy;
}

const seconds = (since: number) => (performance.now() - since) / 1000;

async function untilAnswer(url: string, ok: (status: number) => boolean, child: ChildProcess): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response !== undefined && ok(response.status)) return;
    if (child.exitCode !== null)
      throw new Error(`the command ended with code ${child.exitCode} before ${url} answered`);
    if (performance.now() - begun > patienceMilliseconds) throw new Error(`no answer at ${url} in time`);
    await delay(pollMilliseconds);
  }
}

/** Ctrl-C, as a terminal sends it: to the whole process group. */
async function interrupt(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGINT");
  await ended;
}

async function npmStart(project: string): Promise<Start> {
  const port = await freePort();
  const env = {
    ...process.env,
    PIP_NO_CACHE_DIR: "1", // a first start has no packages of an earlier one,
    TMPDIR: dirname(project), // nor what tsx keeps of compiled modules
  };
  const begun = performance.now();
  const child = spawn("npm", ["start", "--", "--fresh", "--port", String(port)], {
    cwd: project,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const steps: Record<string, number> = {};
    const ready = new Promise<number>((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [, title, time] = /^ +(\S.*) ✔ +([\d.]+) s$/.exec(line) ?? [];
        if (title !== undefined) steps[title] = Number(time);
        if (/^ +Ready after/.test(line)) resolve(seconds(begun));
      });
      child.once("exit", (code) => reject(new Error(`npm start ended with code ${code}`)));
    });
    ready.catch(() => {});
    await untilAnswer(`http://localhost:${port}/`, (status) => status === 200, child);
    const firstPage = seconds(begun);
    return { firstPage, inService: await ready, steps };
  } finally {
    await interrupt(child);
  }
}

/** Nothing but moto, with the very command that the runner uses. */
async function bareEmulator(project: string): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const python = join(project, ".annofarm", "venv", "bin", "python");
  const child = spawn(python, ["local/emulator/moto_server.py", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: project,
    detached: true,
    stdio: "ignore",
  });
  try {
    await untilAnswer(`http://127.0.0.1:${port}/`, () => true, child);
    return seconds(begun);
  } finally {
    await interrupt(child);
  }
}

const home = mkdtempSync(join(tmpdir(), "annofarm-start-"));
const project = copyProject(join(home, "project"));
try {
  process.stderr.write("cold start …");
  const cold = await npmStart(project);
  process.stderr.write("\r");
  const starts: Start[] = [];
  const times = await inTurn(rounds, {
    warm: async () => {
      const start = await npmStart(project);
      starts.push(start);
      return start.firstPage;
    },
    emulator: () => bareEmulator(project),
  });

  const middle = (of: (start: Start) => number) => Number(median(starts.map(of)).toFixed(2));
  const titles = [...new Set([...Object.keys(cold.steps), ...starts.flatMap(({ steps }) => Object.keys(steps))])];
  const profile = titles.map((step) => ({
    step,
    cold: cold.steps[step] ?? 0,
    warm: middle(({ steps }) => steps[step] ?? 0),
  }));
  const told = profile.reduce((sum, { warm }) => sum + warm, 0);
  const warm = { firstPage: middle((start) => start.firstPage), inService: middle((start) => start.inService) };
  console.table([
    ...profile,
    { step: "before and between the steps", cold: Number.NaN, warm: Number((warm.inService - told).toFixed(2)) },
    { step: "first page", cold: Number(cold.firstPage.toFixed(2)), warm: warm.firstPage },
    { step: "all in service", cold: Number(cold.inService.toFixed(2)), warm: warm.inService },
  ]);
  const floor = ratio(times.warm, times.emulator);
  console.log(
    `a warm start takes ${floor.median.toFixed(1)} times as long to its first page as the bare emulator to its first answer ` +
      `(${floor.min.toFixed(1)} to ${floor.max.toFixed(1)}; ${median(times.emulator).toFixed(2)} s)`,
  );
  writeReport(
    "start",
    { cold: cold.firstPage, warm: warm.firstPage, rounds, steps: profile, ratio: floor },
    { cold, warm: starts, emulator: times.emulator },
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
