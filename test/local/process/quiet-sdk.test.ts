// Under Node 20 each of these would print the SDK's warning; under Node 22 and newer the SDK has none.
import { SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import { runCommand } from "../../support/command.ts";

test("a test's own clients do not warn", async (t) => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => void warnings.push(warning);
  process.on("warning", hear);
  new SQSClient({ region: "us-east-1" }).destroy();
  await new Promise(setImmediate); // warnings are told on the next tick
  process.off("warning", hear);
  t.deepEqual(warnings, []);
});

test("a command's clients do not warn, in an environment that says nothing of it", async (t) => {
  const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const nowhere = { ...credentials, AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" };
  const command = runCommand(["redrive", "-s", "local"], nowhere);
  t.is((await command.ended).code, 1);
  t.regex(command.stderr, /nothing answers at 127\.0\.0\.1:9/, "a client was made and has called");
  t.notRegex(command.stderr, /Warning/);
});
