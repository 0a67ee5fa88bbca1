/** What `aws cloudwatch get-metric-data` prints: series of datapoints, in either order, perhaps with gaps. */
import * as z from "zod";
import { broken, shown } from "./errors.ts";

/** Seconds since 1970 are what older versions of the command print. */
const instant = z.union([z.string(), z.number()]).transform((given, context) => {
  const time = typeof given === "number" ? given * 1000 : Date.parse(given);
  if (Number.isFinite(time)) return time;
  const message = `${shown(given)} is not a time such as 2026-11-20T09:00:00+00:00`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const documentSchema = z.looseObject({
  MetricDataResults: z.array(
    z.looseObject({
      Id: z.string(),
      Label: z.string().default(""),
      Timestamps: z.array(instant),
      Values: z.array(z.number()),
      StatusCode: z.string().optional(),
      Messages: z.array(z.looseObject({ Value: z.string().optional() })).optional(),
    }),
  ),
  NextToken: z.string().nullish(),
});

export interface Datapoint {
  /** Begin of its period, epoch milliseconds. */
  readonly time: number;
  readonly value: number;
}

export interface Series {
  readonly file: string;
  readonly id: string;
  readonly label: string;
  /** Of the label; `undefined`: it does not say. */
  readonly statistic: string | undefined;
  readonly labelPeriod: number | undefined;
  /** Ascending. */
  readonly points: readonly Datapoint[];
}

const statistics = ["Sum", "Average", "Minimum", "Maximum", "SampleCount"] as const;

/** `RequestCount Sum 60` says what the rest of the answer does not: statistic and period. */
function labelOf(label: string): Pick<Series, "statistic" | "labelPeriod"> {
  const words = label.split(/\s+/);
  const period = words.findLast((word) => /^\d+$/.test(word));
  return {
    statistic: statistics.find((name) => words.includes(name)),
    labelPeriod: period === undefined ? undefined : Number(period),
  };
}

/** @throws {RangeError} when they go neither up nor down. */
function inOrder(where: string, points: readonly Datapoint[]): readonly Datapoint[] {
  const [first, second] = points;
  if (first === undefined || second === undefined) return points;
  const falls = second.time < first.time;
  const ascending = falls ? [...points].reverse() : points;
  ascending.forEach(({ time }, index) => {
    const before = ascending[index - 1];
    if (before === undefined || time > before.time) return;
    const [a, b] = [new Date(before.time).toISOString(), new Date(time).toISOString()];
    const why = time === before.time ? "stands there twice" : `stands beside ${a}, out of order`;
    throw new RangeError(
      `${where}.Timestamps: ${b} ${why}; expected one datapoint a period, in ascending or descending order`,
    );
  });
  return ascending;
}

/** @throws {RangeError} naming file and property. */
export function parseMetricData(file: string, document: unknown): Series[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RangeError(
      `${file}: ${issue?.path.join(".") || "it"}: ${issue?.message}; expected what aws cloudwatch get-metric-data prints`,
    );
  }
  if (parsed.data.NextToken) {
    throw new RangeError(
      `${file} is a part of an answer (it has a NextToken): export it again without --max-items or --no-paginate`,
    );
  }
  const pages = new Map<string, Series>();
  parsed.data.MetricDataResults.forEach(
    ({ Id: id, Label: label, Timestamps: times, Values: values, ...result }, index) => {
      const where = `${file}: MetricDataResults[${index}]`;
      const { StatusCode: status = "Complete", Messages: messages = [] } = result;
      if (status !== "Complete" && status !== "PartialData") {
        const why = messages.flatMap(({ Value: text }) => text ?? []).join("; ");
        throw new RangeError(
          `${where} (${label || id}) has no data: ${status}${why === "" ? "" : `, ${why}`}; export it again`,
        );
      }
      if (times.length !== values.length) {
        throw broken(`${where}.Values`, values.length, `as many values as there are timestamps, ${times.length}`);
      }
      const points = inOrder(
        where,
        times.map((time, n): Datapoint => ({ time, value: values[n] as number })),
      );
      const before = pages.get(id);
      // The command prints the pages of a long answer one after the other, each as a result of its own.
      const all = before === undefined ? points : [...before.points, ...points].sort((a, b) => a.time - b.time);
      pages.set(id, { file, id, label, ...labelOf(label), points: inOrder(where, all) });
    },
  );
  return [...pages.values()];
}

const periods = [1, 5, 10, 20, 30] as const;
const isPeriod = (seconds: number) =>
  (periods as readonly number[]).includes(seconds) || (seconds >= 60 && seconds % 60 === 0);

/**
 * Seconds of a period: what the label says, or else the shortest time between two datapoints.
 *
 * @throws {RangeError} when datapoints do not fit it.
 */
export function periodOf({ file, label, labelPeriod, points }: Series): {
  readonly seconds: number;
  readonly inferred: boolean;
} {
  const name = `${file}: ${label}`;
  const gaps = points.slice(1).map(({ time }, index) => (time - (points[index] as Datapoint).time) / 1000);
  const seconds = labelPeriod ?? Math.min(...gaps);
  if (!Number.isFinite(seconds)) {
    throw new RangeError(
      `${name} has ${points.length} datapoints, and no period can be told from them: put it into the label, such as "Label": "RequestCount Sum 60"`,
    );
  }
  if (!isPeriod(seconds))
    throw broken(`${name}: period`, `${seconds} s`, "a period of CloudWatch's: 60 s or a multiple of it");
  const wrong = gaps.findIndex((gap) => gap % seconds !== 0);
  if (wrong === -1) return { seconds, inferred: labelPeriod === undefined };
  const [a, b] = points.slice(wrong, wrong + 2).map(({ time }) => new Date(time).toISOString());
  throw new RangeError(
    `${name} has mixed periods: ${a} and ${b} are ${gaps[wrong]} s apart, which is no multiple of ${seconds} s; export each period by itself`,
  );
}
