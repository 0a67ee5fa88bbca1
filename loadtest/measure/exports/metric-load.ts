/** The load that a metric's sums say: requests of a balancer, messages sent to a queue. */
import { broken } from "./errors.ts";
import { type Datapoint, periodOf, type Series } from "./metric-data.ts";
import { checkSpan, isWithin, type Level, type TimeSpan } from "./span.ts";

/** By farm: the metric whose sum is its load. */
export const loadMetric = { web: "RequestCount", annotator: "NumberOfMessagesSent" } as const;

const isOf = (metric: string) => {
  const name = new RegExp(`\\b${metric}\\b`);
  return ({ label, id }: Series) => name.test(label) || id.toLowerCase() === metric.toLowerCase();
};

/** The series of one metric, from however many files. @throws {RangeError} when there is none, or more than one. */
export function seriesOf(all: readonly Series[], metric: string): Series {
  const found = all.filter(isOf(metric));
  const [first] = found;
  if (first === undefined) {
    const labels = all.map(({ label, id }) => label || id).join(", ");
    throw new RangeError(
      `${all[0]?.file ?? "the export"} has no ${metric} (Sum): it has ${labels || "no series at all"}`,
    );
  }
  const other = found.find(({ label, id }) => label !== first.label || id !== first.id);
  if (other !== undefined) {
    throw new RangeError(
      `${metric} stands there twice, as ${first.id} (${first.label}) and ${other.id} (${other.label}): export that of one balancer or queue`,
    );
  }
  const points = found.flatMap((each) => each.points).sort((a, b) => a.time - b.time);
  const twice = points.find(({ time }, index) => time === points[index - 1]?.time);
  if (twice !== undefined) {
    const files = found.map(({ file }) => file).join(" and ");
    throw new RangeError(`${metric} of ${new Date(twice.time).toISOString()} stands in ${files}: give each time once`);
  }
  return { ...first, points };
}

function checkCounts({ file, label, statistic }: Series, points: readonly Datapoint[]): void {
  if (statistic !== undefined && statistic !== "Sum") {
    throw broken(`${file}: ${label}: statistic`, statistic, "Sum, and only sums are a load; export it with Stat=Sum");
  }
  const wrong = points.find(({ value }) => !Number.isInteger(value) || value < 0);
  if (wrong === undefined) return;
  const where = `${file}: ${label} at ${new Date(wrong.time).toISOString()}`;
  throw broken(where, wrong.value, "a whole number from 0 on, as a sum of counts is; export it with Stat=Sum");
}

/** @returns undefined when no datapoint lies in the span. */
export function loadOfSeries(
  series: Series,
  span: TimeSpan,
): { readonly begin: number; readonly levels: readonly Level[]; readonly remarks: readonly string[] } | undefined {
  const { seconds, inferred } = periodOf(series);
  const points = series.points.filter(({ time }) => isWithin(span, time));
  checkCounts(series, points);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const step = seconds * 1000;
  // Bounds of a span that lie within a period leave it out.
  const begin = span.from === undefined ? first.time : first.time - Math.floor((first.time - span.from) / step) * step;
  const end =
    span.to === undefined ? last.time + step : last.time + Math.max(1, Math.ceil((span.to - last.time) / step)) * step;
  checkSpan(begin, end);
  const counts = new Map(points.map(({ time, value }) => [time, value]));
  const levels = Array.from(
    { length: Math.round((end - begin) / step) },
    (_, index): Level => ({
      seconds,
      count: counts.get(begin + index * step) ?? 0,
    }),
  );
  const gaps = levels.length - points.length;
  const remarks = [
    ...(inferred ? [`the label names no period: ${seconds} s is the shortest time between two datapoints`] : []),
    ...(series.statistic === undefined ? ["the label names no statistic: the values are taken for sums"] : []),
    ...(gaps > 0
      ? [`${gaps} of ${levels.length} periods have no datapoint: nothing came in them, or they were not exported`]
      : []),
    ...(points.length > 1 && points.every(({ value }) => value === 1)
      ? ["every value is 1, as an Average of RequestCount is: look whether Stat=Sum was exported"]
      : []),
  ];
  return { begin, levels, remarks };
}
