// A backtest of what a simulation itself recorded finds no error; one of a run of annofarm local is read as it was exported.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { againstOf } from "../../../loadtest/measure/backtest/backtest.ts";
import { readDocuments } from "../../../loadtest/measure/backtest/documents.ts";
import { beganAs, judge } from "../../../loadtest/measure/backtest/judge.ts";
import { recordOf } from "../../../loadtest/measure/backtest/record.ts";
import type { Scenario } from "../../../scaling/simulate/model.ts";
import { recordedArrivals } from "../../../scaling/simulate/scenario/recorded.ts";
import { simulate } from "../../../scaling/simulate/simulate.ts";
import { alarm, group, scalingOf, simple } from "../../scaling/declared.ts";
import { web } from "../../scaling/simulate/given.ts";

const root = mkdtempSync(join(tmpdir(), "annofarm-backtest-"));
test.after.always(() => rmSync(root, { recursive: true, force: true }));
const begin = Date.parse("2026-11-20T09:00:00Z");
const open = { from: undefined, to: undefined };
let places = 0;

const series = (id: string, label: string, values: readonly (number | undefined)[]) => {
  const points = values.flatMap((value, minute) =>
    value === undefined ? [] : [{ value, at: begin + 60_000 * minute }],
  );
  return {
    Id: id,
    Label: label,
    Timestamps: points.map(({ at }) => new Date(at).toISOString()),
    Values: points.map(({ value }) => value),
    StatusCode: "Complete",
  };
};

interface Given {
  readonly requests: readonly (number | undefined)[];
  readonly sizes: readonly (number | undefined)[];
  readonly total?: readonly number[];
  readonly activities?: readonly object[];
  readonly groups?: readonly object[];
}

function exported({ requests, sizes, total, activities, groups }: Given): string {
  const directory = mkdtempSync(join(root, `${places++}-`));
  const write = (name: string, document: object) => writeFileSync(join(directory, name), JSON.stringify(document));
  write("a", {
    MetricDataResults: [
      series("load", "RequestCount Sum 60", requests),
      series("size", "GroupInServiceInstances Average 60", sizes),
      ...(total === undefined ? [] : [series("total", "GroupTotalInstances Average 60", total)]),
    ],
  });
  if (activities !== undefined) write("b", { Activities: activities });
  if (groups !== undefined) write("c", { AutoScalingGroups: groups });
  return directory;
}

const recorded = async (directory: string, span = open) => recordOf(await readDocuments(directory), directory, span);

const growing = scalingOf([
  group({ minSize: 2, maxSize: 8, desiredCapacity: 2, defaultCooldown: 60 }),
  simple("out", { scalingAdjustment: 1, cooldown: 60 }),
  alarm("out", { threshold: 900 }),
]);

function underLoad(counts: readonly number[]): Scenario {
  const load = recordedArrivals(
    counts.map((count) => ({ seconds: 60, count })),
    1,
  );
  if (load.kind !== "arrivals") throw new TypeError("a recorded load is of arrivals");
  const stages = load.stages.map(({ for: seconds, to }) => ({ seconds, to }));
  return web(
    { rate: 10 },
    { plan: growing, seconds: 60 * counts.length, sources: [{ kind: "open", at: 0, from: load.from, stages }] },
  );
}

const counts = [...Array(10).fill(600), ...Array(30).fill(2400), ...Array(10).fill(300)] as number[];

test("what a simulation did itself is predicted: nearly no error, and nine of ten minutes inside", async (t) => {
  const scenario = underLoad(counts);
  const run = simulate(scenario, 4711);
  const record = await recorded(exported({ requests: counts, sizes: run.rows.map(({ inService }) => inService) }));
  t.is(record.begin, begin);
  t.deepEqual(
    record.levels.map(({ count }) => count),
    counts,
  );
  const { figures, crosses } = await judge(record, beganAs(scenario, record), { seed: 1, runs: 40 });
  t.true(crosses);
  t.true(figures.meanError < 0.35, `${figures.meanError}`);
  t.true(figures.coverage >= 0.85, `${figures.coverage}`);
  t.is(figures.most.recorded, figures.most.predicted);
  const { recorded: enough = Number.NaN, predicted } = figures.enough;
  t.true(enough >= (predicted?.low ?? 99) - 1 && enough <= (predicted?.high ?? 0) + 1, `${enough}`);
});

test("a farm that did not grow is off by what it was predicted to grow", async (t) => {
  const scenario = underLoad(counts);
  const record = await recorded(exported({ requests: counts, sizes: counts.map(() => 2), total: counts.map(() => 3) }));
  const { figures } = await judge(record, beganAs(scenario, record), { seed: 1, runs: 10 });
  t.true(figures.meanError > 1);
  t.true(figures.coverage < 0.5);
  t.is(figures.hours.recorded, (3 * counts.length) / 60);
  t.is(figures.enough.recorded, undefined);
  t.is(figures.firstOut.recorded, undefined);
});

