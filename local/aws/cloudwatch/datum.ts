/** Data of one value each. */
import type { MetricDatum, StandardUnit } from "@aws-sdk/client-cloudwatch";

/** @param start begin of the minute, epoch milliseconds. */
export function datum(
  name: string,
  value: number,
  unit: StandardUnit,
  dimensions: Readonly<Record<string, string>>,
  start: number,
): MetricDatum {
  return {
    MetricName: name,
    Value: value,
    Unit: unit,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(start),
  };
}

/** Counts by metric. */
export function counts(
  values: Readonly<Record<string, number>>,
  dimensions: Readonly<Record<string, string>>,
  start: number,
): MetricDatum[] {
  return Object.entries(values).map(([name, value]) => datum(name, value, "Count", dimensions, start));
}
