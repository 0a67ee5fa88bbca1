// The examples in other languages under the real engine, as their reader would run them: previewed, up, up again without a change,
// up with a change, destroyed without a trace.
import { fileURLToPath } from "node:url";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import test, { type ExecutionContext } from "ava";
import { findLanguages, type LanguageTools, obtainLanguages } from "../../local/engine/tools/languages.ts";
import { ensurePython } from "../../local/process/python/environment.ts";
import type { Emulator } from "../../local/types.ts";
import { readBootManifest } from "../../runtime/contract/boot.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { emulated } from "./emulated.ts";
import { type LanguageStack, openLanguageStack } from "./languages/stack.ts";
import { noPulumi, pulumiForTests } from "./support.ts";

const pulumi = await pulumiForTests();
// As with the command line: with CI=true nothing is skipped.
const tools = process.env.CI === "true" ? await obtainLanguages() : await findLanguages();
const missing =
  pulumi === undefined
    ? noPulumi
    : "no language tools found: `npx annofarm tools --languages` builds them; tests were skipped";
const languageTest = pulumi === undefined || tools === undefined ? test.skip : test.serial;
if (pulumi === undefined || tools === undefined) test(missing, (t) => t.pass());

let emulator: Emulator;
test.before(async () => {
  if (pulumi !== undefined && tools !== undefined) emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const provided = () => ({ emulator, pulumi: pulumi as string, tools: tools as LanguageTools });

/** Bounds of the group whose name an output tells. */
async function largest(stack: LanguageStack, output: string): Promise<number | undefined> {
  const found = (await stack.resources()).find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs?.[output];
  const scaling = new AutoScalingClient(clientOptions(emulator));
  const { AutoScalingGroups = [] } = await scaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [String(found)] }),
  );
  scaling.destroy();
  return AutoScalingGroups[0]?.MaxSize;
}

async function ofType(stack: LanguageStack, type: string) {
  return (await stack.resources()).filter((each) => each.type === type);
}

/** What the instances of a group are told of their one service. */
async function toldTo(stack: LanguageStack, group: string) {
  const templates = await ofType(stack, "aws:ec2/launchTemplate:LaunchTemplate");
  const template = templates.find(({ urn }) => urn.endsWith(`::${group}`));
  const { userData } = template?.inputs ?? {};
  return readBootManifest(Buffer.from(String(userData), "base64").toString()).services[0];
}

/** From nothing to nothing, with one change between. */
async function live(t: ExecutionContext, stack: LanguageStack, whenUp: () => Promise<void>): Promise<void> {
  const before = await emulated(emulator);
  await stack.run("preview");
  t.deepEqual(await emulated(emulator), before, "a preview makes nothing");
  await stack.run("up");
  t.is(await largest(stack, "annotators"), 6);
  await whenUp();
  await stack.run("unchanged");
  await stack.configure("annotatorsMax", "8");
  await stack.run("up");
  t.is(await largest(stack, "annotators"), 8);
  await stack.run("destroy");
  t.deepEqual(await emulated(emulator), before);
  t.deepEqual(await ofType(stack, "annofarm:index:WebFarm"), []);
}

languageTest("YAML: the service, and a worker farm on a queue of its own", async (t) => {
  const stack = await openLanguageStack({ ...provided(), directory: example("yaml"), project: "yaml-lab" });
  await live(t, stack, async () => {
    t.is((await ofType(stack, "annofarm:index:WorkerFarm")).length, 1);
    const service = await toldTo(stack, "lab-reports");
    t.is(service?.name, "reports");
    const sqs = new SQSClient(clientOptions(emulator));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: service?.environment.QUEUE_URL, AttributeNames: ["QueueArn"] }),
    );
    sqs.destroy();
    t.regex(Attributes?.QueueArn ?? "", /:lab-reports-messages-/);
  });
});

languageTest("Python: the service, and a farm of an own program", async (t) => {
  const python = await ensurePython({
    directory: fileURLToPath(new URL("../../.annofarm/python-programs", import.meta.url)),
    requirements: fileURLToPath(new URL("languages/requirements.txt", import.meta.url)),
  });
  const stack = await openLanguageStack({
    ...provided(),
    directory: example("python"),
    project: "python-lab",
    python: python.bin("python"),
  });
  await live(t, stack, async () => {
    t.is((await ofType(stack, "annofarm:index:AppFarm")).length, 1);
    const service = await toldTo(stack, "lab-status");
    t.like(service?.environment, { TABLE: "lab-annotations--dev" });
    t.regex(service?.environment.SERVICE_URL ?? "", /^https:\/\/lab-web-/);
    const policies = await ofType(stack, "aws:iam/rolePolicy:RolePolicy");
    const own = policies.find(({ urn }) => urn.endsWith("::lab-status-service"));
    t.regex(JSON.stringify(own?.inputs?.policy), /dynamodb:DescribeTable/);
  });
});