test("it begins with as many as there were, and not with other bounds than the plan's", async (t) => {
  const scenario = underLoad(counts);
  const sizes = counts.map(() => 5);
  const group = (over: object) => ({ AutoScalingGroupName: "farm", MinSize: 2, MaxSize: 8, ...over });
  const record = await recorded(exported({ requests: counts, sizes, groups: [group({})] }));
  t.is(beganAs(scenario, record).plan.groups[0]?.desired, 5);
  const other = await recorded(exported({ requests: counts, sizes, groups: [group({ MaxSize: 20 })] }));
  t.throws(() => beganAs(scenario, other), {
    message: /farm has 2 to 8 instances by the plan, and 2 to 20 by the export/,
  });
  const many = await recorded(exported({ requests: counts, sizes: counts.map(() => 12) }));
  t.throws(() => beganAs(scenario, many), {
    message: /2 to 8 instances by the plan, and 12 were recorded: give the settings/,
  });
});

test("minutes without a datapoint count for nothing, a part is taken, and launches tell how long they took", async (t) => {
  const at = (minute: number) => new Date(begin + 60_000 * minute).toISOString();
  const launch = (from: number, minutes: number, StatusCode = "Successful") => ({
    AutoScalingGroupName: "farm",
    Description: "Launching a new EC2 instance: i-1",
    StartTime: at(from),
    EndTime: at(from + minutes),
    StatusCode,
  });
  const activities = [launch(5, 2), launch(1, 3), launch(2, 4), launch(3, 30, "Failed"), launch(-9, 60)];
  const directory = exported({
    requests: [60, undefined, 60, 60, 60, 60, 60],
    sizes: [2, 2, undefined, 2, 2, 2, 2],
    activities,
  });
  const record = await recorded(directory);
  t.deepEqual(record.inService, [2, 2, undefined, 2, 2, 2, 2]);
  t.is(record.launchSeconds, 180);
  t.deepEqual(
    record.activities.map(({ start }) => (start - begin) / 60_000),
    [1, 2, 3, 5],
  );
  t.deepEqual(record.remarks, [
    "Of the load: 1 of 7 periods have no datapoint: nothing came in them, or they were not exported.",
    "In 1 of 7 minutes the recorded size is not known; they count for nothing.",
    "GroupTotalInstances was not exported: recorded instance-hours are of instances in service only.",
  ]);
  const part = await recorded(directory, { from: begin + 3 * 60_000, to: begin + 6 * 60_000 } as never);
  t.is(part.inService.length, 3);
});

test("whose record it is stands with every error", (t) => {
  const of = (account: string) => ({
    group: { name: "x", arn: `arn:aws:autoscaling:us-east-1:${account}:autoScalingGroup:y`, min: 1, max: 2 },
  });
  t.is(againstOf(of("123456789012")), "our own loop, annofarm local, and not AWS");
  t.is(againstOf(of("210987654321")), "a record of account 210987654321");
  t.regex(againstOf({ group: undefined }), /unknown origin/);
});

test("what is missing or strange is told", async (t) => {
  const directory = (files: Readonly<Record<string, object>>) => {
    const place = mkdtempSync(join(root, `${places++}-`));
    for (const [name, document] of Object.entries(files)) writeFileSync(join(place, name), JSON.stringify(document));
    return place;
  };
  const metrics = (...results: readonly object[]) => ({ MetricDataResults: results });
  const load = series("load", "RequestCount Sum 60", [60, 60]);
  const size = series("size", "GroupInServiceInstances Average 60", [2, 2]);
  for (const [files, says] of [
    [{ a: { Instances: [] } }, /a has none of MetricDataResults, Activities and AutoScalingGroups/],
    [{ a: metrics(size) }, /has neither of RequestCount and NumberOfMessagesSent/],
    [{ a: metrics(load, size, series("jobs", "NumberOfMessagesSent Sum 60", [1])) }, /has both of RequestCount/],
    [{ a: metrics(load) }, /has no GroupInServiceInstances/],
    [{ a: metrics(load, { ...size, Timestamps: [], Values: [] }) }, /GroupInServiceInstances has no datapoint/],
    [
      { a: metrics({ ...load, Timestamps: ["2026-11-20T07:00:00Z"], Values: [1] }, size) },
      /RequestCount has no datapoint in the time of/,
    ],
    [
      { a: { Activities: [{ AutoScalingGroupName: "x", StartTime: "soon", StatusCode: "Failed" }] } },
      /Activities\.0\.StartTime: "soon" is not a time/,
    ],
    [
      {
        a: metrics(load, size),
        b: {
          AutoScalingGroups: ["x", "y"].map((AutoScalingGroupName) => ({
            AutoScalingGroupName,
            MinSize: 1,
            MaxSize: 2,
          })),
        },
      },
      /exports of 2 groups, x, y/,
    ],
  ] as const) {
    await t.throwsAsync(recorded(directory(files)), { message: says });
  }
});

test("a run of annofarm local, exported by the script with the AWS CLI, is read", async (t) => {
  const directory = fileURLToPath(new URL("../../data/backtest/recommended", import.meta.url));
  const record = await recorded(directory);
  t.is(record.farm, "web");
  t.is(againstOf(record), "our own loop, annofarm local, and not AWS");
  t.like(record.group, { name: "gas-web--local", min: 2, max: 5 });
  t.is(record.inService[0], 2);
  t.true(Math.max(...record.inService.map((value) => value ?? 0)) > 2, "the class made it grow");
  t.true((record.launchSeconds ?? 0) > 10);
  t.true(record.activities.length > 0);
  t.true(record.levels.reduce((sum, { count }) => sum + count, 0) > 500);
});
