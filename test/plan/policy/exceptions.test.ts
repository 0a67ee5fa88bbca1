// The default declaration has no violation, whatever is configured; and an exception ends with its premise.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { documentOf } from "../../../plan/policy/document.ts";
import { exceptions } from "../../../plan/policy/exceptions.ts";
import type { Plan } from "../../../plan/types.ts";
import { directory, idsWith, planOf, World } from "./world.ts";

// Stack, store, production, instances, domain: every two values of two of them meet in one of these.
const matrix = [
  ["dev", "s3", "false", "public", ""],
  ["dev", "vault", "true", "private", "example.org"],
  ["local", "s3", "true", "public", "example.org"],
  ["local", "vault", "false", "private", ""],
  ["local", "s3", "false", "private", "example.org"],
  ["dev", "vault", "true", "public", ""],
] as const;

const plans = new Map<string, Plan>();
const nameOf = (row: (typeof matrix)[number]) => row.join(" ").trim();

async function run(rows: readonly (typeof matrix)[number][]) {
  for (const row of rows) {
    const [stack, store, production, instances, domain] = row;
    plans.set(nameOf(row), await planOf(stack, { store, production, instances, ...(domain && { domain }) }));
  }
}

test.before(async () => {
  await Promise.all([run(matrix.slice(0, 3)), run(matrix.slice(3))]);
});

const world = (row: (typeof matrix)[number] = matrix[0]) => new World(plans.get(nameOf(row)) as Plan);

/** Excepted everywhere: they concern the account, awsx's subnets, one machine type, the bucket of the records. */
const everywhere = ["AutoScaling.6", "EC2.7", "EC2.15", "EC2.172", "S3.1", "S3.9"];

for (const row of matrix) {
  test(`no violation: ${nameOf(row)}`, (t) => {
    const [, , production, instances] = row;
    const results = world(row).evaluate();
    t.deepEqual(idsWith(results, "violated"), []);
    const expected = [
      ...everywhere,
      ...(production === "true" ? [] : ["DynamoDB.6", "EC2.6", "ELB.6"]),
      ...(instances === "public" ? ["EC2.25"] : []),
    ];
    t.deepEqual(idsWith(results, "excepted").sort(), expected.sort());
  });
}

test("the matrix leaves out no pair of values", (t) => {
  for (let a = 0; a < 5; a++) {
    for (let b = a + 1; b < 5; b++) t.is(new Set(matrix.map((row) => `${row[a]},${row[b]}`)).size, 4, `${a} and ${b}`);
  }
});

/** What undoes the premise of each exception. */
const undoing: Readonly<Record<string, (world: World) => World>> = {
  "AutoScaling.6": (it) => {
    const [first] = it.resource("Group", "gas-web").inputs.vpcZoneIdentifiers as string[];
    return it.set("Group", "gas-web", "vpcZoneIdentifiers", [first]);
  },
  "DynamoDB.6": (it) => it.set("Bucket", "gas-results", "forceDestroy", false),
  "EC2.6": (it) => it.set("Bucket", "gas-results", "forceDestroy", undefined),
  "EC2.7": (it) => it.set("LaunchTemplate", "gas-utility", "blockDeviceMappings[0].ebs.encrypted", undefined),
  "EC2.15": (it) => it.set("LaunchTemplate", "gas-web", "networkInterfaces[0].associatePublicIpAddress", undefined),
  "EC2.25": (it) =>
    it
      .set("SecurityGroupIngressRule", "gas-web", "referencedSecurityGroupId", undefined)
      .set("SecurityGroupIngressRule", "gas-web", "cidrIpv4", "0.0.0.0/0"),
  "EC2.172": (it) => it.set("LoadBalancer", "gas-web", "internal", true),
  "ELB.6": (it) => it.set("Table", "gas-users", "deletionProtectionEnabled", true),
  "S3.1": (it) => it.remove("BucketPublicAccessBlock", "gas-code"),
  "S3.9": (it) =>
    it
      .all("BucketLogging")
      .reduce((all, { name }) => all.set("BucketLogging", name, "targetBucket", "somebody-elses"), it),
};

test("every exception has what undoes it", (t) => {
  t.deepEqual(
    exceptions.map(({ control }) => control),
    Object.keys(undoing),
  );
});

for (const [id, undo] of Object.entries(undoing)) {
  test(`without its premise ${id} is violated`, (t) => {
    t.true(idsWith(world().evaluate(), "excepted").includes(id));
    t.true(idsWith(undo(world()).evaluate(), "violated").includes(id));
  });
}

test("an exception says why, what it saves and on what premise, and covers only what it is about", (t) => {
  for (const { argument, saves, premise } of exceptions)
    t.true([argument, saves, premise].every((text) => text !== ""));
  // The records' own bucket is excepted from S3.9; another that is not logged is not.
  const results = world().remove("BucketLogging", "gas-results").evaluate();
  const found = results.find(({ control }) => control.id === "S3.9");
  t.deepEqual(
    found?.violations.map(({ name }) => name),
    ["gas-results"],
  );
  t.deepEqual(
    found?.excepted.map(({ violation }) => violation.name),
    ["gas-logs"],
  );
});

test("docs/policy.md shows the default stack as it is", async (t) => {
  const document = await readFile(join(directory, "docs/policy.md"), "utf8");
  // The first of the matrix is what Pulumi.dev.yaml says by itself.
  const current = documentOf(world().evaluate());
  t.true(document.includes(current), "run the command that stands in docs/policy.md and put its output there");
});
