// Variants by price: levers are combined, objectives judged, and the cheapest of those that meet them is named.
import test from "ava";
import { type Candidate, cheapestOf, compare } from "../../../scaling/simulate/compare/compare.ts";
import { leverVariants } from "../../../scaling/simulate/compare/levers.ts";
import { compareText } from "../../../scaling/simulate/compare/report/text.ts";
import { parseSlo } from "../../../scaling/simulate/slo.ts";
import { group, scalingOf } from "../declared.ts";
import { steady, web } from "./given.ts";

test("levers: types, spot for annotators only, bounds and warm pools, each with each", (t) => {
  const types = ["t4g.small", "t4g.medium"];
  const ofWeb = leverVariants({
    farm: "web",
    types,
    bounds: [
      [2, 4],
      [3, 9],
    ],
    pools: [],
  });
  t.deepEqual(
    ofWeb.map(({ name }) => name),
    ["t4g.small, 2 to 4", "t4g.small, 3 to 9", "t4g.medium, 2 to 4", "t4g.medium, 3 to 9"],
  );
  t.deepEqual(ofWeb[3]?.config, { instanceType: "t4g.medium", webMin: "3", webMax: "9" });
  const ofJobs = leverVariants({ farm: "annotator", types: ["t4g.small"], bounds: [], pools: [] });
  t.deepEqual(
    ofJobs.map(({ config }) => config),
    [
      { instanceType: "t4g.small", spot: "false" },
      { instanceType: "t4g.small", spot: "true" },
    ],
  );
  const pooled = leverVariants({
    farm: "annotator",
    types: ["t4g.small"],
    bounds: [],
    pools: ["none", { state: "Stopped" }, { state: "Running", maxPrepared: 6 }],
  });
  t.deepEqual(
    pooled.map(({ name }) => name),
    [
      "t4g.small, on demand, no pool",
      "t4g.small, on demand, stopped pool",
      "t4g.small, on demand, running pool up to 6",
      "t4g.small, spot, no pool",
    ],
  );
  t.deepEqual(pooled[2]?.config, {
    instanceType: "t4g.small",
    spot: "false",
    annotatorWarmPool: "Running",
    annotatorWarmPoolMaxPrepared: "6",
  });
  const many = Array.from({ length: 41 }, (_, n): [number, number] => [1, n + 1]);
  t.throws(() => leverVariants({ farm: "web", types: [], bounds: many, pools: [] }), {
    message: /41 variants are more than 40/,
  });
});

/** So many instances of 10 requests/s, at USD 1 an hour each. */
const candidate = (name: string, size: number, rate = 10): Candidate => ({
  variant: { name, config: {} },
  scenario: web(
    { rate },
    {
      plan: scalingOf([group({ minSize: size, maxSize: size, desiredCapacity: size })]),
      sources: [steady(20, 1200)],
      seconds: 1200,
    },
  ),
  cost: ({ instanceHours }) => instanceHours,
});

test("the cheapest that meets the objectives is named, and no cheaper one that does not", async (t) => {
  const slo = parseSlo("p95 < 1 s, failed < 1 %");
  const candidates = [candidate("one", 1), candidate("four", 4), candidate("eight", 8)];
  const comparison = await compare(candidates, { seed: 1, runs: 3, slo });
  t.deepEqual(
    comparison.outcomes.map(({ met }) => met),
    [0, 3, 3],
  );
  t.is(cheapestOf(comparison)?.variant.name, "four");
  const four = comparison.outcomes[1]?.measures;
  const done = 20 * 1200;
  t.true(Math.abs((four?.unitCost?.middle ?? 0) - ((4 / 3) * 1e6) / done) < 3, `${four?.unitCost?.middle}`);
  const text = compareText(comparison);
  t.regex(text, /USD\/1M +met\n/);
  t.regex(text, /Cheapest that meets p95 < 1 s, failed < 1 % in nine of ten runs:\s+four/);
  t.true(text.split("\n").every((line) => line.length <= 80));
  const none = await compare([candidate("one", 1)], { seed: 1, runs: 1, slo });
  t.regex(compareText(none), /No variant meets/);
});

test("instances that get through more are needed in a smaller number", async (t) => {
  const slow = candidate("slow", 4);
  const { outcomes } = await compare([slow, candidate("fast", 1, 40)], { seed: 1, runs: 1 });
  t.deepEqual(
    outcomes.map(({ measures }) => measures.short?.middle),
    [0, 0],
  );
});
