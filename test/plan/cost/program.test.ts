// The project's own program, priced: everything declared is accounted for, costs go up with load, and docs/cost.md shows what
// the command prints. UPDATE_DOCS=1 writes the document anew.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { type CostOptions, costCommand, reportOptions } from "../../../bin/commands/cost.ts";
import { reportCost } from "../../../bin/cost/report.ts";
import { type At, ats } from "../../../plan/cost/capacity.ts";
import { costOf } from "../../../plan/cost/cost.ts";
import { readTable } from "../../../plan/cost/prices.ts";
import { type Usage, type UsageKey, usageFields, usageOf } from "../../../plan/cost/usage.ts";
import { type ReadPlanOptions, readPlan } from "../../../plan/plan.ts";
import type { Plan } from "../../../plan/types.ts";
import { costText } from "../../../plan/views/cost.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const plans = new Map<string, Promise<Plan>>();

/** Each configuration is run once, however often it is priced. */
function planned({ config = {} }: Pick<ReadPlanOptions, "config"> = {}): Promise<Plan> {
  const key = JSON.stringify(Object.entries(config).sort());
  const plan = plans.get(key) ?? readPlan({ directory: root, stack: "dev", config });
  plans.set(key, plan);
  return plan;
}

/** Everything that the configuration can add to a bill. */
const everything = {
  domain: "example.org",
  operatorEmail: "me@example.org",
  instances: "private",
  spot: "true",
  store: "vault",
  annotatorScaling: "backlogPerInstance",
};

/** What the vault excludes, and endpoints. */
const sealed = {
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  operatorEmail: "me@example.org",
  instances: "private",
  endpoints: "interface",
};

const stacks = {
  "the usual stack": {},
  "a stack with everything": everything,
  "a stack with a key and endpoints": sealed,
};

for (const [name, config] of Object.entries(stacks)) {
  test(`${name}: every declared resource is priced, or free with a reason; nothing is left over`, async (t) => {
    const plan = await planned({ config });
    const table = await readTable("us-east-1");
    for (const at of ats) {
      const { lines, free, notPriced, monthlyUsd } = costOf(plan, table, usageOf(), at);
      t.deepEqual(notPriced, []);
      const accounted = new Set([...lines, ...free].map(({ urn }) => urn));
      t.deepEqual(
        plan.resources.filter(({ custom, urn }) => custom && !accounted.has(urn)).map(({ urn }) => urn),
        [],
      );
      t.true(free.every(({ reason }) => reason.length > 5));
      t.true(Math.abs(lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0) - monthlyUsd) < 1e-6);
    }
  });
}

test("private instances pay a NAT gateway instead of addresses; the balancer's addresses stay", async (t) => {
  const table = await readTable("us-east-1");
  const keys = async (config: Record<string, string>) =>
    costOf(await planned({ config }), table, usageOf(), "min").lines.map(({ what }) => what);
  const [usual, all] = [await keys({}), await keys(everything)];
  t.true(usual.includes("public addresses of instances"));
  t.false(all.includes("public addresses of instances"));
  t.true(all.includes("NAT gateway hours, 1"));
  t.true([usual, all].every((whats) => whats.includes("balancer's addresses, 2 zones")));
  t.true(all.includes("alarms of target tracking"));
});

test("the course's evening: an hour beyond the thresholds holds both farms at ten", async (t) => {
  const usage = usageOf({ jobs: 200, requests: 89_000, activeHours: 1, upHours: 4 });
  const course = await planned({ config: { webScaling: "course", annotatorScaling: "course" } });
  const { groups } = costOf(course, await readTable("us-east-1"), usage, "expected");
  t.deepEqual(groups.map(({ urn, mean }) => [urn.split("::").at(-1), mean]).sort(), [
    ["gas-annotator", 4],
    ["gas-utility", 1],
    ["gas-web", 4],
  ]);
});

test("the same evening, scaled as recommended: as many instances as it takes", async (t) => {
  const usage = usageOf({ jobs: 200, requests: 360_000, activeHours: 1, upHours: 1, jobSeconds: 60 });
  const { groups } = costOf(await planned(), await readTable("us-east-1"), usage, "expected");
  t.deepEqual(groups.map(({ urn, mean, because }) => [urn.split("::").at(-1), mean, because]).sort(), [
    ["gas-annotator", 4, "3.33 workers busy on average"],
    ["gas-utility", 1, "no scaling policy"],
    ["gas-web", 4, "6000 requests a minute at 1600 each"],
  ]);
});

const bounded = (key: UsageKey, max: number) => fc.double({ min: usageFields[key].min, max, noNaN: true });
const use: fc.Arbitrary<Partial<Usage>> = fc.record({
  jobs: fc.integer({ min: 0, max: 1_000_000 }),
  inputBytes: fc.integer({ min: 1, max: 1e8 }),
  resultRatio: bounded("resultRatio", 10),
  jobSeconds: bounded("jobSeconds", 600),
  requests: fc.integer({ min: 0, max: 1e8 }),
  premiumPercent: bounded("premiumPercent", 100),
  keptMonths: bounded("keptMonths", 24),
  activeHours: bounded("activeHours", 730),
});

