// The search for settings: what it says with confidence is true as often as it says, and what it finds is the cheapest that meets.
import test from "ava";
import { generator } from "../../../scaling/random.ts";
import type { Candidate } from "../../../scaling/simulate/compare/compare.ts";
import type { Scenario } from "../../../scaling/simulate/model.ts";
import { parseSlo } from "../../../scaling/simulate/slo.ts";
import { lowerBound, metFor, runsFor, upperBound } from "../../../scaling/simulate/tune/chance.ts";
import { checkInOrder, finalistsMost, heldOutSeeds, neededOf } from "../../../scaling/simulate/tune/check.ts";
import type { Goal } from "../../../scaling/simulate/tune/goal.ts";
import { hopefuls, misses, type Race, race, racerOf, riskOfEach } from "../../../scaling/simulate/tune/race.ts";
import { neighbours, type Point, pointsOf, type Space } from "../../../scaling/simulate/tune/space.ts";
import type { RunTrials, Trial } from "../../../scaling/simulate/tune/trial.ts";
import { foundBy, tune } from "../../../scaling/simulate/tune/tune.ts";
import { steady, web } from "./given.ts";

const goal: Goal = { slo: parseSlo("failed < 1 %"), budget: undefined, share: 0.9, confidence: 0.95 };

/** A setting that meets the goal in a share of its runs, at a price of its own; its scenario's title says both. */
function setting(share: number, usd: number, name = `${share} ${usd}`): Candidate {
  const scenario: Scenario = {
    ...web({ rate: usd }, { sources: [steady(1, 60)], seconds: 60 }),
    title: JSON.stringify([share, usd]),
  };
  return { variant: { name, config: { name } }, scenario, cost: ({ instanceHours }) => instanceHours };
}

const noTimes = { min: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 };

/** Runs by chance: each setting has chances of its own, which depend on the seed alone. */
const drawn =
  (chance: number, told: (seed: number) => void = () => {}): RunTrials =>
  async ({ title }, seeds) => {
    const [share, usd] = JSON.parse(title) as [number, number];
    return seeds.map((seed): Trial => {
      told(seed);
      const failed = generator(seed, chance + Math.round(1e6 * (share + usd)))() < share ? 0 : 1000;
      return { seed, ended: 1000, failed, latency: noTimes, instanceHours: usd, stoppedHours: 0, minutesAtMost: 0 };
    });
  };

/** Probability of at least so many of so many, term by term. */
function tail(met: number, runs: number, share: number): number {
  const choose = (some: number) =>
    Array.from({ length: some }, (_, n) => (runs - n) / (n + 1)).reduce((a, b) => a * b, 1);
  return Array.from({ length: runs - met + 1 }, (_, n) => met + n).reduce(
    (sum, n) => sum + choose(n) * share ** n * (1 - share) ** (runs - n),
    0,
  );
}

test("bounds are Clopper and Pearson's: at the bound, what was seen has the chance that is risked", (t) => {
  for (const [met, runs, risk] of [
    [5, 5, 0.05],
    [97, 100, 0.05 / 3],
    [1, 40, 0.001],
    [20, 40, 0.025],
  ] as const) {
    t.true(Math.abs(tail(met, runs, lowerBound(met, runs, risk)) - risk) < 1e-9, `${met} of ${runs}`);
    t.is(upperBound(runs - met, runs, risk), 1 - lowerBound(met, runs, risk));
  }
  t.is(lowerBound(0, 10, 0.05), 0);
  t.true(Math.abs(upperBound(0, 10, 0.05) - (1 - 0.05 ** 0.1)) < 1e-9);
  t.true(lowerBound(9_900, 10_000, 0.05) > 0.988 && lowerBound(1, 10_000, 0.05) < 1e-5, "many runs are no trouble");
  const least = runsFor(0.9, 0.05);
  t.is(least, 29);
  t.is(metFor(0.9, least, 0.05), least);
  t.is(metFor(0.9, least - 1, 0.05), undefined);
  t.is(metFor(0.9, 100, 0.05 / 3), 97);
});

test("of finalists that just miss, one passes the check in one of twenty searches at most, all finalists together", async (t) => {
  const runs = 61; // where the bound for a single finalist is nearly used up: 0.049
  const searches = 2000;
  let wrong = 0;
  const finalists = Array.from({ length: finalistsMost }, (_, n) => setting(0.899, n + 1));
  for (let chance = 0; chance < searches; chance++) {
    const checks = await checkInOrder(finalists, goal, { seed: 1, runs, run: drawn(chance) });
    if (checks.some(({ passed }) => passed)) wrong++;
  }
  t.true(tail(58, 61, 0.9) > 0.05 && tail(59, 61, 0.9) < 0.05, `${tail(59, 61, 0.9)}`);
  t.true(wrong / searches < 0.05, `${wrong} of ${searches}`);
});

test("of settings that meet the goal, none is called a miss in nineteen of twenty searches, all settings together", async (t) => {
  const searches = 200;
  let wrong = 0;
  const settings = Array.from({ length: 30 }, (_, n) => setting(0.9, n + 1));
  for (let chance = 0; chance < searches; chance++) {
    const racers = settings.map(racerOf);
    const rules: Race = { goal, seed: 1, risk: riskOfEach(goal, racers.length), hope: 0.97, run: drawn(chance) };
    await race(racers, rules);
    if (racers.some((each) => misses(each, rules))) wrong++;
  }
  t.true(wrong / searches < 0.05, `${wrong} of ${searches}`);
});

