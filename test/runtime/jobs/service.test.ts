import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import test from "ava";
import { watchLifecycle } from "../../../runtime/jobs/service.ts";
import { startCollector } from "../../support/collector.ts";
import { createMemoryLog, createVirtualClock } from "../../support/memory.ts";
import { runsSources } from "../../support/runs-sources.ts";

const instance = (state: () => string) => ({
  instanceId: "i-1",
  targetLifecycleState: async () => state(),
  protectFromScaleIn: async () => {},
  prolongTermination: async () => undefined,
  completeTermination: async () => {},
});

test('"scale-in kills running jobs": the instance drains when its target lifecycle state says so', async (t) => {
  const clock = createVirtualClock();
  let state = "InService";
  const reasons: string[] = [];
  const watching = watchLifecycle({
    identity: instance(() => {
      if (state === "broken") throw new Error("no answer");
      return state;
    }),
    clock,
    log: createMemoryLog(),
    signal: new AbortController().signal,
    drain: (reason) => void reasons.push(reason),
  });
  await clock.advance(60_000);
  state = "broken";
  await clock.advance(60_000);
  t.deepEqual(reasons, []);
  state = "Terminated";
  await clock.advance(5_000);
  await watching;
  t.deepEqual(reasons, ["target lifecycle state Terminated"]);
});

const program = fileURLToPath(new URL("programs/notifier.ts", import.meta.url));

const environment = {
  AWS_REGION: "us-east-1",
  PORT: "1",
  ANNOTATIONS_TABLE: "t",
  USERS_TABLE: "u",
  JOB_NOTIFY_QUEUE_URL: "http://127.0.0.1/q",
  JOB_REQUESTS_TOPIC_ARN: "a",
  JOB_RESULTS_TOPIC_ARN: "b",
  MAIL_FROM: "gas@example.org",
  PUBLIC_URL: "http://127.0.0.1",
};

async function run(extra: Record<string, string | undefined>, onLine: (line: string, stop: () => void) => void) {
  const child = spawn(process.execPath, [...runsSources, program], {
    env: { PATH: process.env.PATH, ...environment, ...extra },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
    onLine(String(chunk), () => child.kill("SIGTERM"));
  });
  const [code] = await once(child, "close");
  return { code: code as number, output };
}

test("a service told to stop drains and exits 0", async (t) => {
  const { code, output } = await run({}, (line, stop) => line.includes("at work") && stop());
  t.is(code, 0);
  t.true(output.includes('"message":"drained"'));
});

test("a service that is told to stop hands on its traces first", async (t) => {
  const collector = await startCollector();
  t.teardown(() => collector.close());
  const environment = { TRACES_ENDPOINT: collector.url, TRACES_STACK: "dev" };
  const { code } = await run(environment, (line, stop) => line.includes("at work") && stop());
  t.is(code, 0);
  t.deepEqual(
    collector.spans.map(({ service, stack, name }) => [service, stack, name]),
    [["notifier", "dev", "start"]],
  );
});

test("a collector that never answers does not keep a service from stopping", async (t) => {
  const collector = await startCollector(() => "never");
  t.teardown(() => collector.close());
  const { code, output } = await run(
    { TRACES_ENDPOINT: collector.url },
    (line, stop) => line.includes("at work") && stop(),
  );
  t.is(code, 0);
  t.regex(output, /"spans_dropped":1,"message":"traces closed"/);
});

test("a wrong environment exits 78 and names every variable", async (t) => {
  const { code, output } = await run({ PORT: "no", MAIL_FROM: undefined }, () => {});
  t.is(code, 78);
  t.regex(output, /PORT.*\\"no\\" does not fit/);
  t.regex(output, /MAIL_FROM: not set/);
});

test("a crash exits 1 and is logged", async (t) => {
  const { code, output } = await run({ CRASH: "yes" }, () => {});
  t.is(code, 1);
  t.regex(output, /"message":"crashed"/);
  t.regex(output, /broken/);
});
