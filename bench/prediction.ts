/**
 * How well does a simulation predict a live run? Each load of prediction/shapes.ts, under each policy, is run here by k6 against
 * real processes on the accelerated clock, and simulated under the same declaration. What the simulation is told of an instance
 * comes from one short calibration run; the peer of every figure is the live one.
 *
 *     npm run bench -- prediction
 *     node --import ./plan/program/source/register.js bench/prediction.ts [--speed 40] [--at-once 2] [--journal FILE] \
 *         [--again] [--only a-class-arrives,a-spike] [--policies course,recommended]
 *
 * All of it takes two hours on an idle machine, one with two runs at once: a run leaves more than half of two processors idle, and the
 * calibration is made beside another just so. Each live run is written to the journal as it ends, and what the journal has is not
 * run again unless `--again` asks: an interrupted measurement goes on where it was, and a changed simulation predicts the recorded
 * runs anew in a minute.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findK6 } from "../loadtest/measure/k6/find.ts";
import { inspectScenario } from "../loadtest/measure/k6/scenario.ts";
import { loadScenario, predictRuns } from "../loadtest/measure/predict.ts";
import { firstOut, meanDistance } from "../loadtest/measure/report/figures.ts";
import { type Plan, readPlan } from "../plan/plan.ts";
import { quietSdk } from "../plan/process/quiet-sdk.ts";
import type { Scenario } from "../scaling/simulate/model.ts";
import type { PolicyName } from "./figures/records.ts";
import type { Calibrated } from "./prediction/calibrate.ts";
import { figuresOf, isTimely, type Outcome } from "./prediction/figures.ts";
import { type LiveRun, openJournal } from "./prediction/journal.ts";
import { calibrate, type Declared, liveRun } from "./prediction/live.ts";
import { after, capacity, policies, project, script, size, slug } from "./prediction/runs.ts";
import { byNumber, type Shape, shapes } from "./prediction/shapes.ts";
import { mean, writeReport } from "./support/report.ts";

Object.assign(process.env, quietSdk);

const { values: asked } = parseArgs({
  options: {
    speed: { type: "string", default: "40" },
    "at-once": { type: "string", default: "1" },
    only: { type: "string" },
    policies: { type: "string" },
    journal: {
      type: "string",
      default: fileURLToPath(new URL("../.annofarm/bench/prediction-runs.jsonl", import.meta.url)),
    },
    again: { type: "boolean", default: false },
  },
});
const speed = Number(asked.speed);
const atOnce = Number(asked["at-once"]);
const runs = 50;
const chosenShapes = shapes.filter(({ name }) => asked.only?.split(",").includes(slug(name)) ?? true);
const chosenPolicies = (Object.keys(policies) as PolicyName[]).filter(
  (name) => asked.policies?.split(",").includes(name) ?? true,
);
if (
  !(speed >= 1 && speed <= 120) ||
  !(Number.isInteger(atOnce) && atOnce >= 1 && atOnce <= 8) ||
  chosenShapes.length === 0 ||
  chosenPolicies.length === 0
) {
  throw new RangeError(
    `give --speed 1 to 120, --at-once 1 to 8, --only of ${shapes.map(({ name }) => slug(name)).join(",")}, --policies of ${Object.keys(policies).join(",")}`,
  );
}

const k6 = await findK6(undefined, process.env.PATH ?? "");
const abort = new AbortController();
process.once("SIGINT", () => abort.abort(new Error("interrupted")));
const journal = openJournal(asked.journal, asked.again);

type Declaration = Omit<Declared, "port">;

async function declaredBy(policy: Readonly<Record<string, string>>): Promise<Declaration> {
  const config = { ...size, ...policy };
  const plan = await readPlan({ directory: project, stack: "local", config });
  return { speed, config, plan, signal: abort.signal };
}

/** Does the work of each task, so many at once, begun in their order; `lane` tells those apart that are under way together. */
async function eachAtOnce<Task>(tasks: readonly Task[], work: (task: Task, lane: number) => Promise<void>) {
  const left = tasks.values();
  await Promise.all(
    Array.from({ length: atOnce }, async (_, lane) => {
      for (const task of left) await work(task, lane);
    }),
  );
}

/** Hundred ports are more than a run looks through. */
const portOf = (lane: number) => 21_080 + 100 * lane;

/** What k6 says of a shape; asked once, since no policy changes it. */
const inspections = new Map<Shape, ReturnType<typeof inspectScenario>>();
function inspected(shape: Shape): ReturnType<typeof inspectScenario> {
  const found =
    inspections.get(shape) ?? inspectScenario(k6, script, { SHAPE: String(byNumber.indexOf(shape)), SPEED: "1" });
  inspections.set(shape, found);
  return found;
}

/** A shape under a plan, by what is believed of an instance. */
async function scenarioOf(shape: Shape, plan: Plan, service: Partial<Calibrated>, minutes: number): Promise<Scenario> {
  return loadScenario({
    name: "web",
    farm: "web",
    plan,
    inspected: await inspected(shape),
    belief: { service: { ...service }, source: "calibrated" },
    seconds: minutes * 60,
    timeout: Math.max(60, 2 * speed),
  });
}

/** What a live run depends on. */
const conditionsOf = async (shape: Shape, { plan }: Declaration) => ({
  shape,
  speed,
  atOnce,
  capacity,
  after,
  scaling: (await scenarioOf(shape, plan, {}, 1)).plan,
});

