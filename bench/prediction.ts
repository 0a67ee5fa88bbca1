/**
 * How well does a simulation predict a live run? Each load of prediction/shapes.ts, under each policy, is run here by k6 against
 * real processes on the accelerated clock, and simulated under the same declaration. What the simulation is told of an instance
 * comes from one short calibration run; the peer of every figure is the live one.
 *
 *     npm run bench -- prediction
 *     node --import ./plan/program/source/register.js bench/prediction.ts [--speed 40] \
 *         [--only a-class-arrives,a-spike] [--policies course,recommended] [--from FILE]
 *
 * `--from` takes the live runs of an earlier report, calibrates anew and predicts them again: two minutes instead of half an hour.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { findK6 } from "../loadtest/measure/k6/find.ts";
import { inspectScenario } from "../loadtest/measure/k6/scenario.ts";
import { atMinutes } from "../loadtest/measure/measured.ts";
import { loadScenario, predictRuns } from "../loadtest/measure/predict.ts";
import { firstOut, instanceHours, meanDistance } from "../loadtest/measure/report/figures.ts";
import { type Plan, readPlan } from "../plan/plan.ts";
import type { Scenario } from "../scaling/simulate/model.ts";
import { simulate } from "../scaling/simulate/simulate.ts";
import type { PolicyName } from "./figures/records.ts";
import { type Calibrated, capacityOf, lifeTimes } from "./prediction/calibrate.ts";
import { figuresOf, isTimely, type Outcome } from "./prediction/figures.ts";
import { capacity, loadOf, policies, project, script, size, slug } from "./prediction/runs.ts";
import { byNumber, shapes } from "./prediction/shapes.ts";
import { runLive } from "./support/live.ts";
import { mean, writeReport } from "./support/report.ts";

const { values: asked } = parseArgs({
  options: {
    speed: { type: "string" },
    only: { type: "string" },
    policies: { type: "string" },
    from: { type: "string" },
  },
});
const speed = Number(asked.speed ?? 40);
const runs = 50;
const chosenShapes = shapes.filter(({ name }) => asked.only?.split(",").includes(slug(name)) ?? true);
const chosenPolicies = (Object.keys(policies) as PolicyName[]).filter(
  (name) => asked.policies?.split(",").includes(name) ?? true,
);
if (!(speed >= 1 && speed <= 120) || chosenShapes.length === 0 || chosenPolicies.length === 0) {
  throw new RangeError(
    `give --speed 1 to 120, --only of ${shapes.map(({ name }) => slug(name)).join(",")}, --policies of ${Object.keys(policies).join(",")}`,
  );
}

const k6 = await findK6(undefined, process.env.PATH ?? "");
const abort = new AbortController();
process.once("SIGINT", () => abort.abort(new Error("interrupted")));

async function planOf(config: Readonly<Record<string, string>>) {
  return readPlan({ directory: project, stack: "local", config: { ...size, ...config } });
}

/** A shape under a plan, by what is believed of an instance. */
async function scenarioOf(shape: number, plan: Plan, service: Partial<Calibrated>, minutes: number): Promise<Scenario> {
  return loadScenario({
    name: "web",
    farm: "web",
    plan,
    inspected: await inspectScenario(k6, script, { SHAPE: String(shape), SPEED: "1" }),
    belief: { service: { ...service }, source: "calibrated" },
    seconds: minutes * 60,
    timeout: Math.max(60, 2 * speed),
  });
}

async function calibrate(): Promise<Calibrated> {
  // A target that no load reaches: instances are added by hand, and no policy takes them away before a quarter of an hour.
  const config = { ...size, webScaling: "requestsPerTarget", webRequestsPerTarget: "1000000" };
  const plan = await planOf(config);
  let times: Pick<Calibrated, "boot" | "healthy" | "stop"> = { boot: 0, healthy: 0, stop: 0 };
  const report = await runLive({
    speed,
    capacity,
    config,
    plan,
    load: loadOf(0, 0),
    look: async (service) => {
      times = await lifeTimes(service, `${service.plan.config["annofarm:owner"]}-web`);
    },
    signal: abort.signal,
  });
  const scenario = await scenarioOf(0, plan, {}, report.loadMinutes);
  const requestsOf = (
    { rate, client: clientSeconds }: Pick<Calibrated, "rate" | "client">,
    span: readonly [number, number],
  ) => {
    if (scenario.service.kind !== "web") throw new TypeError("the calibration's farm is a web farm");
    const service = { ...scenario.service, rate, clientSeconds };
    return mean(
      [1, 2, 3, 4, 5].flatMap((seed) =>
        simulate({ ...scenario, service }, seed)
          .rows.slice(...span)
          .map(({ ended }) => ended),
      ),
    );
  };
  return { ...capacityOf(report, requestsOf), ...times };
}

