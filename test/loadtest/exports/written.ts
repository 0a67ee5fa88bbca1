/** A known load in each format, as its program writes it. */
import { gzipSync } from "node:zlib";

/** Arrivals of each minute, evenly spread; the first comes at its begin, and the last in its last second. */
export function arrivalsOf(counts: readonly number[], begin: number): number[] {
  return counts.flatMap((count, minute) =>
    Array.from({ length: count }, (_, index) => {
      const isLast = minute === counts.length - 1 && index === count - 1 && index > 0;
      return begin + 60_000 * minute + (isLast ? 59_500 : Math.floor((60_000 * index) / count));
    }),
  );
}

interface Entry {
  readonly type?: string;
  readonly created?: string;
  readonly target?: string;
  readonly status?: number;
  readonly agent?: string;
  readonly actions?: string;
  readonly balancer?: string;
}

/** One entry of an Application Load Balancer's access log, its answer `seconds` after the request. */
export function albEntry(time: number, entry: Entry = {}, seconds = 0.5): string {
  const instant = (at: number) => new Date(at).toISOString().replace("Z", "000Z");
  const {
    type = "h2",
    created = instant(time),
    target = "10.0.0.66:9000",
    status = 200,
    agent = "curl/7.46.0",
  } = entry;
  const { actions = "forward", balancer = "app/shop/50dc6c495c0c9188" } = entry;
  const group = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/shop/73e2d6bc24d8a067";
  return (
    `${type} ${instant(time + 1000 * seconds)} ${balancer} 10.0.1.252:48160 ${target} 0.000 ${seconds} 0.000 ${status} ${status} 5 257 ` +
    `"GET https://shop.example.org:443/a?b=c%20d HTTP/2.0" "${agent}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${group} ` +
    `"Root=1-58337327-72bd00b0343d75b906739c42" "shop.example.org" "session-reused" 1 ${created} "${actions}" "-" "-" ` +
    `"${target}" "${status}" "-" "-" TID_1234abcd5678ef90`
  );
}

export const albLog = (times: readonly number[]): string => times.map((time) => `${albEntry(time)}\n`).join("");

const label = "RequestCount Sum 60";

/** Newest first, as CloudWatch answers unless it is asked otherwise; minutes without a request have no datapoint. */
export function metricData(counts: readonly number[], begin: number, name = label): object {
  const points = counts.map((count, minute) => ({ count, time: begin + 60_000 * minute }));
  const kept = points.filter(({ count }) => count > 0).reverse();
  return {
    MetricDataResults: [
      {
        Id: "load",
        Label: name,
        Timestamps: kept.map(({ time }) => new Date(time).toISOString().replace(".000Z", "+00:00")),
        Values: kept.map(({ count }) => count),
        StatusCode: "Complete",
      },
    ],
    Messages: [],
  };
}

const taken = 250;

export function k6Json(times: readonly number[]): string {
  const metric = { type: "Metric", metric: "http_req_duration", data: { type: "trend", contains: "time" } };
  const point = (name: string, time: number, value: number, group = "") =>
    JSON.stringify({
      metric: name,
      type: "Point",
      data: { time: new Date(time).toISOString(), value, tags: { group } },
    });
  return [
    JSON.stringify(metric),
    point("http_req_duration", (times[0] ?? 0) - 1000, 7, "::setup"),
    ...times.flatMap((time) => [point("http_reqs", time + taken, 1), point("http_req_duration", time + taken, taken)]),
    "",
  ].join("\n");
}

export function k6Csv(times: readonly number[], timeOf: (milliseconds: number) => string = String): string {
  const row = (name: string, time: number, value: number, group: string) =>
    `${name},${timeOf(time)},${value},"a check, with a comma",,,true,${group},GET,x,h,default,ok,,200,,,https://x/,,`;
  return [
    "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status_text,status,subproto,tls_version,url,extra_tags,metadata",
    ...times.flatMap((time) => [
      row("http_reqs", time + taken, 1, ""),
      row("http_req_duration", time + taken, taken, ""),
    ]),
    "",
  ].join("\n");
}

export const packed = (text: string): Buffer => gzipSync(text);
