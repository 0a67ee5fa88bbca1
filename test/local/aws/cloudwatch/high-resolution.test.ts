// Metrics that a program publishes with a StorageResolution of 1: read every ten seconds, and heard by the live loop.
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import test from "ava";
import { createForeignMetrics } from "../../../../local/aws/cloudwatch/foreign-metrics.ts";
import { metricData } from "../../../../local/aws/cloudwatch/statistics.ts";
import { grainOf } from "../../../../scaling/engine/metrics.ts";
import { alarm, group, scalingOf, simple } from "../../../scaling/declared.ts";
import { clientOptions, testEmulator } from "../../../support/emulator.ts";
import { scalerOf } from "../autoscaling/scaler-world.ts";

const watching = { namespace: "Shop", metricName: "Load", dimensions: { Farm: "farm" }, statistic: "Average" };
const out = simple("out", { scalingAdjustment: 1, cooldown: 0 });
const fast = [group(), out, alarm("out", { ...watching, period: 10, threshold: 5 })];
const slow = [group(), out, alarm("out", { ...watching, period: 60, threshold: 5 })];
const tenSeconds = grainOf("ten-seconds");
const load = { MetricName: "Load", Dimensions: [{ Name: "Farm", Value: "farm" }] };

test("the emulator's metrics of ten seconds are read apart from each other", async (t) => {
  const emulator = await testEmulator();
  const client = new CloudWatchClient(clientOptions(emulator));
  const foreign = createForeignMetrics(emulator);
  t.teardown(async () => {
    client.destroy();
    foreign.destroy();
    await emulator.stop();
  });
  const start = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
  const MetricData = [4, 8].map((Value, index) => ({
    ...load,
    Value,
    StorageResolution: 1,
    Timestamp: new Date(start + index * tenSeconds),
  }));
  await client.send(new PutMetricDataCommand({ Namespace: "Shop", MetricData }));

  const measure = foreign.measure(() => scalingOf(fast), tenSeconds);
  const starts = [start, start + tenSeconds];
  const series = await measure(starts);
  t.deepEqual(
    starts.map((each) => metricData(series, each).map(({ name, sum }) => [name, sum])),
    [[["Load", 4]], [["Load", 8]]],
  );
  t.deepEqual(
    await foreign.measure(() => scalingOf(slow), tenSeconds)(starts),
    [],
    "a minute's alarm asks once a minute",
  );
});

test("the live loop acts on an alarm of ten seconds within them", async (t) => {
  const { scaler, done, errors, tenSeconds: pass } = await scalerOf(fast);
  await pass("Shop", { ...load, Value: 4 });
  t.deepEqual(done, ["out is OK"]);
  await pass("Shop", { ...load, Value: 9 });
  t.deepEqual(done, ["out is OK", "out is ALARM", "farm to 2"]);
  t.deepEqual(errors, []);
  await scaler.stop();
});

test("ten seconds mean nothing to a plan whose alarms have minutes", async (t) => {
  const { scaler, done, tenSeconds: pass } = await scalerOf(slow);
  await pass("Shop", { ...load, Value: 9 });
  t.deepEqual(done, []);
  await scaler.stop();
});
