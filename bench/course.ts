/**
 * A course up and down: stacks of a small program on Pulumi's real engine, against the account of `annofarm emulate`, with one in
 * twenty refused once by the provider on the way up and one in twenty on the way down, and the whole command killed in the middle.
 * Does everything end right, how much memory does it take, and how long a stack, against stacks brought up one by one?
 *
 *     npm run bench -- course
 *     node --import=./plan/program/source/register.js bench/course.ts [stacks] [at a time]
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { StackStatus } from "../course/stacks/status.ts";
import { obtainPulumi } from "../local/engine/tools/obtain.ts";
import type { Emulated } from "../local/run/emulate.ts";
import { startFaultProxy } from "./course/fault-proxy.ts";
import {
  annofarm,
  type CourseFiles,
  type Ran,
  smallProgram,
  startEmulate,
  throughProxy,
  writeCourse,
} from "./course/world.ts";
import { median, writeReport } from "./support/report.ts";

const stacks = Number(process.argv[2] ?? 100);
const parallel = Number(process.argv[3] ?? 4);
const sample = 3;
const home = mkdtempSync(join(tmpdir(), "annofarm-bench-course-"));
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

/** Every twentieth, from the given one on; at least one. */
const oneInTwenty = (names: readonly string[], from: number) =>
  names.filter((_, index) => index % 20 === from % names.length);

async function statusOf({ file, state }: CourseFiles): Promise<readonly StackStatus[]> {
  const { stdout } = await annofarm(["course", "status", "--course", file, "--state", state, "--json"]);
  return JSON.parse(stdout) as StackStatus[];
}

/** Seconds of each of a few stacks that are brought up one after the other. */
function oneByOne(pulumi: string, { environment, pulumiHome }: Emulated): number[] {
  const script = fileURLToPath(new URL("course/one-up.ts", import.meta.url));
  const register = fileURLToPath(new URL("../plan/program/source/register.js", import.meta.url));
  const backend = join(home, "one-by-one");
  mkdirSync(backend);
  const env = {
    ...process.env,
    ...environment,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "bench",
  };
  return Array.from({ length: sample }, (_, index) => {
    const begun = performance.now();
    execFileSync(process.execPath, ["--import", register, script, `peer-${index}`, smallProgram, pulumi, pulumiHome], {
      env,
    });
    return (performance.now() - begun) / 1000;
  });
}

/** The command again and again until it has nothing more to say; at most so often. */
async function until(words: readonly string[], killAfter: number | undefined): Promise<Ran[]> {
  const runs: Ran[] = [];
  let ended = 0;
  if (killAfter !== undefined) {
    const done = / {2}up \(/;
    runs.push(await annofarm(words, (line) => done.test(line) && ++ended === killAfter));
  }
  do runs.push(await annofarm(words));
  while (runs.at(-1)?.code !== 0 && runs.length < 5);
  return runs;
}

const secondsOf = (runs: readonly Ran[]) => runs.reduce((sum, { seconds }) => sum + seconds, 0);

async function standing({ endpoint, region, environment }: Emulated): Promise<{ tables: number; queues: number }> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = environment;
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const [dynamo, sqs] = [new DynamoDBClient(options), new SQSClient(options)];
  let tables = 0;
  for (let start: string | undefined, more = true; more; more = start !== undefined) {
    const page = await dynamo.send(
      new ListTablesCommand(start === undefined ? {} : { ExclusiveStartTableName: start }),
    );
    tables += page.TableNames?.filter((name) => name.startsWith("bench-")).length ?? 0;
    start = page.LastEvaluatedTableName;
  }
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: "bench-" }));
  dynamo.destroy();
  sqs.destroy();
  return { tables, queues: QueueUrls.length };
}

const { emulated, child: account } = await startEmulate(home);
try {
  const { command: pulumi } = await obtainPulumi();
  const peer = oneByOne(pulumi, emulated);
  const course = writeCourse(home, stacks, parallel);
  const names = (await statusOf(course)).map(({ stack }) => stack);
  const [refusedUp, refusedDown] = [oneInTwenty(names, 3), oneInTwenty(names, 7)];
  const chosen = [
    ...refusedUp.map((name) => `CreateTable ${name}-items`),
    ...refusedDown.map((name) => `DeleteTable ${name}-items`),
  ];
  const { ANNOFARM_ENGINE: engine = "" } = emulated.environment;
  const proxy = await startFaultProxy(
    (JSON.parse(engine) as { emulator: { endpoint: string } }).emulator.endpoint,
    chosen,
  );
  const options = ["--course", course.file, "--state", course.state, "--local", throughProxy(home, emulated, proxy)];

  const up = await until(["course", "up", ...options], Math.ceil(stacks / 2));
  const stood = await standing(emulated);
  const allUp = (await statusOf(course)).every(({ state }) => state === "up") && stood.tables === stacks;
  const down = await until(["course", "down", ...options], undefined);
  const left = await standing(emulated);
  const allGone = (await statusOf(course)).every(({ state }) => state === "gone") && left.tables + left.queues === 0;
  await proxy.stop();

  const peak = Math.max(...[...up, ...down].map((run) => run.peak));
  const each = secondsOf(up) / stacks;
  console.table([
    { what: "all up", value: allUp, runs: up.length, seconds: secondsOf(up) },
    { what: "all gone", value: allGone, runs: down.length, seconds: secondsOf(down) },
    { what: "refused by the provider", value: proxy.refused().length },
    { what: "seconds a stack, up", value: each },
    { what: "seconds a stack, one by one", value: median(peer) },
    { what: "peak memory, MB", value: megabytes(peak) },
  ]);
  if (!allUp || !allGone || proxy.refused().length !== chosen.length) process.exitCode = 1;
  writeReport(
    "course",
    {
      stacks,
      parallel,
      refused: proxy.refused().length,
      right: allUp && allGone,
      up: { seconds: each, ratio: each / median(peer), commands: up.length },
      down: { seconds: secondsOf(down) / stacks, commands: down.length },
      oneByOne: median(peer),
      peakMegabytes: megabytes(peak),
    },
    { peer, up: up.map(({ stdout: _, ...run }) => run), down: down.map(({ stdout: _, ...run }) => run) },
  );
} finally {
  const ended = once(account, "exit");
  account.kill("SIGINT");
  await ended;
  rmSync(home, { recursive: true, force: true });
}
