/** Metric filters of CloudWatch Logs, as far as they are played here: lines of JSON in which a property is a text. */
import type { StandardUnit } from "@aws-sdk/client-cloudwatch";

export interface LogFilterInputs extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly logGroupName: string;
  readonly pattern: string;
  readonly metricTransformation: Readonly<Record<string, unknown>>;
}

export interface LogFilter {
  readonly logGroup: string;
  readonly namespace: string;
  readonly metric: string;
  readonly unit: StandardUnit;
  /** Of the metric, for each line that matches. */
  readonly value: number;
  matches(line: string): boolean;
}

/** `{ $.err.name = "DeniedError" }` */
const equality = /^\{\s*\$((?:\.\w+)+)\s*=\s*"([^"\\*%]*)"\s*\}$/;

function propertyOf(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined),
    value,
  );
}

/** @throws {Error} naming what of a filter is not played here. */
export function readLogFilter({ logGroupName, pattern, metricTransformation }: LogFilterInputs): LogFilter {
  const [, path, text] = equality.exec(pattern) ?? [];
  if (path === undefined)
    throw new Error(`the filter pattern ${pattern} is not played here; give { $.property = "text" }`);
  const { namespace, name, value, unit = "None", ...others } = metricTransformation;
  const [other] = Object.entries(others).find(([, each]) => each !== undefined && each !== null) ?? [];
  if (other !== undefined) throw new Error(`metricTransformation.${other} is not played here; leave it out`);
  const each = Number(value);
  if (value === "" || !Number.isFinite(each)) {
    throw new Error(`metricTransformation.value ${value} is not played here; give a number such as 1`);
  }
  const keys = path.slice(1).split(".");
  return {
    logGroup: logGroupName,
    namespace: String(namespace),
    metric: String(name),
    unit: unit as StandardUnit,
    value: each,
    matches(line) {
      try {
        return propertyOf(JSON.parse(line), keys) === text;
      } catch {
        return false; // no JSON: as on AWS, the pattern does not match
      }
    },
  };
}