for (const [name, config] of Object.entries({ "the usual stack": {}, "a stack with everything": everything })) {
  test(`${name}: max costs as much as expected or more, expected as min or more; more of anything is never cheaper`, async (t) => {
    const plan = await planned({ config });
    const table = await readTable("us-east-1");
    const usd = (usage: Usage, at: At = "expected") => costOf(plan, table, usage, at).monthlyUsd;
    const least = (a: number, b: number) => a <= b * (1 + 1e-12) + 1e-9;
    fc.assert(
      fc.property(use, fc.integer({ min: 0, max: 1_000_000 }), (given, more) => {
        const usage = usageOf(given);
        const now = usd(usage);
        if (!least(usd(usage, "min"), now) || !least(now, usd(usage, "max"))) return false;
        return (["jobs", "requests", "inputBytes", "resultRatio", "keptMonths"] as const).every((key) =>
          least(now, usd({ ...usage, [key]: usage[key] + more / (key === "keptMonths" ? 1e5 : 1) })),
        );
      }),
      { numRuns: 40 },
    );
    t.pass();
  });
}

const ask = (asked: Pick<ReadPlanOptions, "config">) => planned({ config: asked.config ?? {} });
const stack = { directory: root, stack: "dev", config: {}, at: "expected", stacks: 1, months: 1 } as const;

test("what a change would do is what the changed stack costs, and what another use would cost", async (t) => {
  const usage = { jobs: 100_000, inputBytes: 5_000_000, jobSeconds: 1 };
  const { cost, dominant, table } = await reportCost({ ...stack, at: "min", usage, levers: true }, ask);
  const [downloads, ...others] = dominant;
  t.is(downloads?.what, "downloads, out of AWS");
  const fewer = downloads?.changedBy.find(({ key }) => key === "--downloads")?.monthlyUsd ?? 0;
  // Half of what leaves AWS, and half of the calls that fetch it, each with its record of 500 B that is kept for 90 days.
  const record = 500e-9 * (90 / 30.4) * 1.05 * (table.prices["s3.gbMonth"] ?? 0);
  const call = (table.prices["s3.get"] ?? 0) + record;
  t.true(Math.abs(fewer + (downloads?.monthlyUsd ?? 0) / 2 + 50_000 * call) < 1e-6);
  const minimum = others.flatMap(({ changedBy }) => changedBy).find(({ key }) => key.endsWith("Min"));
  const changed = costOf(await planned({ config: { [minimum?.key ?? ""]: "1" } }), table, cost.usage, "min");
  t.is(minimum?.monthlyUsd, changed.monthlyUsd - cost.monthlyUsd);
  t.true((minimum?.monthlyUsd ?? 0) < -10);
});

test("without levers the program is run once", async (t) => {
  let runs = 0;
  const { dominant } = await reportCost({ ...stack, usage: {}, levers: false }, (asked) => {
    runs += 1;
    return ask(asked);
  });
  t.is(runs, 1);
  t.true(dominant.every(({ changedBy }) => changedBy.length === 0));
});

const document = new URL("../../../docs/cost.md", import.meta.url);
const example = /(```console\n\$ annofarm cost ([^\n]*)\n)[\s\S]*?(```)/g;

async function printed(line: string): Promise<string> {
  const command = costCommand();
  let options: CostOptions | undefined;
  command.action((given: CostOptions) => {
    options = given;
  });
  await command.parseAsync(line.split(" "), { from: "user" });
  if (options === undefined) throw new Error(`no options in ${line}`);
  const wanted = reportOptions({ ...options, cwd: root });
  const report = await reportCost(wanted, ask);
  return costText(report, { all: options.all ?? false });
}

test("docs/cost.md shows what the command prints", async (t) => {
  const shown = readFileSync(document, "utf8");
  let now = shown;
  for (const [whole, begin, line = "", end] of shown.matchAll(example)) {
    t.regex(line, /--stack dev/);
    now = now.replace(whole, `${begin}${await printed(line)}${end}`);
  }
  if (process.env.UPDATE_DOCS !== undefined) writeFileSync(document, now);
  else t.is(shown, now, "UPDATE_DOCS=1 npx ava test/plan/cost/program.test.ts writes it anew");
});

test("docs/cost.md lists every number that can be given, with its default", (t) => {
  const text = readFileSync(document, "utf8");
  for (const { flag, otherwise } of Object.values(usageFields)) {
    t.true(text.includes(`| \`${flag}\` | ${otherwise.toLocaleString("en")} |`), flag);
  }
});
