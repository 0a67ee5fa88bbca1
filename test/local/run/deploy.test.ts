import { fileURLToPath } from "node:url";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import { deploy, stackRegion } from "../../../local/run/deploy.ts";
import { redeploy } from "../../../local/run/redeploy.ts";
import type { Emulator } from "../../../local/types.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";

const program = { directory: fileURLToPath(new URL("../../plan/programs/complete", import.meta.url)), stack: "test" };

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator(await stackRegion(program));
});
test.after.always(() => emulator?.stop());

test("what the program declares stands in the emulator, in the stack's region", async (t) => {
  const made: string[] = [];
  const plan = await deploy({
    ...program,
    emulator,
    config: { password: "open" },
    onResource: (request) => made.push(request.name),
    onOutput: () => {},
  });
  t.is(emulator.region, "eu-central-1");
  t.deepEqual([...made].sort(), ["bundle", "farm-inner-queue", "results"]);
  const { QueueUrl } = await new SQSClient(clientOptions(emulator)).send(
    new GetQueueUrlCommand({ QueueName: "farm-inner-jobs" }),
  );
  t.is(plan.outputs.queueUrl, QueueUrl);
  const command = new GetObjectCommand({ Bucket: "team1-results", Key: "late.txt" });
  const object = await new S3Client(clientOptions(emulator)).send(command);
  t.is(await object.Body?.transformToString(), "the file's content\n");
  t.is(plan.resources.find(({ name }) => name === "bundle")?.outputs.etag, object.ETag?.replaceAll('"', ""));
});

test("the same program again changes nothing, and a changed one only what it has changed", async (t) => {
  const touched: string[] = [];
  const options = {
    ...program,
    emulator,
    config: { password: "open", owner: "again" },
    onResource: (request: { name: string }) => void touched.push(request.name),
    onOutput: () => {},
  };
  const first = await deploy(options);
  touched.length = 0;
  const second = await redeploy(options, first);
  t.deepEqual(touched, []);
  t.deepEqual(second.resources, first.resources);
  const third = await redeploy({ ...options, config: { ...options.config, password: "sesame" } }, second);
  t.deepEqual(touched, ["bundle"]);
  const tagsOf = (resources: typeof third.resources) => resources.find(({ name }) => name === "bundle")?.inputs.tags;
  t.deepEqual(tagsOf(third.resources), { password: "sesame", other: "hidden" });
});

test("an encrypted value is refused with what to do", async (t) => {
  await t.throwsAsync(deploy({ ...program, emulator }), {
    message: /Pulumi\.test\.yaml keeps complete:password encrypted.*-c complete:password=/,
  });
});

test("what the emulator refuses names the resource", async (t) => {
  const config = { password: "open", owner: "x".repeat(60) };
  await t.throwsAsync(deploy({ ...program, emulator, config, onOutput: () => {} }), {
    message: /^cannot create urn:pulumi:test::complete::aws:s3\/bucket:Bucket::results: /,
  });
});
