// The recorder against AWS's own APIs, as the emulator answers them.
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribePoliciesCommand,
  PutScalingPolicyCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import test from "ava";
import { measuredOf } from "../../loadtest/measure/measured.ts";
import { type Aws, openAws } from "../../loadtest/measure/record/aws.ts";
import { type Sample, startRecorder } from "../../loadtest/measure/record/recorder.ts";
import type { TimelineLine } from "../../loadtest/measure/timeline.ts";
import type { Emulator } from "../../local/types.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { until } from "../support/until.ts";

let emulator: Emulator;
let aws: Aws;
const begun = Date.UTC(2026, 0, 1, 12);

test.before(async () => {
  emulator = await testEmulator();
  const { endpoint, region, credentials } = clientOptions(emulator);
  aws = openAws({ endpoint, region, credentials: async () => credentials });
  const autoScaling = new AutoScalingClient(clientOptions(emulator));
  const cloudWatch = new CloudWatchClient({ ...clientOptions(emulator), disableRequestCompression: true });
  await autoScaling.send(
    new CreateLaunchConfigurationCommand({ LaunchConfigurationName: "c", ImageId: "ami-1", InstanceType: "t3.micro" }),
  );
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName: "gas-web", LaunchConfigurationName: "c", MinSize: 1, MaxSize: 4 },
      AvailabilityZones: ["us-east-1a"],
    }),
  );
  await autoScaling.send(
    new PutScalingPolicyCommand({
      ...{
        AutoScalingGroupName: "gas-web",
        PolicyName: "out",
        AdjustmentType: "ChangeInCapacity",
        ScalingAdjustment: 1,
      },
    }),
  );
  const { ScalingPolicies: policies } = await autoScaling.send(new DescribePoliciesCommand({}));
  const arn = policies?.[0]?.PolicyARN as string;
  const series = {
    Namespace: "AWS/ApplicationELB",
    MetricName: "RequestCount",
    Dimensions: [{ Name: "LoadBalancer", Value: "app/gas-web/1" }],
  };
  for (const [AlarmName, AlarmActions] of [
    ["gas-web-scale-out", [arn]],
    ["somebody else's", []],
  ] as const) {
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        ...{
          AlarmName,
          AlarmActions: [...AlarmActions],
          ...series,
          Statistic: "Sum",
          Period: 60,
          EvaluationPeriods: 1,
        },
        ...{ Threshold: 200, ComparisonOperator: "GreaterThanThreshold" },
      }),
    );
  }
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: series.Namespace,
      MetricData: [0, 1].map((n) => ({
        ...{ MetricName: series.MetricName, Dimensions: series.Dimensions, Value: 300 + n },
        Timestamp: new Date(begun + 60_000 * n),
      })),
    }),
  );
  autoScaling.destroy();
  cloudWatch.destroy();
});
test.after.always(() => {
  aws?.destroy();
  return emulator?.stop();
});

test.serial("sizes, the states of the group's own alarms, and what they look at", async (t) => {
  const lines: TimelineLine[] = [];
  let now = begun;
  const recorder = await startRecorder({
    aws,
    groups: ["gas-web"],
    now: () => now,
    every: 20,
    write: (line) => void lines.push(line),
  });
  t.teardown(() => recorder.stop());
  t.deepEqual(
    recorder.alarms.map(({ name, group, threshold }) => [name, group, threshold]),
    [["gas-web-scale-out", "gas-web", 200]],
  );
  now = begun + 90_000;
  const cloudWatch = new CloudWatchClient(clientOptions(emulator));
  await cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName: "gas-web-scale-out", StateValue: "ALARM", StateReason: "a test" }),
  );
  cloudWatch.destroy();
  await until("the change is seen", () => recorder.latest().alarms["gas-web-scale-out"] === "ALARM");
  await recorder.stop();
  const before = lines.length;
  await recorder.collect(begun, begun + 180_000);
  t.true(lines.length > before);
  const measured = measuredOf([...lines, { kind: "begun", at: begun }], recorder.alarms);
  t.like(measured.sizes["gas-web"]?.[0], { min: 1, max: 4, desired: 1, inService: 1, instances: 1 });
  t.deepEqual(measured.alarms[0]?.values, [300, 301]);
  t.is(measured.alarms[0]?.states.at(-1), "ALARM");
});

test.serial("a group that is not there is named before any load", async (t) => {
  const options = { aws, groups: ["gas-web", "gas-nobody"], now: () => begun, every: 1000, write: () => {} };
  await t.throwsAsync(startRecorder(options), { message: /has no group gas-nobody: is it the stack that is loaded/ });
});

test.serial("a look that fails is written down, and the next one comes", async (t) => {
  const lines: TimelineLine[] = [];
  const told: boolean[] = [];
  let looks = 0;
  const shaky = {
    ...aws,
    groups: async (names: readonly string[]) => {
      looks++;
      if (looks === 2) throw new Error("throttled");
      return aws.groups(names);
    },
  };
  const recorder = await startRecorder({
    ...{
      aws: shaky,
      groups: ["gas-web"],
      now: () => begun,
      every: 10,
      write: (line: TimelineLine) => void lines.push(line),
      onLook: (sample: Sample | undefined) => void told.push(sample !== undefined),
    },
  });
  t.teardown(() => recorder.stop());
  await until("a third look", () => lines.filter(({ kind }) => kind === "sample").length >= 2);
  await recorder.stop();
  t.deepEqual(
    lines.flatMap((line) => (line.kind === "missed" ? [line.message] : [])),
    ["groups and alarms could not be read: throttled"],
  );
  t.deepEqual(told.slice(0, 2), [false, true]);
});

test.serial("nothing is asked of an endpoint that has died, and what was not seen is known", async (t) => {
  const lines: TimelineLine[] = [];
  const minute = 60_000;
  let now = begun;
  let isDead = false;
  const dying = {
    ...aws,
    groups: async (names: readonly string[]) => {
      if (isDead) throw new Error("connect ECONNREFUSED");
      return aws.groups(names);
    },
    activities: async () => t.fail("it is not asked what it has kept") as never,
  };
  const write = (line: TimelineLine) => void lines.push(line);
  const recorder = await startRecorder({ aws: dying, groups: ["gas-web"], now: () => now, every: 10, write });
  t.teardown(() => recorder.stop());
  now = begun + 3 * minute;
  await until("a look", () => lines.some((line) => line.kind === "sample" && line.at === now));
  isDead = true;
  now = begun + 10 * minute;
  await until("a look that fails", () => lines.some((line) => line.kind === "missed" && line.at === now));
  await recorder.stop();
  await recorder.collect(begun, now);
  const measured = measuredOf([...lines, { kind: "begun", at: begun }], recorder.alarms);
  t.deepEqual(measured.unseen, [{ from: 3, to: 10 }]);
  t.is(measured.minutes, 10);
  t.regex(measured.problems.join("; "), /ECONNREFUSED.*not asked for, since the last look failed/);
});
