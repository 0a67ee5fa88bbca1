// From requests to processes and back: balancer, metrics, alarms, policies, groups, all as they run.
import { AutoScalingClient, SetInstanceProtectionCommand } from "@aws-sdk/client-auto-scaling";
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import test, { type ExecutionContext } from "ava";
import { createClosers } from "../../../../local/run/closers.ts";
import { startLoop } from "../../../../local/run/loop.ts";
import type { Emulator } from "../../../../local/types.ts";
import type { Plan, PlannedResource } from "../../../../plan/types.ts";
import { alarm, below, group, type Inputs, simple, tracking } from "../../../scaling/declared.ts";
import { clientOptions, testEmulator } from "../../../support/emulator.ts";
import { type RunningFarm, runFarm } from "../../../support/running-farm.ts";
import { startLoad } from "../../../support/steady-load.ts";
import { until } from "../../../support/until.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

const log = { debug() {}, info() {}, warn() {}, error() {} };

async function loopOn(t: ExecutionContext, farm: RunningFarm, resources: readonly PlannedResource[]) {
  const closers = createClosers();
  t.teardown(async () => {
    await closers.close();
    await farm.stop();
  });
  const problems: string[] = [];
  const context = {
    closers,
    clock: farm.clock,
    log,
    problem: (text: string, error: unknown) => void problems.push(`${text}: ${error}`),
  } as unknown as Parameters<typeof startLoop>[0];
  const surroundings = { emulator, gateway: farm.gateway, plan: { resources } as unknown as Plan };
  const loop = await startLoop(context, surroundings, farm);
  return { loop, problems };
}

/** What Pulumi would have put into the emulator for a declared alarm. */
async function declareAlarm({ name, inputs }: PlannedResource): Promise<void> {
  const given = inputs as Inputs & { threshold: number; comparisonOperator: "GreaterThanThreshold" };
  await new CloudWatchClient(clientOptions(emulator)).send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: "AWS/ApplicationELB",
      MetricName: "RequestCount",
      EvaluationPeriods: 1,
      Period: 60,
      Statistic: "Sum",
      Threshold: given.threshold,
      ComparisonOperator: given.comparisonOperator,
    }),
  );
}

