// Which settings a search looks at, the loads that it holds out, and what its reports say.
import test from "ava";
import type { Scenario } from "../../../scaling/simulate/model.ts";
import { declaredSpace, type SpaceValues } from "../../../scaling/simulate/tune/declared-space.ts";
import { heldOutLoads } from "../../../scaling/simulate/tune/held-out.ts";
import { tuneHtml } from "../../../scaling/simulate/tune/report/html.ts";
import { tuneJson } from "../../../scaling/simulate/tune/report/json.ts";
import { tuneText } from "../../../scaling/simulate/tune/report/text.ts";
import { pointsOf, type Space } from "../../../scaling/simulate/tune/space.ts";
import { trialOf } from "../../../scaling/simulate/tune/trial.ts";
import { group, resource, scalingOf } from "../declared.ts";
import { steady, web, workers } from "./given.ts";
import { reportOf } from "./some-tuning.ts";

const plan = scalingOf([group({ minSize: 2, maxSize: 10 })]);
/** Ten minutes of 10/s, half an hour of 200/s, ten minutes of 10/s. */
const wave = {
  kind: "open",
  at: 0,
  from: 10,
  stages: [
    { seconds: 600, to: 10 },
    { seconds: 0, to: 200 },
    { seconds: 1800, to: 200 },
    { seconds: 0, to: 10 },
    { seconds: 600, to: 10 },
  ],
} as const;
const scenario = web({ rate: 40 }, { plan, sources: [wave], seconds: 3000 });

const values = (more: Partial<SpaceValues> = {}): SpaceValues => ({
  farm: "web",
  kinds: [{ type: undefined, scenario }],
  bounds: [],
  keep: [],
  ...more,
});

/** Settings of every point. */
function configsOf(space: Space): Readonly<Record<string, string>>[] {
  return pointsOf(space, 1e6, 1).flatMap((point) => {
    const config = space.variantAt(point)?.config;
    return config === undefined ? [] : [config];
  });
}
const valuesOf = (configs: readonly Readonly<Record<string, string>>[], key: string) =>
  [...new Set(configs.map((config) => config[key]))].sort((a, b) => Number(a) - Number(b));

test("figures and bounds follow from the load and from what an instance gets through", (t) => {
  const configs = configsOf(declaredSpace(values(), []));
  t.deepEqual(valuesOf(configs, "webRequestsPerTarget").slice(0, 4), ["960", "1200", "1400", "1600"]);
  t.deepEqual(valuesOf(configs, "webMin"), ["2", "3", "4", "5", "7"]);
  t.deepEqual(valuesOf(configs, "webMax"), ["5", "7", "8", "10"]);
  t.true(configs.every(({ webMin, webMax }) => Number(webMin) <= Number(webMax)));
  t.true(configs.every(({ webScaling, webRequestsPerTarget }) => (webScaling === "course") === !webRequestsPerTarget));
  t.true(configs.every(({ webMin, webWarmPoolMaxPrepared: prepared = "99" }) => Number(prepared) > Number(webMin)));
  t.true(
    configs.some(({ webSchedule }) => webSchedule === "1 0 * * * = 4; 40 0 * * * = 2"),
    "10 min before, 75 %",
  );
  const twice = [
    { type: "t4g.large", scenario: { ...scenario, service: { ...scenario.service, rate: 80 } } as Scenario },
  ];
  const larger = configsOf(declaredSpace(values({ kinds: twice }), []));
  t.deepEqual(valuesOf(larger, "webMax"), ["3", "4", "5", "6"]);
  t.deepEqual(valuesOf(larger, "instanceType"), ["t4g.large"]);
});

test("levers that are kept are not set; given bounds are the only ones", (t) => {
  const keep = ["policy", "figure", "pool", "schedule"];
  const configs = configsOf(declaredSpace(values({ keep }), []));
  t.deepEqual([...new Set(configs.flatMap((config) => Object.keys(config)))].sort(), ["webMax", "webMin"]);
  const bounds = [
    [2, 6],
    [3, 9],
  ] as const;
  const given = declaredSpace(values({ bounds }), [{ name: "usual", config: { webScaling: "course" } }]);
  t.deepEqual(valuesOf(configsOf(given), "webMax"), ["6", "9"]);
  t.false(given.declaredCounts, "2 to 10 was not asked for");
  t.true(declaredSpace(values({ bounds: [[2, 10]] }), []).declaredCounts);
  t.deepEqual(
    given.starts.map(({ config }) => config),
    [{ webMin: "9", webMax: "9" }],
  );
});

