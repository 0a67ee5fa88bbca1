/** What was recorded of a group: its load, how many instances it had in each minute, and what it did. */
import { periodOf, type Series } from "../exports/metric-data.ts";
import { loadMetric, loadOfSeries, seriesOf } from "../exports/metric-load.ts";
import { checkSpan, isWithin, type Level, type TimeSpan } from "../exports/span.ts";
import type { Documents, ExportedActivity, ExportedGroup } from "./documents.ts";

export interface BacktestRecord {
  readonly farm: "web" | "annotator";
  /** As far as the exports name it. */
  readonly group: ExportedGroup | undefined;
  /** First minute, epoch milliseconds. */
  readonly begin: number;
  readonly levels: readonly Level[];
  /** By minute; `undefined`: no datapoint. */
  readonly inService: readonly (number | undefined)[];
  /** Instances of all states, which are paid for. */
  readonly total: readonly (number | undefined)[];
  /** Those that began within the record, oldest first. */
  readonly activities: readonly ExportedActivity[];
  /** Median time from a launch's begin to its end, seconds; `undefined`: none succeeded. */
  readonly launchSeconds: number | undefined;
  readonly remarks: readonly string[];
}

const minute = 60_000;

/** By minute; a value of a longer period stands for each of its minutes. */
function byMinute(series: Series, begin: number, minutes: number): (number | undefined)[] {
  const each = Math.max(1, Math.round(periodOf(series).seconds / 60));
  const values = new Array<number | undefined>(minutes).fill(undefined);
  for (const { time, value } of series.points) {
    const first = Math.floor((time - begin) / minute);
    for (let index = Math.max(0, first); index < Math.min(minutes, first + each); index++) values[index] = value;
  }
  return values;
}

const has = (series: readonly Series[], metric: string) =>
  series.some(({ label }) => label.split(/\s+/).includes(metric));

function farmOf({ series }: Documents, directory: string): "web" | "annotator" {
  const farms = (["web", "annotator"] as const).filter((farm) => has(series, loadMetric[farm]));
  if (farms.length === 1) return farms[0] as "web" | "annotator";
  const found = farms.length === 0 ? "neither" : "both";
  throw new RangeError(
    `${directory} has ${found} of ${loadMetric.web} and ${loadMetric.annotator} (Sum): one of them is the load; annofarm backtest --how exports it`,
  );
}

const sizeMetric = "GroupInServiceInstances";

function sizesOf({ series }: Documents, directory: string): Series {
  if (has(series, sizeMetric)) return seriesOf(series, sizeMetric);
  throw new RangeError(
    `${directory} has no ${sizeMetric}, so the recorded sizes are not known: annofarm backtest --how exports it, of a group that collects its metrics`,
  );
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const launchForm = /^Launching/;

function launchSecondsOf(activities: readonly ExportedActivity[]): number | undefined {
  const launches = activities.filter(
    ({ description, status }) => launchForm.test(description) && status === "Successful",
  );
  return median(launches.flatMap(({ start, end }) => (end === undefined ? [] : [(end - start) / 1000])));
}

function groupOf({ groups, activities }: Documents, directory: string): ExportedGroup | undefined {
  const names = new Set([...groups.map(({ name }) => name), ...activities.map(({ group }) => group)]);
  if (names.size > 1)
    throw new RangeError(
      `${directory} has exports of ${names.size} groups, ${[...names].join(", ")}: give each a directory`,
    );
  return groups[0];
}

/** @throws {RangeError} when something is missing that nothing else says. */
export function recordOf(documents: Documents, directory: string, span: TimeSpan): BacktestRecord {
  const farm = farmOf(documents, directory);
  const group = groupOf(documents, directory);
  const sizes = sizesOf(documents, directory);
  const within = sizes.points.filter(({ time }) => isWithin(span, time));
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined) {
    throw new RangeError(
      `${directory}: ${sizeMetric} has no datapoint${span.from === undefined && span.to === undefined ? "" : " in that time"}; export another time, or choose one`,
    );
  }
  const begin = Math.floor(first.time / minute) * minute;
  const end = Math.floor(last.time / minute) * minute + periodOf(sizes).seconds * 1000;
  checkSpan(begin, end);
  const load = loadOfSeries(seriesOf(documents.series, loadMetric[farm]), { from: begin, to: end });
  if (load === undefined || load.levels.every(({ count }) => count === 0)) {
    throw new RangeError(
      `${directory}: ${loadMetric[farm]} has no datapoint in the time of ${sizeMetric}; export both of the same time`,
    );
  }
  const minutes = Math.round((end - begin) / minute);
  const inService = byMinute(sizes, begin, minutes);
  const hasTotal = has(documents.series, "GroupTotalInstances");
  const total = hasTotal ? byMinute(seriesOf(documents.series, "GroupTotalInstances"), begin, minutes) : inService;
  const activities = documents.activities.filter(({ start }) => start >= begin && start < end);
  const unknown = inService.filter((value) => value === undefined).length;
  return {
    farm,
    group,
    begin,
    levels: load.levels,
    inService,
    total,
    activities,
    launchSeconds: launchSecondsOf(activities),
    remarks: [
      ...load.remarks.map((each) => `Of the load: ${each}.`),
      ...(unknown > 0
        ? [`In ${unknown} of ${minutes} minutes the recorded size is not known; they count for nothing.`]
        : []),
      ...(hasTotal
        ? []
        : ["GroupTotalInstances was not exported: recorded instance-hours are of instances in service only."]),
      ...(documents.activities.length > 0
        ? []
        : ["No scaling activities were exported: nothing says how long launches took."]),
    ],
  };
}
