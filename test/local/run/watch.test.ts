// What is saved is deployed: one deployment at a time, and none of it ends the run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { changesBetween, startWatch } from "../../../local/run/watch.ts";
import type { Plan, PlannedResource } from "../../../plan/types.ts";

const resource = (name: string, inputs: PlannedResource["inputs"] = {}, custom = true): PlannedResource => ({
  urn: `urn:pulumi:local::p::aws:sqs/queue:Queue::${name}`,
  type: "aws:sqs/queue:Queue",
  name,
  parent: undefined,
  custom,
  dependencies: [],
  protect: false,
  inputs,
  secretInputs: [],
  id: name,
  outputs: {},
});
const planOf = (...resources: PlannedResource[]): Plan => ({ ...empty, resources });
const empty = { stack: "local", project: "p", region: "us-east-1", resources: [], outputs: {} } as unknown as Plan;

/** A program's folder under watch, whose deployments a test ends. */
async function watched(t: ExecutionContext) {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-watch-"));
  const told: string[] = [];
  const deployments: { before: Plan; end: (result: Plan | Error) => void }[] = [];
  const waiting: (() => void)[] = [];
  const changed = () => {
    for (const look of waiting.splice(0)) look();
  };
  const note = (line: string) => {
    told.push(line);
    changed();
  };
  const watch = startWatch({
    directory,
    plan: empty,
    redeploy: (before) =>
      new Promise((resolve, reject) => {
        deployments.push({ before, end: (result) => (result instanceof Error ? reject(result) : resolve(result)) });
        changed();
      }),
    tell: note,
    problem: note,
  });
  t.teardown(async () => {
    for (const { end } of deployments) end(empty);
    await watch.stop();
    rmSync(directory, { recursive: true });
  });
  await watch.ready;
  return {
    told,
    deployments,
    save(...files: readonly string[]) {
      for (const file of files) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), "x");
      }
    },
    async until(holds: () => boolean) {
      while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

test("what is saved during a deployment is deployed after it, all of it together, over what stands by then", async (t) => {
  const { told, deployments, save, until } = await watched(t);
  save("index.ts");
  await until(() => deployments.length === 1);
  save("b.ts", "runtime/a.ts");
  const standing = planOf(resource("one"));
  deployments[0]?.end(standing);
  await until(() => deployments.length === 2);
  t.is(deployments[0]?.before, empty);
  t.is(deployments[1]?.before, standing);
  deployments[1]?.end(standing);
  await until(() => told.length === 4);
  t.deepEqual(told.slice(0, 2), ["saved: index.ts", "made: Queue one"]);
  t.deepEqual(told.slice(2), ["saved: b.ts, runtime/a.ts", "nothing that is deployed has changed"]);
});

test("a program that fails leaves what stands, and the next save tries again", async (t) => {
  const { told, deployments, save, until } = await watched(t);
  save("index.ts");
  await until(() => deployments.length === 1);
  deployments[0]?.end(new Error("webMax: 0 is not from 1 to 1000"));
  await until(() => told.length === 2);
  t.is(told[1], "not deployed, what runs stays as it is: webMax: 0 is not from 1 to 1000");
  save("index.ts");
  await until(() => deployments.length === 2);
  t.is(deployments[1]?.before, empty);
});

test("documents, tests, packages and what tools write are no reason to deploy", async (t) => {
  const { told, deployments, save, until } = await watched(t);
  save("README.md", "docs/a.png", "test/a.test.ts", "node_modules/a/index.js", ".annofarm/local/state", ".git/HEAD");
  save("index.ts");
  await until(() => deployments.length === 1);
  t.deepEqual(told, ["saved: index.ts"]);
});

test("changes are told by name, and how many more there are", (t) => {
  const before = planOf(
    resource("same"),
    resource("other", { delay: 1 }),
    resource("old"),
    resource("part", {}, false),
  );
  const many = ["a", "b", "c", "d", "e", "f"].map((name) => resource(name));
  t.deepEqual(changesBetween(before, planOf(resource("same"), resource("other", { delay: 2 }), ...many)), [
    "made: Queue a, Queue b, Queue c, Queue d and 2 more",
    "changed: Queue other",
    "not declared any more, stays until the next start: Queue old",
  ]);
});
