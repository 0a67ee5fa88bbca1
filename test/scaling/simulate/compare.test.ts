// Policies side by side: what is needed, what a run is measured by, and that all meet the same load and chance.
import test from "ava";
import { parseSchedules } from "../../../components/scaling/schedule-text.ts";
import { type Candidate, compare } from "../../../scaling/simulate/compare/compare.ts";
import { loadNames, loads } from "../../../scaling/simulate/compare/loads.ts";
import { measure } from "../../../scaling/simulate/compare/measure.ts";
import { needOf } from "../../../scaling/simulate/compare/need.ts";
import { compareHtml } from "../../../scaling/simulate/compare/report/html.ts";
import { compareJson } from "../../../scaling/simulate/compare/report/json.ts";
import { compareText } from "../../../scaling/simulate/compare/report/text.ts";
import { defaultVariants, parseVariant } from "../../../scaling/simulate/compare/variants.ts";
import type { Source } from "../../../scaling/simulate/model.ts";
import type { RunResult } from "../../../scaling/simulate/recorder.ts";
import { checkScenario } from "../../../scaling/simulate/scenario/read.ts";
import { alarm, group, scalingOf, simple } from "../declared.ts";
import { steady, web, workers } from "./given.ts";

/** 5 a second for ten minutes, 45 a second for twenty, then 5 again. */
const wave: Source = {
  kind: "open",
  at: 0,
  from: 5,
  stages: [
    { seconds: 600, to: 5 },
    { seconds: 0, to: 45 },
    { seconds: 1200, to: 45 },
    { seconds: 0, to: 5 },
    { seconds: 1800, to: 5 },
  ],
};

test("needed is what keeps the queue from growing, within the group's bounds", (t) => {
  const need = needOf(web({ rate: 10 }, { sources: [wave], seconds: 3600 }));
  t.deepEqual([need.crossing, need.falls, need.most], [11, 30, 5]);
  t.deepEqual(
    [9, 10, 29, 30].map((index) => need.instances[index]),
    [1, 5, 5, 1],
  );
  const bounded = needOf(web({ rate: 10 }, { sources: [wave], plan: scalingOf([group({ maxSize: 3 })]) }));
  t.is(bounded.most, 3);
  const users: Source = { kind: "closed", at: 0, from: 60, stages: [{ seconds: 3600, to: 60 }], think: [1, 3] };
  t.is(needOf(web({ rate: 10 }, { sources: [users] })).most, 3, "60 people, each asking every 2.1 s");
  const jobs = needOf(workers({ jobSeconds: 60, concurrency: 2 }, { sources: [steady(5 / 60, 3600)] }));
  t.is(jobs.most, 3, "five jobs a minute, two at once for each instance");
  const quiet = needOf(web({ rate: 10 }, { sources: [steady(5, 3600)] }));
  t.deepEqual([quiet.crossing, quiet.falls], [undefined, undefined]);
});

/** A run of which only the sizes by minute matter. */
function runWith(sizes: readonly number[], waiting = 0): RunResult {
  const rows = sizes.map((inService, index) => ({
    minute: index + 1,
    desired: inService,
    inService,
    ended: 0,
    failed: 0,
    waiting,
    p50: undefined,
    p95: undefined,
    p99: undefined,
    alarms: {},
  }));
  const latency = { min: 1, mean: 1, p50: 1, p90: 1, p95: 2, p99: 2, max: 2 };
  const totals = { ended: 1, failed: 0, failures: {}, latency, wait: 0, instanceHours: 1, stoppedHours: 0, rate: 1 };
  const changed = sizes.flatMap((to, index) => {
    const from = sizes[index - 1] ?? to;
    return from === to
      ? []
      : [{ kind: "desired", at: index * 60_000, group: "farm", from, to, cause: "", by: "" } as const];
  });
  return { seed: 1, rows, totals, decisions: changed };
}
const minutes = (...parts: readonly [size: number, count: number][]) =>
  parts.flatMap(([size, count]) => Array.from({ length: count }, () => size));

test("enough is measured from the crossing to the last short minute, back from the load's end", (t) => {
  const scenario = web({ rate: 10 }, { sources: [wave], seconds: 3600 });
  const need = needOf(scenario);
  const found = measure(scenario, need, runWith(minutes([1, 12], [3, 2], [6, 20], [2, 6], [1, 20])));
  t.like(found, { enoughAfter: 4, short: 4, backAfter: 11, turns: 1 });
  t.is(measure(scenario, need, runWith(minutes([1, 60]))).enoughAfter, undefined, "never enough");
  t.is(measure(scenario, need, runWith(minutes([6, 60]))).backAfter, undefined, "never back");
  t.is(measure(scenario, need, runWith(minutes([6, 40], [1, 20]))).enoughAfter, 0);
  const shaky = measure(scenario, need, runWith(minutes([1, 10], [6, 5], [4, 5], [6, 10], [1, 30])));
  t.like(shaky, { enoughAfter: 10, short: 5, turns: 3 });
});

