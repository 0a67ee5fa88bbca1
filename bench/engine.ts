/**
 * What does the program cost a deployment? Under Pulumi's mocks (the plan run) against an empty program; preview and first `up`
 * of the whole stack on the real engine against a stack of equally many trivial resources; and the type check: memory and time.
 *
 *     npm run bench -- engine
 *     node --import ./plan/program/source/register.js bench/engine.ts [rounds]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportCost } from "../bin/cost/report.ts";
import { projectRoot } from "../components/bundle/bundle-file.ts";
import { startEmulator } from "../local/emulator/moto.ts";
import { openEngine } from "../local/engine/engine.ts";
import { obtainPulumi } from "../local/engine/tools/obtain.ts";
import { startChildren } from "../local/process/children.ts";
import { ensurePython } from "../local/process/python/environment.ts";
import { readPlan } from "../plan/plan.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const rounds = Number(process.argv[2] ?? 3);
const home = mkdtempSync(join(tmpdir(), "annofarm-bench-engine-"));
const seconds = (since: number) => (performance.now() - since) / 1000;
const quiet = () => {};

/** A program beside the project, which finds the project's packages. */
function program(name: string, text: string): string {
  const directory = join(home, name);
  mkdirSync(directory);
  symlinkSync(join(projectRoot, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(directory, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
  writeFileSync(join(directory, "Pulumi.local.yaml"), "config:\n  aws:region: us-east-1\n");
  writeFileSync(join(directory, "index.ts"), text);
  return directory;
}

async function planSeconds(directory: string): Promise<number> {
  const begun = performance.now();
  await readPlan({ directory, stack: "local", onOutput: quiet });
  return seconds(begun);
}

/** A cost report with every change that it looks at: the program under each. */
async function costSeconds(): Promise<number> {
  const begun = performance.now();
  await reportCost({
    directory: projectRoot,
    stack: "local",
    config: {},
    at: "expected",
    usage: {},
    stacks: 1,
    months: 1,
    levers: true,
  });
  return seconds(begun);
}

let stacks = 0;

/** A fresh stack on a fresh emulator: first a preview, then the first `up`. */
async function deploySeconds(
  directory: string,
  pulumi: string,
): Promise<{ preview: number; up: number; again: number }> {
  const { bin } = await ensurePython({ directory: join(projectRoot, ".annofarm") });
  const children = startChildren();
  const stateDirectory = join(home, `state-${++stacks}`);
  mkdirSync(stateDirectory);
  try {
    const emulator = await startEmulator({
      python: bin("python"),
      children,
      region: "us-east-1",
      logFile: join(stateDirectory, "moto.log"),
    });
    const engine = await openEngine({
      directory,
      stack: "local",
      emulator,
      stateDirectory,
      pulumi,
      onOutput: quiet,
    });
    const timed = async (operation: "preview" | "up") => {
      const begun = performance.now();
      await engine.run(operation);
      return seconds(begun);
    };
    return { preview: await timed("preview"), up: await timed("up"), again: await timed("up") };
  } finally {
    await children.stopAll();
  }
}

/** Seconds and peak memory of a command with all its children, by the system's own accounting. */
async function measured(...command: readonly string[]): Promise<{ seconds: number; megabytes: number }> {
  const child = spawn("/usr/bin/time", ["-f", "%e %M", ...command], {
    cwd: projectRoot,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  await once(child, "close");
  const [elapsed, kilobytes] = (told.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { seconds: elapsed ?? Number.NaN, megabytes: Math.round((kilobytes ?? Number.NaN) / 1024) };
}

try {
  const plan = await readPlan({ directory: projectRoot, stack: "local", onOutput: quiet });
  const count = plan.resources.filter(({ custom }) => custom).length;
  const empty = program("empty", "export {};\n");
  const trivial = program(
    "trivial",
    `import { Topic } from "@pulumi/aws/sns/index.js";
for (let index = 0; index < ${count}; index++) new Topic(\`topic-\${index}\`, { name: \`topic-\${index}\` });
`,
  );
  const plans = await inTurn(rounds, {
    program: () => planSeconds(projectRoot),
    empty: () => planSeconds(empty),
    cost: costSeconds,
  });

  const { command } = await obtainPulumi();
  const [ours, peer] = [await deploySeconds(projectRoot, command), await deploySeconds(trivial, command)];
  const check = (compiler: string) => measured(process.execPath, compiler, "--noEmit", "-p", "tsconfig.json");
  const types = {
    native: await check("node_modules/typescript-native/bin/tsc"),
    classic: await check("node_modules/typescript/bin/tsc"),
  };

  const planRatio = ratio(plans.program, plans.empty);
  const costRatio = ratio(plans.cost, plans.program);
  console.table([
    { what: "plan (mocks)", program: median(plans.program), peer: median(plans.empty), ratio: planRatio.median },
    { what: "cost report", program: median(plans.cost), peer: median(plans.program), ratio: costRatio.median },
    { what: "preview", program: ours.preview, peer: peer.preview, ratio: ours.preview / peer.preview },
    { what: "first up", program: ours.up, peer: peer.up, ratio: ours.up / peer.up },
    { what: "second up", program: ours.again, peer: peer.again, ratio: ours.again / peer.again },
    { what: "type check, s", program: types.native.seconds, peer: types.classic.seconds },
    { what: "type check, MB", program: types.native.megabytes, peer: types.classic.megabytes },
  ]);
  console.log(
    `plan: peer is an empty program; cost: peer is the plan; engine: peer is ${count} SNS topics; types: TypeScript 7 against TypeScript 6`,
  );
  const against = (what: keyof typeof ours) => ({ seconds: ours[what], ratio: ours[what] / peer[what] });
  writeReport(
    "engine",
    {
      plan: { seconds: median(plans.program), ratio: planRatio.median },
      /** Of a cost report, which runs the program once for each change, over one plan. */
      cost: { seconds: median(plans.cost), ratio: costRatio.median },
      preview: against("preview"),
      up: against("up"),
      again: against("again"),
      types,
    },
    {
      resources: count,
      /** Seconds under mocks. */
      plans,
      /** Seconds on the real engine; the peer is as many topics, each on a fresh stack and emulator. */
      engine: { program: ours, trivial: peer },
    },
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