test.serial("a farm grows under load, and shrinks when it is over, but never by a protected instance", async (t) => {
  const farm = await runFarm(emulator, { name: "farm", size: 1, sizeMax: 3, launchHookHeartbeatSeconds: 7_200 });
  await farm.groups.setBounds("farm", { min: 1, max: 3 });
  const dimensions = { LoadBalancer: farm.balancer.declaration.loadBalancer };
  const alarms = [
    alarm("out", { dimensions, threshold: 10, treatMissingData: "notBreaching" }),
    below("in", { dimensions, threshold: 5, treatMissingData: "breaching" }),
  ];
  for (const each of alarms) await declareAlarm(each);
  const { loop, problems } = await loopOn(t, farm, [
    group({ maxSize: 3 }),
    simple("out", { scalingAdjustment: 1, cooldown: 60 }),
    simple("in", { scalingAdjustment: -1, cooldown: 60 }),
    ...alarms,
  ]);
  const desired = () => loop.scaler.state().groups.farm?.desired;
  let desiredOnceSet: number | undefined;
  farm.gateway.attach({
    alarmHistory: loop.alarmHistory,
    async setAlarm(...set) {
      await loop.scaler.setAlarm(...set);
      desiredOnceSet = desired();
    },
  });
  const [first = ""] = await farm.untilHealthy(1);
  const direct = clientOptions(emulator);
  await new AutoScalingClient(direct).send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: "farm",
      InstanceIds: [first],
      ProtectedFromScaleIn: true,
    }),
  );
  const load = startLoad([farm.balancer.url]);
  await farm.untilHealthy(3);
  await load.stop();
  t.deepEqual(load.failed(), []);

  t.deepEqual(await farm.untilHealthy(1), [first]);

  const causes = farm.groups.activities("farm").map(({ cause }) => cause.replace(/At \S+ /g, ""));
  t.true(
    causes.includes(
      "a monitor alarm out in state ALARM triggered policy out changing the desired capacity from 1 to 2.  " +
        "an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.",
    ),
    causes.join("\n"),
  );
  t.true(
    causes.some((cause) =>
      /triggered policy in changing the desired capacity from 3 to 2\. {2}an instance was taken out of service .*shrinking the capacity from 3 to 2\. {2}instance i-\w+ was selected for termination\.$/.test(
        cause,
      ),
    ),
    causes.join("\n"),
  );

  const { endpoint, administrator: credentials } = farm.gateway;
  const cloudwatch = new CloudWatchClient({ region: emulator.region, endpoint, credentials });
  const { MetricAlarms: states = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ["in", "out"] }));
  t.deepEqual(states.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]).sort(), [
    ["in", "ALARM"],
    ["out", "OK"],
  ]);
  const { AlarmHistoryItems: items = [] } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: "out", ScanBy: "TimestampAscending" }),
  );
  const summaries = items.map(({ HistorySummary }) => HistorySummary ?? "");
  t.true(
    summaries.some((summary) => /^Alarm updated from \w+ to ALARM$/.test(summary)),
    JSON.stringify(items),
  );
  t.deepEqual(
    summaries.filter((summary) => summary.startsWith("Successfully")),
    [1, 2].map((from) => `Successfully executed action out of farm: ${from} to ${from + 1}`),
    "two steps, and no third beyond the maximum",
  );
  t.true(items.every(({ Timestamp }) => Timestamp !== undefined && Timestamp.getTime() <= farm.clock.now()));
  const { Datapoints: sizes = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/ApplicationELB",
      MetricName: "RequestCount",
      Dimensions: [{ Name: "LoadBalancer", Value: dimensions.LoadBalancer }],
      StartTime: new Date(0),
      EndTime: new Date(farm.clock.now()),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  t.true(sizes.some(({ Sum = 0 }) => Sum > 10));

  await until("the cooldown is over", () => {
    const { pace, cooldownUntil = 0 } = loop.scaler.state().groups.farm ?? {};
    return pace === undefined && farm.clock.now() > cooldownUntil;
  });
  const inService = () => farm.events.filter(({ kind }) => kind === "in-service").length;
  const before = inService();
  const set = { AlarmName: "out", StateValue: "ALARM", StateReason: "somebody looks what happens" } as const;
  await cloudwatch.send(new SetAlarmStateCommand(set));
  // Noted when it has acted: on a busy machine the next evaluation may come sooner than the answer.
  t.is(desiredOnceSet, 2, "a state that is set by hand acts before the call is answered");
  await until("another instance is in service", () => inService() > before);
  t.deepEqual(await farm.untilHealthy(1), [first], "and the next evaluations have their own opinion");
  t.deepEqual(problems, []);
  t.deepEqual(farm.errors, []);
  t.is(desired(), 1);
});

test.serial("alarms of target tracking stand in CloudWatch, and go with another declaration", async (t) => {
  const farm = await runFarm(emulator, { name: "tracked", size: 1 });
  const named = { autoscalingGroupName: "tracked" };
  const tracked = tracking("near", 2);
  const { loop, problems } = await loopOn(t, farm, [
    group({ maxSize: 2 }, "tracked"),
    { ...tracked, inputs: { ...tracked.inputs, ...named } },
  ]);
  const names = async () => {
    const found = await new CloudWatchClient(clientOptions(emulator)).send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: "TargetTracking-tracked" }),
    );
    return (found.MetricAlarms ?? []).map(({ AlarmName, Metrics }) => [AlarmName, Metrics?.at(-1)?.Expression]).sort();
  };
  t.deepEqual(await names(), [
    ["TargetTracking-tracked-near-AlarmHigh", "(visible / inService)"],
    ["TargetTracking-tracked-near-AlarmLow", "(visible / inService)"],
  ]);
  await loop.replan({ resources: [group({ maxSize: 2 }, "tracked")] } as unknown as Plan);
  t.deepEqual(await names(), []);
  await loop.replan({ resources: [group({ minSize: 3, maxSize: 2 }, "tracked")] } as unknown as Plan);
  t.is(problems.length, 1);
  t.regex(problems[0] ?? "", /scaling policies do not act: .*minSize/s);
  await until("it is healthy", () => farm.balancer.targets().some(({ health }) => health === "healthy"));
});