/** What a live run was. */
interface LiveRun {
  readonly shape: string;
  readonly policy: PolicyName;
  readonly minutes: number;
  readonly inService: readonly number[];
  readonly requests: readonly number[];
  readonly hours: number;
  readonly p95: number | undefined;
}

async function liveRun(number: number, policy: PolicyName): Promise<LiveRun> {
  const config = { ...size, ...policies[policy] };
  const run = { speed, capacity, config, plan: await planOf(config), load: loadOf(number, undefined) };
  const { measured, group, totals } = await runLive({ ...run, signal: abort.signal });
  const changes = measured.sizes[group] ?? [];
  return {
    shape: byNumber[number]?.name ?? "",
    policy,
    minutes: measured.minutes,
    inService: atMinutes(changes, measured.minutes).map(({ inService }) => inService),
    requests: measured.load.map(({ requests }) => requests),
    hours: instanceHours(changes, measured.minutes),
    p95: totals.latency.p95,
  };
}

/** The live runs of an earlier report, in its order. */
function liveRunsFrom(file: string): LiveRun[] {
  const { raw } = JSON.parse(readFileSync(file, "utf8")) as { raw: { outcomes: readonly Outcome[] } };
  return raw.outcomes.map(({ shape, policy, inService, requests, hours, p95 }) => ({
    shape,
    policy,
    minutes: inService.live.length,
    inService: inService.live,
    requests: requests.live,
    hours: hours.live,
    p95: p95.live,
  }));
}

async function outcomeOf(live: LiveRun, calibrated: Calibrated): Promise<Outcome> {
  const number = byNumber.findIndex(({ name }) => name === live.shape);
  const plan = await planOf({ ...size, ...policies[live.policy] });
  const prediction = await predictRuns(await scenarioOf(number, plan, calibrated, live.minutes), 1, runs);
  const simulated = prediction.inService.map(({ middle }) => middle);
  const within = prediction.inService.map(({ low, high }, minute) => {
    const found = live.inService[minute] ?? Number.NaN;
    return found >= low && found <= high ? 1 : 0;
  });
  return {
    shape: live.shape,
    policy: live.policy,
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

const calibrated = await calibrate();
const round = (value: number) => Number(value.toPrecision(3));
console.log(
  `calibrated: ${round(calibrated.rate)} requests/s an instance (declared: ${capacity}), ${round(calibrated.client)} s beside it, ` +
    `${round(calibrated.boot)} s until in service, ${round(calibrated.healthy)} s until healthy, ` +
    `${round(calibrated.stop)} s until gone; ${speed} times as fast\n`,
);
console.log("load              policy             distance  first out     hours   error   p95 error");
const recorded = asked.from === undefined ? undefined : liveRunsFrom(asked.from);
const chosen = chosenPolicies.flatMap((policy) => chosenShapes.map((shape) => ({ policy, shape })));
const outcomes: Outcome[] = [];
for (const { policy, shape } of chosen) {
  const live =
    recorded === undefined
      ? await liveRun(byNumber.indexOf(shape), policy)
      : recorded.find((each) => each.policy === policy && each.shape === shape.name);
  if (live === undefined) continue;
  const outcome = await outcomeOf(live, calibrated);
  outcomes.push(outcome);
  if (process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(79)}\r`);
  const { firstOut: first, hours, p95 } = outcome;
  console.log(
    `${shape.name.padEnd(17)} ${policy.padEnd(18)} ${outcome.distance.toFixed(2).padStart(8)} ` +
      `${`${minuteText(first.live)}/${minuteText(first.simulated)}`.padStart(11)} ${hours.live.toFixed(2).padStart(8)} ` +
      `${percent(hours.simulated, hours.live).padStart(8)} ${percent(p95.simulated, p95.live).padStart(10)}`,
  );
}
const distance = mean(outcomes.map((each) => each.distance));
const late = outcomes.filter((outcome) => !isTimely(outcome)).length;
const hours = mean(outcomes.map(({ hours: { live, simulated } }) => Math.abs(simulated / live - 1)));
console.log(
  `\nmean distance of instances ${distance.toFixed(2)}, ${Math.round(100 * mean(outcomes.map(({ within }) => within)))} % of minutes within ` +
    `the prediction's interval; instance-hours off by ${(100 * hours).toFixed(1)} % on average; ` +
    `first scale-out further apart than a minute in ${late} of ${outcomes.length}`,
);
if (outcomes.length === shapes.length * Object.keys(policies).length) {
  writeReport("prediction", figuresOf(outcomes, { speed, runs, calibrated }), { capacity, calibrated, outcomes });
} else console.log("not every load was run under every policy, so nothing is written");
