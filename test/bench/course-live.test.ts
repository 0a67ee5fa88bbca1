// What the benchmark reads out of a report, on a small farm whose figures are counted by hand.
import test from "ava";
import { annotatorFigures, webFigures } from "../../bench/course-live/figures.ts";
import { type FigureInput, figuresOf } from "../../loadtest/measure/report/figures.ts";
import type { Report } from "../../loadtest/measure/report/report.ts";

const latency = { min: 1.9, mean: 6.123, p50: 6, p95: 7, p99: 7.5, max: 11.288 };
const totals = { requests: 89_199, failed: 0, dropped: 0, latency, failedChecks: {} };
/** In service by minute: 2 and 3 and 5 for a minute each, 10 for two minutes, then back in steps of six minutes. */
const live = [2, 3, 5, 10, 10, ...[9, 8, 7, 6, 5, 4, 3].flatMap((size) => Array(6).fill(size)), 2, 2];
const simulated = [2, 3, 5, 10, 10, ...[9, 8, 7, 6, 5, 4, 3].flatMap((size) => Array(5).fill(size)), 2, 2];

const bounds = { min: 2, max: 10 };
const sizes = live.map((size, minute) => ({
  minute: minute + 0.5,
  ...bounds,
  desired: size,
  inService: size,
  instances: size,
}));

function reportOf(group: string, farm: FigureInput["farm"], jobs: Report["jobs"]): Report {
  const measured = {
    minutes: live.length,
    begun: 0,
    load: [],
    sizes: { [group]: sizes },
    alarms: [],
    activities: [],
    unseen: [],
    problems: [],
  };
  return {
    scenario: farm,
    target: "http://localhost:8080",
    speed: 12,
    begun: "2026-11-24T00:00:00.000Z",
    interrupted: false,
    k6: "v1.1.0",
    parameters: {},
    group,
    loadMinutes: 5,
    verdicts: [],
    figures: figuresOf({ measured, totals, group, farm, jobs, prediction: undefined }),
    totals,
    thresholds: [],
    jobs,
    capacities: [{ group, kind: "web", rate: 200, clientSeconds: 1.88, distribution: { kind: "exponential" } }],
    prediction: {
      runs: 50,
      seed: 1,
      source: "declared",
      inService: simulated.map((middle) => ({ low: middle, middle, high: middle })),
      rows: [],
    },
    measured,
  };
}

test("the web farm's figures: sizes reached, the way back, differences from the record", (t) => {
  const figures = webFigures(reportOf("gas-web", "web", "none"));
  const of = (what: string) => figures.find((figure) => figure.what === what);
  t.like(of("requests"), { record: 89_199, live: 89_199, againstRecord: 0 });
  t.like(of("longest, s"), { live: 11.288, againstRecord: -0.5, simulated: null });
  t.like(of("shortest, s"), { simulated: "1.88 (declared)" });
  t.like(of("through 2, 3, 5, 10"), { record: "yes", live: "yes", simulated: "yes" });
  t.like(of("ten after, min"), { live: 4, simulated: 4 });
  t.like(of("minutes a step in"), { record: 5, live: 6, simulated: 5 });
  t.true(Math.abs((of("minutes a step in")?.againstRecord ?? 0) - 0.2) < 1e-9);
  t.like(of("two again after, min"), { live: 48, simulated: 41 });
});

test("the annotators' figures: jobs, the most, the end", (t) => {
  const jobs = { submitted: 2, byStatus: { COMPLETED: 2 }, begunAgain: 0, seconds: [60, 120] };
  const figures = annotatorFigures(reportOf("gas-annotator", "annotator", jobs));
  const of = (what: string) => figures.find((figure) => figure.what === what);
  t.like(of("jobs"), { live: "2, all completed" });
  t.like(of("most instances"), { live: 10 });
  t.like(of("first instance more, min"), { live: 2 });
  t.like(of("instances at the end"), { record: 2, live: 2, simulated: 2 });
  t.like(of("job done after, mean, s"), { live: 90 });
});

test("a run without a prediction is nothing to publish", (t) => {
  const report = { ...reportOf("gas-web", "web", "none"), prediction: "nothing says how fast an instance is" };
  t.throws(() => webFigures(report), { message: /was not predicted: nothing says/ });
});