test("a farm whose jobs wait longer than acceptable is short, however many instances there are", (t) => {
  const scenario = workers({ jobSeconds: 60 }, { sources: [steady(1 / 120, 3600)], seconds: 600 });
  const need = needOf(scenario);
  t.is(measure(scenario, need, runWith(minutes([1, 10]), 5)).short, 0);
  t.is(measure(scenario, need, runWith(minutes([1, 10]), 6)).short, 10);
  t.is(measure(scenario, need, runWith(minutes([2, 10]), 6)).short, 0);
});

test("variants: each way of scaling, and each with a schedule that the program's configuration takes", (t) => {
  const need = needOf(web({ rate: 10 }, { sources: [wave], seconds: 3600 }));
  const variants = defaultVariants("web", need, 2);
  t.deepEqual(
    variants.map(({ name }) => name),
    [
      "course",
      "target tracking",
      "recommended",
      "course + schedule",
      "target tracking + schedule",
      "recommended + schedule",
    ],
  );
  t.deepEqual(variants[3]?.config, { webScaling: "course", webSchedule: "1 0 * * * = 5; 30 0 * * * = 2" });
  t.deepEqual(
    parseSchedules(String(variants[3]?.config.webSchedule), undefined).map(({ recurrence, min }) => [recurrence, min]),
    [
      ["1 0 * * *", 5],
      ["30 0 * * *", 2],
    ],
  );
  const quiet = needOf(web({ rate: 10 }, { sources: [steady(5, 3600)] }));
  t.is(defaultVariants("annotator", quiet, 2).length, 3);
  const atNine = defaultVariants("web", need, 2, Date.parse("2026-11-20T09:00:00Z"));
  t.regex(
    atNine.at(-1)?.config.webSchedule ?? "",
    /^1 9 \* \* \* = 5; 30 9 /,
    "a recorded load's schedule goes by its own time of day",
  );
  t.deepEqual(parseVariant("larger : webMin=4, annofarm:webScaling = course"), {
    name: "larger",
    config: { webMin: "4", "annofarm:webScaling": "course" },
  });
  for (const text of ["larger", "larger:", ": a=b", "larger: webMin"]) {
    t.throws(() => parseVariant(text), { instanceOf: RangeError, message: /is no variant; write it like/ }, text);
  }
});

test("every load is a scenario of its farm", (t) => {
  for (const farm of ["web", "annotator"] as const) {
    for (const name of loadNames) t.is(checkScenario(loads[farm][name], name).farm, farm);
  }
});

const candidates = [1, 4].map((step): Candidate => {
  const plan = scalingOf([
    group(),
    simple("out", { scalingAdjustment: step, cooldown: 120 }),
    alarm("out", { threshold: 900 }),
  ]);
  return {
    variant: { name: `by <${step}>`, config: { step: String(step) } },
    scenario: { ...web({ rate: 10, queueLimit: 50 }, { sources: [wave], seconds: 3600, plan }), title: "A & a wave" },
    cost: ({ instanceHours }) => instanceHours,
  };
});

test("the same seed gives the same comparison, and the larger step has enough sooner", async (t) => {
  const told: [number, number][] = [];
  const onRun = (done: number, of: number) => void told.push([done, of]);
  const once = await compare(candidates, { seed: 3, runs: 2, onRun });
  const again = await compare(candidates, { seed: 3, runs: 2 });
  t.deepEqual(compareJson(once), compareJson(again));
  t.deepEqual(told, [
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ]);
  const [small, large] = once.outcomes;
  t.true((large?.measures.enoughAfter?.middle ?? 99) < (small?.measures.enoughAfter?.middle ?? 99));
  t.is(small?.measures.cost?.middle, small?.measures.instanceHours?.middle);
  await t.throwsAsync(compare([], { seed: 1, runs: 1 }), { instanceOf: RangeError, message: /no variant to compare/ });
});

for (const runs of [1, 3]) {
  test(`the text of ${runs} runs fits 80 columns; the page is one file with every curve`, async (t) => {
    const comparison = await compare(candidates, { seed: 1, runs });
    const text = compareText(comparison);
    t.deepEqual(
      text.split("\n").filter((line) => [...line].length > 80),
      [],
    );
    t.regex(text, /^by <4> +\d/m);
    t.is(/90 % interval/.test(text), runs > 1);
    const page = compareHtml(comparison);
    t.notRegex(page, /https?:|src=|href=|url\(|@import|<script|NaN|undefined|Infinity/);
    t.is(page.match(/<svg /g)?.length, 4);
    t.is(page.match(/class="line a"/g)?.length, 4, "each chart has the first variant's curve");
    t.regex(page, /by &lt;4&gt;/);
  });
}
