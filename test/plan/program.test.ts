import { fileURLToPath } from "node:url";
import test from "ava";
import { readPlan } from "../../plan/plan.ts";
import { ProgramError } from "../../plan/program/process.ts";
import { runProgram } from "../../plan/program.ts";
import { synthesizeFunctions, synthesizeResources } from "../../plan/synthesize.ts";
import type { Plan } from "../../plan/types.ts";

const directoryOf = (program: string) => fileURLToPath(new URL(`programs/${program}`, import.meta.url));

let plan: Plan;
const printed: string[] = [];
test.before(async () => {
  plan = await readPlan({ directory: directoryOf("complete"), stack: "test", onOutput: (line) => printed.push(line) });
});

function resource(name: string) {
  const found = plan.resources.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name} in the plan`);
  return found;
}

test("URNs carry the types of all parents", (t) => {
  t.deepEqual(
    plan.resources.map(({ urn }) => urn),
    [
      "urn:pulumi:test::complete::aws:s3/bucket:Bucket::results",
      "urn:pulumi:test::complete::test:index:Outer::farm",
      "urn:pulumi:test::complete::test:index:Outer$test:index:Inner::farm-inner",
      "urn:pulumi:test::complete::test:index:Outer$test:index:Inner$aws:sqs/queue:Queue::farm-inner-queue",
      "urn:pulumi:test::complete::aws:s3/bucketObjectv2:BucketObjectv2::bundle",
    ],
  );
  t.is(resource("farm").parent, undefined);
  t.is(resource("farm-inner").parent, resource("farm").urn);
});

test("inputs are resolved: promises, assets by path, secrets unwrapped and named", (t) => {
  const { inputs, secretInputs } = resource("bundle");
  t.deepEqual(inputs, {
    bucket: "team1-results",
    key: "late.txt",
    source: { asset: "file", path: "./late.txt" },
    tags: { password: "[encrypted]", other: "hidden" },
  });
  t.deepEqual([...secretInputs].sort(), ["tags.other", "tags.password"]);
});

test("dependencies: what inputs came from and what dependsOn names, through components", (t) => {
  const urns = new Set(resource("bundle").dependencies);
  t.true(urns.has(resource("results").urn));
  t.true(urns.has(resource("farm-inner-queue").urn));
  t.is(resource("results").dependencies.length, 0);
});

test("components, protection and outputs", (t) => {
  t.false(resource("farm").custom);
  t.true(resource("farm-inner-queue").custom);
  t.true(resource("farm-inner-queue").protect);
  t.deepEqual(resource("farm-inner").outputs, {
    url: "https://sqs.eu-central-1.amazonaws.com/123456789012/farm-inner-jobs",
  });
  t.is(resource("results").outputs.arn, "arn:aws:s3:::team1-results");
});

test("exports and configuration", (t) => {
  t.is(plan.outputs.days, 4);
  t.is(plan.outputs.team, "one");
  t.is(plan.outputs.region, "eu-central-1");
  t.is(plan.outputs.queueUrl, resource("farm-inner-queue").id);
  t.deepEqual(plan.config, {
    "aws:region": "eu-central-1",
    "complete:owner": "team1",
    "complete:retentionDays": "4",
    "complete:tags": '{"team":"one","steps":[1,2]}',
  });
  t.deepEqual(printed, ["the program speaks"]);
});

const account = { region: "us-east-1", accountId: "123456789012" };
function fail(way: string) {
  return runProgram({
    directory: directoryOf("failing"),
    stack: "test",
    config: { way },
    resources: synthesizeResources(account),
    functions: synthesizeFunctions(account),
    onOutput: () => {},
  });
}

for (const [way, message] of [
  ["throws", /visibility of 13 h is over 12 h: from the guide\n.*failing\/src\/index\.ts:7/],
  ["config", /failing:missing/],
  ["rejects", /nobody waits for this/],
  ["apply", /apply went wrong/],
  ["twice", /two resources have the same URN urn:pulumi:test::failing::test:index:Farm::same/],
  ["never", /waits for a value that never comes/],
  ["exits", /ended before its resources were known \(exit code 3\)/],
] as const) {
  test(`a program that goes wrong: ${way}`, async (t) => {
    await t.throwsAsync(fail(way), { instanceOf: ProgramError, message });
  });
}

test("what a program's own code says on the channel is not taken for a resource", async (t) => {
  t.deepEqual((await fail("talks")).resources, []);
});

test("a driver that fails is named with the resource it failed for", async (t) => {
  const cause = new Error("quota exceeded");
  const error = await t.throwsAsync(
    runProgram({
      directory: directoryOf("failing"),
      stack: "test",
      config: { way: "resource" },
      resources: () => {
        throw cause;
      },
      functions: synthesizeFunctions(account),
    }),
    { message: "cannot create urn:pulumi:test::failing::aws:sqs/queue:Queue::jobs: quota exceeded" },
  );
  t.is(error?.cause, cause);
});

test("a setting that was typed and that nothing reads is told, with the one that was likely meant", async (t) => {
  const under = async (config: Readonly<Record<string, string>>) => {
    const lines: string[] = [];
    await readPlan({ directory: directoryOf("complete"), stack: "test", config, onOutput: (line) => lines.push(line) });
    return lines.filter((line) => line.includes("no effect"));
  };
  t.deepEqual(await under({ ownr: "team2", "compete:owner": "team2" }), [
    "! -c complete:ownr has no effect: nothing reads it; is complete:owner meant?",
    "! -c compete:owner has no effect: nothing reads it; is complete:owner meant?",
  ]);
  // What the program reads, what its provider reads, what the engine reads; and what the stack's file alone says.
  t.deepEqual(await under({ owner: "team2", "aws:profile": "lab", "pulumi:tags": "{}" }), []);
});