async function calibrated(): Promise<Calibrated> {
  // A target that no load reaches: no policy takes an instance away before a quarter of an hour.
  const declared = await declaredBy({ webScaling: "requestsPerTarget", webRequestsPerTarget: "1000000" });
  const [shape] = byNumber as readonly [Shape];
  return journal.once("calibration", await conditionsOf(shape, declared), async () => {
    const found: Calibrated[] = [];
    await eachAtOnce(Array.from({ length: atOnce }), async (_, lane) => {
      const own = { ...declared, port: portOf(lane) };
      found.push(await calibrate(own, (minutes) => scenarioOf(shape, declared.plan, {}, minutes)));
    });
    return meanOf(found);
  });
}

function meanOf(found: readonly Calibrated[]): Calibrated {
  const of = (figure: keyof Calibrated) => mean(found.map((each) => each[figure]));
  return { rate: of("rate"), client: of("client"), boot: of("boot"), healthy: of("healthy"), stop: of("stop") };
}

async function outcomeOf(
  { shape, policy }: { shape: Shape; policy: PolicyName },
  plan: Plan,
  live: LiveRun,
  instance: Calibrated,
): Promise<Outcome> {
  const prediction = await predictRuns(await scenarioOf(shape, plan, instance, live.inService.length), 1, runs);
  const simulated = prediction.inService.map(({ middle }) => middle);
  const within = prediction.inService.map(({ low, high }, minute) => {
    const found = live.inService[minute] ?? Number.NaN;
    return found >= low && found <= high ? 1 : 0;
  });
  return {
    shape: shape.name,
    policy,
    distance: meanDistance(live.inService, simulated) ?? Number.NaN,
    firstOut: {
      live: firstOut(live.inService, live.inService[0] ?? 0),
      simulated: firstOut(simulated, simulated[0] ?? 0),
    },
    hours: { live: live.hours, simulated: prediction.totals.instanceHours?.middle ?? Number.NaN },
    p95: { live: live.p95, simulated: prediction.totals.p95?.middle },
    within: mean(within),
    inService: { live: live.inService, simulated },
    requests: { live: live.requests, simulated: prediction.run.rows.map(({ ended }) => ended) },
  };
}

const percent = (ours: number | undefined, peer: number | undefined): string =>
  ours === undefined || peer === undefined
    ? "–"
    : `${ours >= peer ? "+" : "−"}${Math.abs(100 * (ours / peer - 1)).toFixed(1)} %`;
const minuteText = (value: number | undefined) => (value === undefined ? "never" : String(value));

function tellOutcome({ shape, policy, distance, firstOut: first, hours, p95 }: Outcome): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(79)}\r`);
  console.log(
    `${shape.padEnd(46)} ${policy.padEnd(18)} ${distance.toFixed(2).padStart(8)} ` +
      `${`${minuteText(first.live)}/${minuteText(first.simulated)}`.padStart(11)} ${hours.live.toFixed(2).padStart(8)} ` +
      `${percent(hours.simulated, hours.live).padStart(8)} ${percent(p95.simulated, p95.live).padStart(10)}`,
  );
}

function tellMeans(outcomes: readonly Outcome[]): void {
  const distance = mean(outcomes.map((each) => each.distance));
  const within = mean(outcomes.map((each) => each.within));
  const late = outcomes.filter((outcome) => !isTimely(outcome)).length;
  const hours = mean(outcomes.map(({ hours: { live, simulated } }) => Math.abs(simulated / live - 1)));
  console.log(
    `\nmean distance of instances ${distance.toFixed(2)}, ${Math.round(100 * within)} % of minutes within ` +
      `the prediction's interval; instance-hours off by ${(100 * hours).toFixed(1)} % on average; ` +
      `first scale-out further apart than a minute in ${late} of ${outcomes.length}`,
  );
}

const instance = await calibrated();
const round = (value: number) => Number(value.toPrecision(3));
console.log(
  `calibrated: ${round(instance.rate)} requests/s an instance (declared: ${capacity}), ${round(instance.client)} s beside it, ` +
    `${round(instance.boot)} s until in service, ${round(instance.healthy)} s until healthy, ` +
    `${round(instance.stop)} s until gone; ${speed} times as fast\n`,
);
console.log(`${"load".padEnd(46)} policy             distance  first out     hours   error   p95 error`);
const declarations = new Map<PolicyName, Declaration>();
for (const policy of chosenPolicies) declarations.set(policy, await declaredBy(policies[policy]));
// All policies of a load one after the other: what is interrupted has whole loads.
const tasks = chosenShapes.flatMap((shape) =>
  [...declarations].map(([policy, declared]) => ({ shape, policy, declared })),
);
const outcomes: Outcome[] = [];
await eachAtOnce(tasks, async (task, lane) => {
  const { shape, policy, declared } = task;
  const live = await journal.once(`${shape.name}, ${policy}`, await conditionsOf(shape, declared), () =>
    liveRun(byNumber.indexOf(shape), { ...declared, port: portOf(lane) }),
  );
  const outcome = await outcomeOf(task, declared.plan, live, instance);
  outcomes[tasks.indexOf(task)] = outcome;
  tellOutcome(outcome);
});
tellMeans(outcomes);
if (outcomes.length === shapes.length * Object.keys(policies).length) {
  writeReport("prediction", figuresOf(outcomes, { speed, atOnce, runs, calibrated: instance }), {
    capacity,
    calibrated: instance,
    outcomes,
  });
} else console.log("not every load was run under every policy, so nothing is written");
