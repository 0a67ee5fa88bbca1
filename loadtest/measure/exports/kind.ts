/** What a file is, by how it begins: names say nothing. */
import { albTypes } from "./alb.ts";
import { shown } from "./errors.ts";
import { k6CsvHead } from "./k6.ts";

export const kindNames = {
  alb: "an access log of an Application Load Balancer",
  cloudwatch: "metrics of CloudWatch",
  "k6-json": "points of k6 as JSON",
  "k6-csv": "points of k6 as CSV",
} as const;
export type Kind = keyof typeof kindNames;

const k6Json = /^\s*\{[^\n]*"type"\s*:\s*"(Metric|Point)"/;

/** What is easily taken for one of them. */
const lookalikes: readonly (readonly [RegExp, string])[] = [
  [/^\s*\{\s*"(Datapoints|Label)"/, "it is get-metric-statistics' answer; export with get-metric-data"],
  [/^\s*\{\s*"Activities"/, "these are scaling activities; annofarm backtest reads them"],
  [/^\d{4}-\d{2}-\d{2}T\S+ \S+ \S+:\d+ /, "it looks like a Classic Load Balancer's log, which counts by other fields"],
  [/^#Version/, "it looks like a log of CloudFront"],
  [/^(tls|tcp) \d/, "it looks like a Network Load Balancer's log, which counts connections"],
  [/^\s*\{\s*"(root_group|metrics|state)"/, "it is k6's summary, which has no times; run k6 with --out json=FILE"],
];

/** @param head the file's first characters, a whole line at least. @throws {RangeError} when it is nothing that is read. */
export function kindOf(file: string, head: string): Kind {
  const start = head.replace(/^\uFEFF/, "").trimStart();
  if (start === "") throw new RangeError(`${file} is empty; expected ${expected}`);
  if (k6Json.test(start)) return "k6-json";
  if (start.startsWith(k6CsvHead)) return "k6-csv";
  if (albTypes.has(start.slice(0, start.indexOf(" ")))) return "alb";
  const other = lookalikes.find(([form]) => form.test(start));
  if (other === undefined && /^\{/.test(start)) return "cloudwatch";
  const line = start.split("\n", 1)[0];
  throw new RangeError(
    `${file}, line 1: ${shown(line)} begins nothing that is read here${other === undefined ? "" : ` (${other[1]})`}; expected ${expected}`,
  );
}

const expected = `${Object.values(kindNames).slice(0, -1).join(", ")} or ${kindNames["k6-csv"]}`;
