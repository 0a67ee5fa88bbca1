/** Metrics that a program's alarms look at and that nothing here measures: whoever puts them into CloudWatch is heard. */
import { CloudWatchClient, GetMetricStatisticsCommand, type MetricDatum } from "@aws-sdk/client-cloudwatch";
import { alarmGrain, type Grain } from "../../../scaling/engine/metrics.ts";
import type { MetricSource, ScalingPlan } from "../../../scaling/scaling-plan.ts";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";
import type { LogFilter } from "./log-filter.ts";
import type { Measure } from "./minutes.ts";

/** Measured by the balancer, the gateway and the groups; beside them there is what filters make of logs. */
const measured = new Set([
  "AWS/ApplicationELB",
  "AWS/AutoScaling",
  "AWS/CertificateManager",
  "AWS/S3",
  "AWS/SNS",
  "AWS/SQS",
]);

/** Each series once, of alarms that are evaluated as often. */
function foreignSources(
  { alarms }: Pick<ScalingPlan, "alarms">,
  grain: Grain,
  filters: readonly Pick<LogFilter, "namespace" | "metric">[] = [],
): MetricSource[] {
  const filtered = ({ namespace, name }: MetricSource) =>
    filters.some((filter) => filter.namespace === namespace && filter.metric === name);
  const looking = alarms.filter((alarm) => alarmGrain(alarm) === grain);
  const sources = looking.flatMap(({ reading }) => Object.values(reading.sources));
  const byName = sources
    .filter((source) => !measured.has(source.namespace) && !filtered(source))
    .map((source) => [JSON.stringify([source.namespace, source.name, source.dimensions]), source] as const);
  return [...new Map(byName).values()];
}

/** Reads the minutes, or what is shorter, as they stand in the emulator when they end. Whatever comes later is too late for this machine's alarms. */
export function createForeignMetrics(emulator: Pick<Emulator, "endpoint" | "region">) {
  const client = new CloudWatchClient(administrator(emulator));

  async function read(source: MetricSource, starts: readonly number[], grain: Grain): Promise<MetricDatum[]> {
    const Dimensions = Object.entries(source.dimensions).map(([Name, Value]) => ({ Name, Value }));
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: source.namespace,
        MetricName: source.name,
        Dimensions,
        StartTime: new Date(starts[0] ?? 0),
        EndTime: new Date((starts.at(-1) ?? 0) + grain),
        Period: grain / 1000,
        Statistics: ["Sum", "SampleCount", "Minimum", "Maximum"],
      }),
    );
    return Datapoints.flatMap(({ Timestamp, Sum, SampleCount, Minimum, Maximum }) => ({
      MetricName: source.name,
      Dimensions,
      // The emulator gives the time of the period's first sample; CloudWatch the period's begin.
      Timestamp: new Date(Math.floor((Timestamp?.getTime() ?? 0) / grain) * grain),
      StatisticValues: { Sum, SampleCount, Minimum, Maximum },
    }));
  }

  return {
    measure:
      (
        plan: () => Pick<ScalingPlan, "alarms"> | undefined,
        grain: Grain,
        filters: () => readonly LogFilter[] = () => [],
      ): Measure =>
      (starts) =>
        Promise.all(
          foreignSources(plan() ?? { alarms: [] }, grain, filters()).map(async (source) => ({
            namespace: source.namespace,
            data: await read(source, starts, grain),
          })),
        ),
    destroy: () => client.destroy(),
  };
}
