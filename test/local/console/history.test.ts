import test from "ava";
import { datum } from "../../../local/aws/cloudwatch/datum.ts";
import type { MetricSeries } from "../../../local/aws/cloudwatch/minutes.ts";
import { metricData } from "../../../local/aws/cloudwatch/statistics.ts";
import { createHistory, queuesOf } from "../../../local/console/history.ts";
import { step } from "../../../scaling/engine/engine.ts";
import { startState } from "../../../scaling/engine/state.ts";
import { alarm, group, scalingOf, simple, tracking } from "../../scaling/declared.ts";

const minute = 60_000;
const begin = Date.UTC(2026, 0, 5, 12);
const balancer = { LoadBalancer: "app/farm/1", TargetGroup: "targetgroup/farm/1" };

/** A minute's data as balancer and gateway measure them. */
function measured(start: number, requests: number, waiting: number): MetricSeries[] {
  const count = (name: string, value: number, dimensions: Record<string, string>) =>
    datum(name, value, "Count", dimensions, start);
  const times = { ...count("TargetResponseTime", 0, balancer), Value: undefined, Values: [0.1, 2], Counts: [18, 2] };
  const answered = requests === 0 ? [] : [count("RequestCount", requests, balancer), times];
  const queue = { QueueName: "jobs" };
  return [
    { namespace: "AWS/ApplicationELB", data: answered },
    {
      namespace: "AWS/SQS",
      data: [
        count("ApproximateNumberOfMessagesVisible", waiting, queue),
        count("ApproximateNumberOfMessagesNotVisible", 1, queue),
      ],
    },
    { namespace: "AWS/AutoScaling", data: [count("GroupInServiceInstances", 2, { AutoScalingGroupName: "farm" })] },
  ];
}

/** An engine and a history that is told after it. */
function world() {
  const plan = scalingOf([
    group({ minSize: 2, maxSize: 4 }),
    simple("out", { scalingAdjustment: 1 }),
    alarm("out", { threshold: 100 }),
    tracking("backlog", 5),
    alarm("dead-letters", {
      alarmActions: [],
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "dead" },
    }),
  ]);
  const instances = ["i-1", "i-2"].map((id) => ({ group: "farm", id }));
  let state = startState(plan, { at: begin, seed: 1, instances });
  const history = createHistory({ seen: () => ({ plan, state }), balanced: ["farm"] });
  return {
    plan,
    history,
    async tell(starts: readonly number[], series: readonly MetricSeries[]) {
      for (const start of starts) {
        state = step(plan, state, { kind: "minute", at: start + minute, data: metricData(series, start) }).state;
      }
      await history.minutes({ starts, series });
    },
  };
}

test("a minute's requests, latencies, queue and sizes, and what the alarms made of them", async (t) => {
  const { history, tell } = world();
  await tell([begin], measured(begin, 40, 12));
  await tell([begin + minute], measured(begin + minute, 0, 0));
  await tell([begin + 2 * minute], measured(begin + 2 * minute, 150, 6));
  const { minutes, groups, alarms } = history.view();
  t.deepEqual(minutes, [begin, begin + minute, begin + 2 * minute]);
  t.deepEqual(groups, [
    {
      name: "farm",
      min: [2, 2, 2],
      max: [4, 4, 4],
      desired: [2, 2, 3],
      inService: [2, 2, 2],
      web: { requests: [40, 0, 150], p50: [0.1, null, 0.1], p95: [2, null, 2] },
      queues: [{ name: "jobs", visible: [12, 0, 6], inFlight: [1, 1, 1] }],
    },
  ]);
  const [out, ...others] = alarms;
  t.deepEqual(out, {
    name: "out",
    group: "farm",
    scales: "out",
    metric: "RequestCount, Sum",
    sign: ">",
    threshold: 100,
    values: [40, null, 150],
    states: ["OK", "OK", "ALARM"],
  });
  const backlog = others.find(({ metric }) => metric === "(visible / inService)");
  t.deepEqual(backlog?.values, [6, 0, 3], "metric math as the alarm has it");
  t.false("group" in (others.find(({ name }) => name === "dead-letters") ?? { group: "" }));
});

test("minutes that come together have the state of before until the alarm changed", async (t) => {
  const { history, tell } = world();
  await tell([begin], measured(begin, 40, 0));
  const starts = [begin + minute, begin + 2 * minute];
  await tell(
    starts,
    starts.flatMap((start, index) => measured(start, [50, 150][index] ?? 0, 0)),
  );
  t.deepEqual(history.view().alarms[0]?.values, [40, 50, 150]);
  t.deepEqual(history.view().alarms[0]?.states, ["OK", "OK", "ALARM"]);
});

test("an hour is kept", async (t) => {
  const { history, tell } = world();
  for (let n = 0; n < 70; n++) await tell([begin + n * minute], measured(begin + n * minute, n, 0));
  const { minutes, groups } = history.view();
  t.is(minutes.length, 60);
  t.is(minutes[0], begin + 10 * minute);
  t.deepEqual(groups[0]?.web?.requests.slice(0, 2), [10, 11]);
});

test("before there is an engine there is nothing to show", async (t) => {
  const history = createHistory({ seen: () => undefined, balanced: [] });
  await history.minutes({ starts: [begin], series: measured(begin, 1, 1) });
  t.deepEqual(history.view(), { minutes: [], groups: [], alarms: [] });
});

test("a group's queues are those that its alarms look at", (t) => {
  const { plan } = world();
  t.deepEqual(queuesOf(plan, "farm"), ["jobs"]);
  t.deepEqual(queuesOf(plan, "other"), []);
});
