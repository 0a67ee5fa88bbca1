import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { type Children, startChildren } from "../../../local/process/children.ts";
import { isAlive } from "../../../plan/process/alive.ts";
import { runsSources } from "../../support/runs-sources.ts";
import { until } from "../../support/until.ts";

const directory = mkdtempSync(join(tmpdir(), "annofarm-children-"));
const started: Children[] = [];
test.after.always(async () => {
  await Promise.all(started.map((children) => children.stopAll()));
  rmSync(directory, { recursive: true });
});

function children(): Children {
  const some = startChildren();
  started.push(some);
  return some;
}

/** Node running `code`; it says "ready" on the log when it got so far. */
const node = (name: string, code: string, stopMilliseconds?: number) => ({
  name,
  command: process.execPath,
  args: ["-e", `${code};console.log("ready")`],
  env: { GREETING: "hello" },
  logFile: join(directory, `${name}.log`),
  ...(stopMilliseconds === undefined ? {} : { stopMilliseconds }),
});
const log = (name: string) => readFileSync(join(directory, `${name}.log`), "utf8");
const ready = (name: string) => until(`${name} is ready`, () => log(name).includes("ready"));

test("a child gets the environment given and no other, and its output is appended to its log", async (t) => {
  const some = children();
  const print = "console.log(JSON.stringify(process.env))";
  const exit = await some.start(node("environment", print)).exited;
  await some.start(node("environment", print)).exited;
  t.deepEqual(exit, { code: 0, signal: null });
  t.is(log("environment"), '{"GREETING":"hello"}\nready\n'.repeat(2));
});

test("a program that does not exist is told by name", async (t) => {
  const child = children().start({ ...node("missing", ""), command: "/no/such/program" });
  const error = await t.throwsAsync(child.exited);
  t.is(error.message, "cannot start missing (/no/such/program)");
  t.is(child.pid, undefined);
  await t.notThrowsAsync(child.stop());
});

test("stopped alone, a child ends what it has started itself; else all are asked to end at once", async (t) => {
  const program = fileURLToPath(new URL("programs/asks-its-child.js", import.meta.url));
  for (const [name, stopsAlone, said] of [
    ["alone", true, "here"],
    ["together", false, "gone"],
  ] as const) {
    const child = children().start({ ...node(name, ""), args: [program], stopMilliseconds: 600_000, stopsAlone });
    await ready(name);
    await child.stop();
    t.is(log(name), `ready\nthe child is ${said}\n`);
  }
});

test("stop asks first: a child that listens ends by itself", async (t) => {
  const child = children().start(
    node("polite", "setInterval(() => {}, 1000);process.on('SIGTERM', () => process.exit(7))"),
  );
  await ready("polite");
  await Promise.all([child.stop(), child.stop()]);
  t.deepEqual(await child.exited, { code: 7, signal: null });
});

test("a child that does not listen is killed after its time, with what it has started", async (t) => {
  const child = children().start(
    node(
      "deaf",
      `const { spawn } = require("node:child_process");
       console.log("grandchild " + spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]).pid);
       process.on("SIGTERM", () => {});setInterval(() => {}, 1000)`,
      50,
    ),
  );
  await ready("deaf");
  const grandchild = Number(/grandchild (\d+)/.exec(log("deaf"))?.[1]);
  t.true(isAlive(grandchild));
  await child.stop();
  t.is((await child.exited).signal, "SIGKILL");
  await until("the grandchild is gone", () => !isAlive(grandchild));
});

test("what a child leaves behind when it ends by itself is ended too", async (t) => {
  const child = children().start(
    node(
      "careless",
      `const { spawn } = require("node:child_process");
       const left = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
       left.unref();console.log("left " + left.pid)`,
    ),
  );
  t.is((await child.exited).code, 0);
  const left = Number(/left (\d+)/.exec(log("careless"))?.[1]);
  t.true(left > 0);
  await until("what was left behind is gone", () => !isAlive(left));
});

test("after stopAll nothing lives and nothing starts", async (t) => {
  const some = children();
  const all = ["one", "two"].map((name) => some.start(node(name, "setInterval(() => {}, 1000)")));
  await Promise.all([ready("one"), ready("two")]);
  await some.stopAll();
  t.deepEqual(
    all.map((child) => isAlive(child.pid)),
    [false, false],
  );
  t.throws(() => some.start(node("late", "")), { message: "cannot start late: the runner is stopping" });
});

/** The program runner.ts in a process of its own, and what it has started. */
async function runner(name: string) {
  const logFile = join(directory, `${name}.log`);
  const program = fileURLToPath(new URL("runner.ts", import.meta.url));
  const process_ = spawn(process.execPath, [...runsSources, program, logFile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(process_.stdout, "data");
  await until("the child has told its ids", () => /^\d+ \d+\n/.test(readFileSync(logFile, "utf8")));
  const [child, grandchild] = readFileSync(logFile, "utf8").trim().split(" ").map(Number);
  return {
    child,
    grandchild,
    async killed() {
      process_.kill("SIGKILL");
      await once(process_, "exit");
    },
    guardian() {
      const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
      const line = stdout
        .split("\n")
        .find((each) => each.includes("guardian.js") && each.includes(` ${process_.pid} `));
      return line === undefined ? undefined : Number(line.trim().split(/\s+/)[0]);
    },
  };
}

test("a runner killed without warning leaves neither children nor grandchildren", async (t) => {
  const { child, grandchild, killed } = await runner("orphans");
  t.true(isAlive(child) && isAlive(grandchild));
  await killed();
  await until("both are gone", () => !isAlive(child) && !isAlive(grandchild));
});

test("a guardian that was killed has a successor that knows all children", async (t) => {
  const { child, grandchild, guardian, killed } = await runner("guardian");
  const first = guardian();
  t.truthy(first);
  process.kill(first ?? 0, "SIGKILL");
  const second = await until("there is another guardian", () => {
    const now = guardian();
    return now !== first && now;
  });
  t.true(isAlive(child) && isAlive(grandchild) && isAlive(second || undefined));
  await killed();
  await until("all are gone", () => !isAlive(child) && !isAlive(grandchild) && !isAlive(second || undefined));
});