test("annotators: waits are multiples of a job, and a load that never needs more has no schedules", (t) => {
  const jobs = workers({ jobSeconds: 90 }, { plan, sources: [steady(1 / 90, 3600)] });
  const configs = configsOf(
    declaredSpace(values({ farm: "annotator", kinds: [{ type: undefined, scenario: jobs }] }), []),
  );
  t.deepEqual(valuesOf(configs, "annotatorJobTakes"), ["90 seconds", undefined]);
  t.true(configs.some(({ annotatorAcceptableWait }) => annotatorAcceptableWait === "135 seconds"));
  t.true(configs.every((config) => config.annotatorSchedule === undefined));
});

test("held-out loads: a fifth more and less; a quarter of an hour's shift only where a schedule goes by the clock", (t) => {
  const under = (name: string, given: Scenario) => heldOutLoads.find((each) => each.name === name)?.under(given);
  const ended = (given: Scenario | undefined) => trialOf(given as Scenario, 1).ended;
  const short = web({ rate: 100 }, { plan, sources: [steady(50, 600)], seconds: 600 });
  t.true(Math.abs(ended(under("20 % more", short)) / ended(short) - 1.2) < 0.02);
  t.true(Math.abs(ended(under("20 % less", short)) / ended(short) - 0.8) < 0.02);
  const traced = { ...short, sources: [{ kind: "trace", times: Float64Array.from([1, 2, 3, 4, 5]) }] as const };
  t.is(ended(under("20 % more", traced)), 6);
  t.is(ended(under("20 % less", traced)), 4);
  t.is(under("15 min later", short), undefined);
  const atNine = resource("aws:autoscaling/schedule:Schedule", "nine", {
    autoscalingGroupName: "farm",
    recurrence: "20 0 * * *",
    minSize: 5,
    maxSize: 10,
  });
  const scheduled = { ...scenario, plan: scalingOf([group({ minSize: 2, maxSize: 10 }), atNine]) };
  const later = under("15 min later", scheduled) as Scenario;
  t.is(later.seconds, scenario.seconds + 900);
  t.deepEqual(later.sources[0]?.kind === "open" && later.sources[0].stages[0], { seconds: 900, to: 10 });
  t.is(under("15 min earlier", scheduled)?.begins, -900_000);
  t.true(ended(under("15 min earlier", scheduled)) < ended(scheduled), "the schedule comes too late");
});

/** Without the lines' ends. */
const flat = (text: string) => text.replaceAll(/\s+/g, " ");
const fits = (text: string) => text.split("\n").filter((line) => line.length > 80);

test("a report says what was found, how sure it is, and what has to be set", async (t) => {
  const report = await reportOf("p95 < 300 ms, failed < 0.1 %");
  const text = tuneText(report);
  t.regex(text, /Found: of <4>\nIt met the objectives in 40 of 40 fresh runs: in 90\.2 % of all runs/);
  t.regex(text, /2 of the 4 settings that were tried cost less: 2 are shown to miss the\s+objectives/);
  t.regex(text, /\+ {2}annofarm:webMin: 4\n\npulumi config set annofarm:webMin 4 --stack dev/);
  t.regex(text, /found, 20 % more .* 10\/10 +74\.1 %/);
  t.deepEqual(fits(text), []);
  const html = tuneHtml(report);
  t.regex(html, /<h1>Found: of &lt;4&gt;<\/h1>/);
  t.is(html.match(/<circle/g)?.length, 4);
  t.false(html.includes("of <"));
  const json = JSON.parse(JSON.stringify(tuneJson(report)));
  t.is(json.found.met, 40);
  t.deepEqual(json.cheaper, { tried: 2, shownToMiss: 2 });
  t.is(json.settings.length, 4);
});

test("where nothing is found, the nearest is shown, and what keeps it from meeting", async (t) => {
  const never = await reportOf("p95 < 1 ms");
  const text = tuneText(never);
  t.regex(text, /Not found: none of the 4 settings that were tried is shown to meet/);
  t.regex(text, /Nearest: .*met them in 0 of 5 runs/);
  t.regex(text, /p95 < 1 ms: met in 0 of 5 runs, median \d+ ms/);
  t.regex(flat(text), /most instance-hours, as declared, met p95 < 1 ms in 0 of 5 runs: within these bounds, more/);
  t.deepEqual(fits(text), []);
  t.true(tuneHtml(never).includes("Not found"));
  const dear = flat(tuneText(await reportOf("p95 < 300 ms", 0.11)));
  t.regex(dear, /Objectives: p95 < 300 ms, at most USD 0\.11 a run; in nine of ten runs/);
  t.regex(dear, /At most USD 0\.11 a run, USD 0\.110 a run: met in 15 of 15/);
  t.regex(dear, /most instance-hours, as declared, met p95 < 300 ms in 5 of 5 runs, at USD 0\.267 a run/);
});
