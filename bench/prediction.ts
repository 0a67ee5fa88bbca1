/**
 * How well does a simulation predict a live run? Each load of prediction/shapes.ts, under each policy, is run here by k6 against
 * real processes on the accelerated clock, and simulated under the same declaration. What the simulation is told of an instance
 * comes from one short calibration run; the peer of every figure is the live one.
 *
 *     npm run bench -- prediction [--speed 40] [--only a-class-arrives,a-spike] [--policies course,recommended]
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findK6 } from "../loadtest/measure/k6/find.ts";
import { inspectScenario } from "../loadtest/measure/k6/scenario.ts";
import { atMinutes } from "../loadtest/measure/measured.ts";
import { loadScenario, predictRuns } from "../loadtest/measure/predict.ts";
import { instanceHours, meanDistance } from "../loadtest/measure/report/figures.ts";
import type { Report } from "../loadtest/measure/report/report.ts";
import { readPlan } from "../plan/plan.ts";
import type { Prediction } from "../scaling/simulate/prediction.ts";
import { type Calibrated, capacityOf, lifeTimes } from "./prediction/calibrate.ts";
import { runLive } from "./prediction/live.ts";
import { byNumber, shapes } from "./prediction/shapes.ts";
import { writeReport } from "./support/report.ts";

const { values: asked } = parseArgs({
  options: { speed: { type: "string" }, only: { type: "string" }, policies: { type: "string" } },
});
const speed = Number(asked.speed ?? 40);
const size = { webMin: "2", webMax: "5" };
/** Declared for the live run; a third of the speed is what a machine of two cores still serves in real time. */
const capacity = "web=2rps";
const policies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  course: { webScaling: "course" },
  recommended: { webRequestsPerTarget: "80" },
  requestsPerTarget: { webScaling: "requestsPerTarget", webRequestsPerTarget: "80" },
};
const runs = 50;
const slug = (name: string) => name.replaceAll(" ", "-");
const chosenShapes = shapes.filter(({ name }) => asked.only?.split(",").includes(slug(name)) ?? true);
const chosenPolicies = Object.keys(policies).filter((name) => asked.policies?.split(",").includes(name) ?? true);
if (!(speed >= 1 && speed <= 120) || chosenShapes.length === 0 || chosenPolicies.length === 0) {
  throw new RangeError(
    `give --speed 1 to 120, --only of ${shapes.map(({ name }) => slug(name)).join(",")}, --policies of ${Object.keys(policies).join(",")}`,
  );
}

const project = fileURLToPath(new URL("..", import.meta.url));
const script = fileURLToPath(new URL("prediction/shape.ts", import.meta.url));
const k6 = await findK6(undefined, process.env.PATH ?? "");
const abort = new AbortController();
process.once("SIGINT", () => abort.abort(new Error("interrupted")));

async function planOf(config: Readonly<Record<string, string>>) {
  return readPlan({ directory: project, stack: "local", config: { ...size, ...config } });
}

async function calibrate(): Promise<Calibrated> {
  // A target that no load reaches: instances are added by hand, and no policy takes them away before a quarter of an hour.
  const config = { ...size, webScaling: "requestsPerTarget", webRequestsPerTarget: "1000000" };
  let times: Pick<Calibrated, "boot" | "healthy" | "stop"> = { boot: 0, healthy: 0, stop: 0 };
  const report = await runLive({
    shape: 0,
    speed,
    capacity,
    config,
    plan: await planOf(config),
    after: 0,
    look: async (service) => {
      times = await lifeTimes(service, `${service.plan.config["annofarm:owner"]}-web`);
    },
    signal: abort.signal,
  });
  return { ...capacityOf(report), ...times };
}

interface Outcome {
  readonly shape: string;
  readonly policy: string;
  readonly distance: number;
  /** Minutes; `undefined`: never. */
  readonly firstOut: { readonly live: number | undefined; readonly simulated: number | undefined };
  readonly hours: { readonly live: number; readonly simulated: number };
  readonly p95: { readonly live: number | undefined; readonly simulated: number | undefined };
  readonly live: readonly number[];
  readonly simulated: readonly number[];
  /** Share of the minutes in which as many were in service as in nine of ten simulated runs. */
  readonly within: number;
  /** A minute. */
  readonly requests: { readonly live: readonly number[]; readonly simulated: readonly number[] };
}

