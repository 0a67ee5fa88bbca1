/** Several runs of a program: whatever one run finds, fails by or leaves, the next is as in a process of its own. */
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { alternativesTo } from "../../bin/cost/alternatives.ts";
import { costOf } from "../../plan/cost/cost.ts";
import { readTable } from "../../plan/cost/prices.ts";
import { usageOf } from "../../plan/cost/usage.ts";
import { type ReadPlan, readPlan, withPlans } from "../../plan/plan.ts";
import { ProgramError } from "../../plan/program/process.ts";

const directoryOf = (program: string) => fileURLToPath(new URL(`programs/${program}`, import.meta.url));
/** Some twenty programs, one after the other, on a machine that may be busy. */
const patience = 1_800_000;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** As other people's programs are: outside the repository, TypeScript that becomes CommonJS. */
function outside(): string {
  const copy = mkdtempSync(join(tmpdir(), "annofarm-several-"));
  cpSync(directoryOf("several"), copy, { recursive: true });
  for (const name of ["index", "counter"]) renameSync(join(copy, `src/${name}.js`), join(copy, `src/${name}.ts`));
  writeFileSync(join(copy, "Pulumi.yaml"), "name: several\nruntime: nodejs\nmain: src/index.ts\n");
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

const elsewhere = outside();
test.after.always(() => rmSync(elsewhere, { recursive: true, force: true }));
const several = { directory: directoryOf("several"), stack: "test", onOutput: () => {} };
const failures = [
  { way: "throws", message: /as asked/ },
  { way: "rejects", message: /nobody waits for this/ },
  { way: "never", message: /a value that never comes/ },
  { way: "exits", message: /exit code 3/ },
] as const;
/** After a good run, after another, after each failure: the first of two in a row starts a process, the second reuses it. */
const configs = [{}, { prefix: "a" }, ...failures.map(({ way }) => ({ way })), { prefix: "b" }, { prefix: "c" }];

/** The plan, or the error, and what was printed; a process that ends by itself may end before that is read. */
async function outcome(read: ReadPlan, directory: string, config: Readonly<Record<string, string>>) {
  const printed: string[] = [];
  const plan = await read({ directory, stack: "test", config, onOutput: (line) => printed.push(line) }).catch(
    (error: Error) => error,
  );
  if (!(plan instanceof Error)) return { plan, printed };
  return {
    failed: plan instanceof ProgramError,
    message: plan.message.replace(/\?annofarm-run=\d+/g, ""),
    printed: plan.message.includes("exit code") ? [] : printed,
  };
}

for (const [where, directory] of [
  ["in the repository", directoryOf("several")],
  ["elsewhere", elsewhere],
] as const) {
  test(`each run gives what a process of its own gives: modules, globals, secrets, failures (${where})`, async (t) => {
    t.timeout(patience);
    const alone: Awaited<ReturnType<typeof outcome>>[] = [];
    for (const config of configs) alone.push(await outcome(readPlan, directory, config));
    const together = await withPlans(async (read) => {
      const found = [];
      for (const config of configs) found.push(await outcome(read, directory, config));
      return found;
    });
    t.deepEqual(together, alone);
    t.deepEqual(alone[1]?.printed, ["run as a-1"]);
    t.like(alone[1]?.plan?.outputs.left, { seen: 0, environment: "x" });
    for (const [index, { message }] of failures.entries()) t.regex(alone[2 + index]?.message ?? "", message);
  });
}

test("what a package declares at the very end is in the plan, and functions still become lambdas", async (t) => {
  const types = await withPlans(async (read) => {
    const plans = [await read(several), await read(several)];
    return plans.map(({ resources }) => resources.map(({ type }) => type));
  });
  for (const each of types) {
    t.true(each.includes("aws:s3/bucketNotification:BucketNotification"), each.join(" "));
    t.true(each.includes("aws:lambda/function:Function"));
  }
});

test("two runs at once, and a run after the process has gone", async (t) => {
  await withPlans(async (read) => {
    const [one, other] = await Promise.all([read(several), read({ ...several, config: { prefix: "a" } })]);
    t.is(one.resources.length, other.resources.length);
    t.is((await read({ ...several, config: { prefix: "d" } })).outputs.left !== undefined, true);
  });
});

test("the service itself, under every change that a cost report looks at", async (t) => {
  t.timeout(patience);
  const options = { directory: root, stack: "local", onOutput: () => {} };
  const plan = await readPlan(options);
  const table = await readTable("us-east-1");
  const alternatives = (["min", "max", "expected"] as const).flatMap((at) =>
    alternativesTo(plan, costOf(plan, table, usageOf({ jobs: 10_000 }), at), table),
  );
  const tried = new Map(alternatives.map(({ key, value }) => [`${key}=${value}`, { [key]: value }]));
  t.true(tried.size > 3);
  await withPlans(async (read) => {
    t.deepEqual(await read(options), plan);
    for (const [name, config] of tried) {
      t.deepEqual(await read({ ...options, config }), await readPlan({ ...options, config }), name);
    }
  });
});
