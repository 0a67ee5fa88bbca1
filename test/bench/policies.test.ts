// How policies are judged against each other, which loads they are judged by, and what the former ones were.
import { fileURLToPath } from "node:url";
import test from "ava";
import { policiesText } from "../../bench/figures/policies.ts";
import { withFormer } from "../../bench/policies/former.ts";
import { badness, judge, type Outcomes, type PolicyOutcome } from "../../bench/policies/judge.ts";
import { heldOut, type ShapedLoad, seen } from "../../bench/policies/loads.ts";
import { worstSquare } from "../../bench/policies/search.ts";
import { readPlan } from "../../plan/plan.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";

const outcome = (failures: number, hours: number): PolicyOutcome => ({
  failures,
  hours,
  short: 0,
  changes: 0,
  peak: 2,
});

/** The course's is large and never fails, the former one is small and fails. */
const outcomes = (recommended: PolicyOutcome): Outcomes => ({
  course: outcome(0, 40),
  targetTracking: outcome(0.04, 20),
  former: outcome(0.1, 15),
  recommended,
});

test("within both bounds of the best in each, failures of a thousandth and less apart", (t) => {
  t.deepEqual(judge(outcomes(outcome(0.001, 17.2)), "web"), {
    failures: undefined,
    hours: undefined,
    beatenBy: undefined,
  });
});

test("what is beyond a bound names the best, and who pays for it does not beat", (t) => {
  const judged = judge(outcomes(outcome(0.02, 18)), "web");
  t.deepEqual([judged.failures?.by, judged.hours?.by, judged.beatenBy], ["course", "former", undefined]);
  t.is(judged.failures?.times, 20, "against what is negligible, where the best has no failures");
  t.is(judged.hours?.times, 1.2);
  t.true(badness(outcomes(outcome(0.02, 18)), "web") <= 1);
});

test("another that is as cheap and fails less beats, and so does one that fails as little and is cheaper", (t) => {
  const failing = outcomes(outcome(0.06, 20));
  t.is(judge(failing, "web").beatenBy, "targetTracking");
  t.true(badness(failing, "web") > 1);
  const dear = outcomes(outcome(0.04, 25));
  t.is(judge(dear, "web").beatenBy, "targetTracking");
  t.true(badness(dear, "web") > 1);
});

test("an annotator farm is judged by seconds of waiting", (t) => {
  const waits = (recommended: number): Outcomes => ({
    course: outcome(100, 10),
    targetTracking: outcome(30, 10),
    former: outcome(40, 10),
    recommended: outcome(recommended, 10),
  });
  t.is(judge(waits(49), "annotator").beatenBy, undefined, "1.3 times as long and ten seconds");
  t.is(judge(waits(50), "annotator").beatenBy, "targetTracking");
});

test("24 loads to choose by and 12 to judge by, none in both", (t) => {
  const names = [...seen, ...heldOut].map(({ name }) => name);
  t.true(seen.length >= 24 && heldOut.length >= 12);
  t.is(new Set(names).size, names.length);
  for (const { name, from, stages } of [...seen, ...heldOut]) {
    const greatest = Math.max(from, ...stages.map(({ to }) => to));
    t.true(greatest > 0 && greatest <= 13.4, `${name}: more than 20 instances at two thirds each get through`);
    t.true(stages.every(({ minutes, to }) => minutes >= 0 && to >= 0));
  }
});

test("the search finds what a load is bad at, the same each time", (t) => {
  // Worst for a period of 20 minutes.
  const period = ({ stages }: ShapedLoad) => stages.slice(1, 5).reduce((sum, { minutes }) => sum + minutes, 0);
  const bad = (load: ShapedLoad) => 1 / (1 + Math.abs(period(load) - 20));
  const options = { random: 1, tries: 20, climbs: 60 };
  const found = worstSquare(bad, options);
  t.true(Math.abs(period(found.load) - 20) < 0.5, found.load.name);
  t.is(found.tried, 80);
  t.deepEqual(worstSquare(bad, options), found);
  t.throws(() => worstSquare(bad, { ...options, tries: 0 }), { instanceOf: RangeError });
});

test("the former policies: seven steps by the mean, a quarter after three minutes below 45 %", async (t) => {
  const directory = fileURLToPath(new URL("../..", import.meta.url));
  const plan = readScalingPlan(await readPlan({ directory, stack: "dev", config: { names: "owner" } }));
  for (const [farm, group, idle] of [
    ["web", "gas-web", 0.45],
    ["annotator", "gas-annotator", 0.5],
  ] as const) {
    const former = withFormer(plan, group, farm);
    const policies = former.groups.find(({ name }) => name === group)?.policies ?? [];
    const steps = policies.find(({ kind }) => kind === "step");
    t.is(steps?.kind === "step" ? steps.steps.length : 0, 7);
    t.like(
      policies.find(({ kind }) => kind === "simple"),
      { amount: -25, cooldownSeconds: 60 },
    );
    const alarms = former.alarms.filter(({ actions }) => actions.ALARM.policies.some((each) => each.group === group));
    t.deepEqual(alarms.map(({ rule }) => [rule.evaluationPeriods, rule.threshold]).sort(), [
      [1, farm === "web" ? 1 : 2],
      [3, idle],
    ]);
    t.true(alarms.every(({ reading }) => Object.values(reading.sources).every(({ statistic }) => statistic !== "p25")));
    const others = (of: typeof plan) => of.groups.filter(({ name }) => name !== group);
    t.deepEqual(others(former), others(plan), "the other farm is left alone");
  }
});

test("the table says who is better at what, and what they pay for it", (t) => {
  const load = { load: "a load", outcomes: outcomes(outcome(0.02, 18)) };
  const farm = { runs: 1, seen: [load], heldOut: [load], worst: { ...load, tried: 3 } };
  const text = policiesText({ size: { least: 2, greatest: 20 }, farms: { web: farm, annotator: farm } }, "web");
  t.regex(text, /\| a load \| 0\.00 % \/ 40\.0 \| 4\.00 % \/ 20\.0 \| 10\.0 % \/ 15\.0 \| 2\.00 % \/ 18\.0 \|/);
  t.regex(text, /failures 20\.0 × those of course, for 2\.22 × the hours; hours 1\.20 × those of former, with 10\.0 %/);
});
