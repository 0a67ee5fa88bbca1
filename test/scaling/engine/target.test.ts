// "Target tracking" of the AWS rules, on the engine.
import test from "ava";
import type { EngineState } from "../../../scaling/engine/state.ts";
import { group, scalingOf, tracking } from "../declared.ts";
import { drive, gauge } from "../drive.ts";

const inService = (state: EngineState) =>
  state.groups.farm?.instances.filter(({ phase }) => phase === "InService").length ?? 0;

/** The queues' depths and the group's own metric. */
const metrics = (depths: Record<string, number>) => (state: EngineState) => [
  ...Object.entries(depths).map(([QueueName, depth]) =>
    gauge("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName }, depth),
  ),
  gauge("AWS/AutoScaling", "GroupInServiceInstances", { AutoScalingGroupName: "farm" }, inService(state)),
];

test("scale-out needs 3 of 3 minutes above the target, and then rounds up", (t) => {
  const farm = drive(scalingOf([group(), tracking("backlog", 10)]), { inService: 2, bootSeconds: 10 });
  t.deepEqual(farm.minutes(3, metrics({ jobs: 41 })), [2, 2, 5]);
  t.regex(
    farm.of("desired")[0]?.cause ?? "",
    /TargetTracking-farm-backlog-AlarmHigh in state ALARM triggered policy backlog/,
  );
});

test("scale-in needs 15 of 15 minutes well below it", (t) => {
  const farm = drive(scalingOf([group(), tracking("backlog", 10)]), { inService: 4 });
  const seen = farm.minutes(15, metrics({ jobs: 11 }));
  t.deepEqual(seen, [...Array(14).fill(4), 2]);
});

test("the alarms' shape is a parameter: reports differ", (t) => {
  const plan = scalingOf([group(), tracking("backlog", 10)], { targetTracking: { highPeriods: 1, lowPeriods: 2 } });
  t.deepEqual(drive(plan, { inService: 2 }).minutes(1, metrics({ jobs: 41 })), [5]);
  t.deepEqual(drive(plan, { inService: 4 }).minutes(2, metrics({ jobs: 11 })), [4, 2]);
});

test("between the two alarms nothing happens", (t) => {
  const farm = drive(scalingOf([group(), tracking("backlog", 10)]), { inService: 4 });
  t.deepEqual(new Set(farm.minutes(40, metrics({ jobs: 38 }))), new Set([4]));
});

test("the same breach adds nothing twice while instances warm up", (t) => {
  const farm = drive(scalingOf([group(), tracking("backlog", 10)]), { inService: 2, bootSeconds: 300 });
  t.deepEqual(farm.minutes(6, metrics({ jobs: 41 })), [2, 2, 5, 5, 5, 5]);
});

test("any policy may scale out, all must agree to scale in", (t) => {
  const plan = scalingOf([group(), tracking("jobs", 10), tracking("mails", 10, "mails")]);
  const farm = drive(plan, { inService: 4 });
  farm.minutes(20, metrics({ jobs: 1, mails: 39 }));
  t.is(farm.group().desired, 4, "mails do not agree");
  farm.minutes(3, metrics({ jobs: 1, mails: 61 }));
  t.is(farm.group().desired, 7, "mails alone may scale out");
  farm.minutes(16, metrics({ jobs: 1, mails: 30 }));
  t.is(farm.group().desired, 3, "the one that wants more decides");
});

test("a policy that may not scale in has no say in it", (t) => {
  const plan = scalingOf([group(), tracking("jobs", 10), tracking("mails", 10, "mails", { disableScaleIn: true })]);
  t.is(plan.alarms.length, 3);
  const farm = drive(plan, { inService: 4 });
  farm.minutes(15, metrics({ jobs: 1, mails: 39 }));
  t.is(farm.group().desired, 1);
});

test("INSUFFICIENT_DATA: no action, on neither side", (t) => {
  const farm = drive(scalingOf([group(), tracking("backlog", 10)]), { inService: 4 });
  t.deepEqual(new Set(farm.minutes(30, [])), new Set([4]));
  t.deepEqual(
    Object.values(farm.state().alarms).map(({ state }) => state),
    ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA"],
  );
});

test("at 0 instances the quotient divides by zero: nothing is heard", (t) => {
  const farm = drive(scalingOf([group(), tracking("backlog", 10)]), { inService: 1, bootSeconds: 1e6 });
  farm.send({ kind: "lost", at: 1, instanceId: "i-0" });
  farm.minutes(5, metrics({ jobs: 100 }));
  t.is(farm.state().alarms["TargetTracking-farm-backlog-AlarmHigh"]?.state, "INSUFFICIENT_DATA");
});

test("backlog per instance: in-flight work must count, or the last running jobs are scaled in", (t) => {
  const after = (expression: string) => {
    const series = (id: string, metricName: string) => ({
      id,
      metricStat: {
        metric: { namespace: "AWS/SQS", metricName, dimensions: [{ name: "QueueName", value: "jobs" }] },
        stat: "Average",
      },
      returnData: false,
    });
    const [visible, inService] = ["visible", "inService"].map((name) =>
      (
        tracking("x", 1).inputs.targetTrackingConfiguration as {
          customizedMetricSpecification: { metrics: { id: string }[] };
        }
      ).customizedMetricSpecification.metrics.find(({ id }) => id === name),
    );
    const metricsGiven = [
      visible,
      inService,
      series("inFlight", "ApproximateNumberOfMessagesNotVisible"),
      { id: "q", expression, returnData: true },
    ];
    const plan = scalingOf([
      group(),
      tracking("backlog", 1, "jobs", { customizedMetricSpecification: { metrics: metricsGiven } }),
    ]);
    const farm = drive(plan, { inService: 4 });
    const queue = (name: string, value: number) => gauge("AWS/SQS", name, { QueueName: "jobs" }, value);
    farm.minutes(15, (state) => [
      ...metrics({ jobs: 0 })(state),
      queue("ApproximateNumberOfMessagesNotVisible", 4), // each of the four works on one
    ]);
    return farm.group().desired;
  };
  t.is(after("visible / inService"), 1);
  t.is(after("(visible + inFlight) / inService"), 4);
});

test("careful on scale-in: a reading counts for the farm that it was measured on", (t) => {
  const farm = drive(scalingOf([group(), tracking("backlog", 10)]), { inService: 10 });
  t.is(farm.minutes(15, metrics({ jobs: 39 })).at(-1), 4);
  // 20 jobs want two; but 39, a few minutes ago, wanted four, though they were but 3.9 for each of ten.
  t.is(farm.minutes(13, metrics({ jobs: 20 })).at(-1), 4);
  t.is(farm.minutes(3, metrics({ jobs: 20 })).at(-1), 2);
});