const firstOut = (sizes: readonly number[]): number | undefined => {
  const index = sizes.findIndex((value) => value >= (sizes[0] ?? 0) + 0.5);
  return index < 0 ? undefined : index + 1;
};

function outcomeOf(shape: string, policy: string, report: Report, prediction: Prediction): Outcome {
  const { measured, group, totals } = report;
  const changes = measured.sizes[group] ?? [];
  const live = atMinutes(changes, measured.minutes).map(({ inService }) => inService);
  const simulated = prediction.inService.map(({ middle }) => middle);
  return {
    shape,
    policy,
    distance: meanDistance(live, simulated) ?? Number.NaN,
    firstOut: { live: firstOut(live), simulated: firstOut(simulated) },
    hours: {
      live: instanceHours(changes, measured.minutes),
      simulated: prediction.totals.instanceHours?.middle ?? Number.NaN,
    },
    p95: { live: totals.latency.p95, simulated: prediction.totals.p95?.middle },
    live,
    simulated,
    within:
      prediction.inService.filter(({ low, high }, minute) => {
        const found = live[minute] ?? Number.NaN;
        return found >= low && found <= high;
      }).length / prediction.inService.length,
    requests: {
      live: measured.load.map(({ requests }) => requests),
      simulated: prediction.run.rows.map(({ ended }) => ended),
    },
  };
}

async function compare(number: number, policy: string, calibrated: Calibrated): Promise<Outcome> {
  const config = { ...size, ...policies[policy] };
  const plan = await planOf(config);
  const report = await runLive({
    shape: number,
    speed,
    capacity,
    config,
    plan,
    after: undefined,
    signal: abort.signal,
  });
  const inspected = await inspectScenario(k6, script, { SHAPE: String(number), SPEED: "1" });
  const scenario = loadScenario({
    name: "web",
    farm: "web",
    plan,
    inspected,
    belief: { service: { ...calibrated }, source: "calibrated" },
    seconds: report.measured.minutes * 60,
    timeout: Math.max(60, 2 * speed),
  });
  const prediction = await predictRuns(scenario, 1, runs);
  return outcomeOf(byNumber[number]?.name ?? "", policy, report, prediction);
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
const outcomes: Outcome[] = [];
for (const policy of chosenPolicies) {
  for (const shape of chosenShapes) {
    const outcome = await compare(byNumber.indexOf(shape), policy, calibrated);
    outcomes.push(outcome);
    if (process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(79)}\r`);
    const { firstOut: first, hours, p95 } = outcome;
    console.log(
      `${shape.name.padEnd(17)} ${policy.padEnd(18)} ${outcome.distance.toFixed(2).padStart(8)} ` +
        `${`${minuteText(first.live)}/${minuteText(first.simulated)}`.padStart(11)} ${hours.live.toFixed(2).padStart(8)} ` +
        `${percent(hours.simulated, hours.live).padStart(8)} ${percent(p95.simulated, p95.live).padStart(10)}`,
    );
  }
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const distance = mean(outcomes.map((each) => each.distance));
const late = outcomes.filter(
  ({ firstOut: { live, simulated } }) => Math.abs((live ?? -9) - (simulated ?? -9)) > 1,
).length;
const hours = mean(outcomes.map(({ hours: { live, simulated } }) => Math.abs(simulated / live - 1)));
console.log(
  `\nmean distance of instances ${distance.toFixed(2)}, ${Math.round(100 * mean(outcomes.map(({ within }) => within)))} % of minutes within ` +
    `the prediction's interval; instance-hours off by ${(100 * hours).toFixed(1)} % on average; ` +
    `first scale-out further apart than a minute in ${late} of ${outcomes.length}`,
);
writeReport("prediction", { speed, capacity, calibrated, runs, distance, hours, late, outcomes });