test("a race spares what misses and what costs more, and goes on with it when the cheaper one turns out to miss", async (t) => {
  const lucky = racerOf(setting(0.6, 1));
  const good = racerOf(setting(1, 2));
  const dear = racerOf(setting(1, 3));
  const bad = racerOf(setting(0, 0.5));
  const racers = [lucky, good, dear, bad];
  // The first five runs of the lucky one are met.
  const run: RunTrials = async (scenario, seeds) => {
    const trials = await drawn(7)(scenario, seeds);
    return scenario === lucky.candidate.scenario
      ? trials.map((each) => (each.seed <= 5 ? { ...each, failed: 0 } : each))
      : trials;
  };
  const rules: Race = { goal, seed: 1, risk: riskOfEach(goal, racers.length), hope: 0.97, run };
  await race(racers, rules);
  t.true(misses(bad, rules));
  t.is(bad.trials.length, 5);
  t.is(good.trials.length, 40);
  t.is(dear.trials.length, 5);
  t.deepEqual(
    hopefuls(racers, rules).map(({ candidate }) => candidate.variant.name),
    ["1 2", "1 3"],
  );
  t.deepEqual(
    good.trials.map(({ seed }) => seed),
    Array.from({ length: 40 }, (_, n) => n + 1),
  );
});

/** Two axes of twenty: a setting meets from a line on, and costs the more the further it is from a corner. */
const square: Space = {
  axes: ["a", "b"].map((name) => ({ name, positions: 20, ordered: true })),
  starts: [],
  declaredCounts: true,
  variantAt: ([a = 0, b = 0]) => (a > b + 15 ? undefined : { name: `${a},${b}`, config: { a: `${a}`, b: `${b}` } }),
};
const candidateIn = async ({ name }: { readonly name: string }): Promise<Candidate> => {
  const [a = 19, b = 19] = name.split(",").map(Number);
  if (a === 3) throw new Error("three is refused");
  const known = name === "as declared" ? [19, 19] : [a, b];
  const [x, y] = known as [number, number];
  return setting(x + y >= 14 ? 1 : 0, 10 + 2 * x + y, name);
};

test("a search finds the cheapest that meets, though no first point is it, and checks it with seeds of its own", async (t) => {
  const seeds: number[] = [];
  const options = { goal, seed: 1, runs: 100, count: 25, candidateOf: candidateIn };
  const tuning = await tune(square, { ...options, run: drawn(1, (seed) => void seeds.push(seed)) });
  const found = foundBy(tuning);
  t.truthy(found);
  const [a = 0, b = 0] = (found?.candidate.variant.name ?? "").split(",").map(Number);
  t.true(a + b >= 14);
  const usd = found?.costs[0] ?? 0;
  const first = pointsOf(square, 25, 1);
  t.false(
    first.some(([x, y]) => x === a && y === b),
    "it came by refinement",
  );
  for (const point of first) {
    const [x = 0, y = 0] = point;
    if (square.variantAt(point) !== undefined && x !== 3 && x + y >= 14) t.true(10 + 2 * x + y >= usd);
  }
  t.true(tuning.refused.every(({ reason }) => reason === "three is refused") && tuning.refused.length > 0);
  const searched = new Set(tuning.racers.flatMap(({ trials }) => trials.map(({ seed }) => seed)));
  t.true(found?.trials.every(({ seed }) => !searched.has(seed) && seed > heldOutSeeds));
  t.deepEqual(found?.trials.length, 100);
  const again = await tune(square, { ...options, run: drawn(1) });
  t.deepEqual(
    again.racers.map(({ candidate, met }) => [candidate.variant, met]),
    tuning.racers.map(({ candidate, met }) => [candidate.variant, met]),
  );
});

test("nothing that meets is not found, and too few runs are refused", async (t) => {
  const options = { goal, seed: 1, runs: 100, count: 10, run: drawn(1) };
  const hopeless = async ({ name }: { readonly name: string }) => setting(0.5, name.length, name);
  const tuning = await tune(square, { ...options, candidateOf: hopeless });
  t.is(foundBy(tuning), undefined);
  t.deepEqual(tuning.heldOut, []);
  t.is(neededOf(goal, 38), undefined);
  await t.throwsAsync(tune(square, { ...options, runs: 38, candidateOf: hopeless }), {
    message: /38 runs cannot show/,
  });
});

test("points have each position of an axis equally often, and a small space is looked at whole", (t) => {
  const points = pointsOf(square, 40, 3);
  for (const axis of [0, 1]) {
    const counts = Array.from({ length: 20 }, (_, n) => points.filter((point) => point[axis] === n).length);
    t.deepEqual(
      counts,
      Array.from({ length: 20 }, () => 2),
    );
  }
  t.notDeepEqual(points, pointsOf(square, 40, 4));
  const small = {
    axes: [
      { name: "a", positions: 2, ordered: false },
      { name: "b", positions: 3, ordered: true },
    ],
  };
  t.is(new Set(pointsOf(small, 6, 1).map(String)).size, 6);
  const beside = (point: Point) => neighbours(small, point).map(String);
  t.deepEqual(beside([0, 0]), ["1,0", "0,1"]);
  t.deepEqual(beside([1, 1]), ["0,1", "1,0", "1,2"]);
});
