// Without the setting nothing of OpenTelemetry is loaded: this file imports nothing that does.
import { createRequire } from "node:module";
import test from "ava";
import { createDynamoClient, createSqsClient } from "../../../runtime/aws/clients.ts";
import { createQueue } from "../../../runtime/aws/queue.ts";
import { rememberingTraces, untraced } from "../../../runtime/jobs/tracing.ts";
import { openTracing } from "../../../runtime/telemetry/open-tracing.ts";
import { createMemoryJobStore, createMemoryLog } from "../../support/memory.ts";

const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes("/node_modules/@opentelemetry/"));

const open = (environment: { TRACES_ENDPOINT?: string }) => {
  const log = createMemoryLog();
  return openTracing({
    service: "web",
    environment: { TRACES_PERCENT: 100, ...environment },
    instance: undefined,
    log,
  });
};

test.serial("without an endpoint nothing is loaded, asked for, added to a call or to an item", async (t) => {
  const { tracer, close } = await open({});
  t.is(tracer, untraced);
  t.deepEqual(loaded(), []);
  const jobs = createMemoryJobStore();
  t.is(rememberingTraces(jobs, tracer), jobs);
  const client = createDynamoClient({ tracer, region: "us-east-1" });
  t.false(client.middlewareStack.identify().join().includes("traceCalls"));
  const sent: object[] = [];
  const sqs = createSqsClient({ tracer, region: "us-east-1" });
  sqs.send = async (command: { input: object }) => {
    sent.push(command.input);
    return {};
  };
  const queue = createQueue({ client: sqs, url: "http://localhost/q", tracer });
  await queue.send({ a: 1 });
  await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 30 });
  t.deepEqual(
    sent.map((input) => Object.keys(input).filter((key) => key.startsWith("MessageAttribute"))),
    [[], []],
  );
  await close();
});

test.serial("with one it is", async (t) => {
  const { tracer, close } = await open({ TRACES_ENDPOINT: "http://127.0.0.1:1" });
  t.not(tracer, untraced);
  t.true(loaded().length > 0);
  const client = createDynamoClient({ tracer, region: "us-east-1" });
  t.true(client.middlewareStack.identify().join().includes("traceCalls"));
  await close();
});
