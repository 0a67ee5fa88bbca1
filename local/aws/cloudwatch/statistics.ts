/** Data as they are put into CloudWatch, as the statistics of a minute that the scaling engine takes. */
import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Samples } from "../../../runtime/contract/statistic.ts";
import type { MetricData } from "../../../scaling/engine/events.ts";
import type { MetricSeries } from "./minutes.ts";

const dimensionsOf = (dimensions: readonly Dimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name = "", Value = "" }) => [Name, Value]));

function statisticsOf({ Value, Values = [], Counts, StatisticValues: set }: MetricDatum): Samples {
  if (set !== undefined) {
    const { Sum: sum = 0, SampleCount: count = 0, Minimum: minimum = 0, Maximum: maximum = 0 } = set;
    return { sum, count, minimum, maximum };
  }
  const values = Value === undefined ? Values : [Value];
  const counts = values.map((_, index) => Counts?.[index] ?? 1);
  return {
    sum: values.reduce((sum, value, index) => sum + value * (counts[index] ?? 1), 0),
    count: counts.reduce((sum, count) => sum + count, 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    values: values.map((value, index) => ({ value, count: counts[index] ?? 1 })),
  };
}

/** What there is of the minute that began at `start`; data without a value are left out. */
export function metricData(series: readonly MetricSeries[], start: number): MetricData[] {
  return series.flatMap(({ namespace, data }) =>
    data
      .filter(({ Timestamp }) => Timestamp?.getTime() === start)
      .filter(({ Value, Values, StatisticValues }) => (Value ?? Values?.[0] ?? StatisticValues) !== undefined)
      .map((datum) => ({
        namespace,
        name: datum.MetricName ?? "",
        dimensions: dimensionsOf(datum.Dimensions),
        ...statisticsOf(datum),
      })),
  );
}
