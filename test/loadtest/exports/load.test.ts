// A known load, written in each format, is read as the same rates; what is broken is told by file, line and value.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { readLoad } from "../../../loadtest/measure/exports/load.ts";
import { recordedArrivals } from "../../../scaling/simulate/scenario/recorded.ts";
import { albEntry, albLog, arrivalsOf, k6Csv, k6Json, metricData, packed } from "./written.ts";

const root = mkdtempSync(join(tmpdir(), "annofarm-exports-"));
test.after.always(() => rmSync(root, { recursive: true, force: true }));
const begin = Date.parse("2026-11-20T09:00:00Z");
const minute = 60_000;
let places = 0;

/** A directory with these files in it. */
function placed(files: Readonly<Record<string, string | Buffer | object>>): string {
  const directory = join(root, String(places++));
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return directory;
}

interface Asked {
  readonly farm?: "web" | "annotator";
  readonly from?: number;
  readonly to?: number;
}

const read = (path: string, { farm = "web", from, to }: Asked = {}) =>
  readLoad(path, { farm, span: { from, to }, onProgress: () => {} });

const countsOf = async (path: string, asked?: Asked) => (await read(path, asked)).levels.map(({ count }) => count);

/** The first and the last minute have requests, so that every format knows how long it lasted. */
const loads = fc
  .tuple(
    fc.integer({ min: 2, max: 30 }),
    fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }),
    fc.integer({ min: 2, max: 30 }),
  )
  .map(([first, between, last]) => [first, ...between, last]);

const formats = {
  alb: (counts: readonly number[]) => ({ "a.log": albLog(arrivalsOf(counts, begin)) }),
  "alb, out of order, packed, of two nodes": (counts: readonly number[]) => {
    const times = arrivalsOf(counts, begin).reverse();
    const half = times.filter((_, index) => index % 2 === 0);
    const rest = times.filter((_, index) => index % 2 === 1);
    return { "2026/11/20/a.log.gz": packed(albLog(half)), "2026/11/20/b.txt": packed(albLog(rest)) };
  },
  cloudwatch: (counts: readonly number[]) => ({ "metrics.json": metricData(counts, begin) }),
  "k6 json": (counts: readonly number[]) => ({ points: k6Json(arrivalsOf(counts, begin)) }),
  "k6 csv": (counts: readonly number[]) => ({ "points.csv": k6Csv(arrivalsOf(counts, begin)) }),
  "k6 csv, RFC 3339": (counts: readonly number[]) => ({
    "points.json": k6Csv(arrivalsOf(counts, begin), (time) => new Date(time).toISOString()),
  }),
  "k6 csv, nanoseconds": (counts: readonly number[]) => ({
    "points.gz": packed(k6Csv(arrivalsOf(counts, begin), (time) => `${time}000000`)),
  }),
};

for (const [name, write] of Object.entries(formats)) {
  test(`a known load comes back from ${name}`, async (t) => {
    await fc.assert(
      fc.asyncProperty(loads, async (counts) => {
        const { levels, begin: found } = await read(placed(write(counts)));
        t.is(found, begin);
        t.deepEqual(
          levels,
          counts.map((count) => ({ seconds: 60, count })),
        );
      }),
      { numRuns: 25 },
    );
  });
}

test("levels become rates a second, scaled, and equal neighbours one stage", (t) => {
  const levels = [120, 120, 60, 0].map((count) => ({ seconds: 60, count }));
  t.deepEqual(recordedArrivals(levels, 2), {
    kind: "arrivals",
    at: 0,
    from: 4,
    stages: [
      { for: 120, to: 4 },
      { for: 0, to: 2 },
      { for: 60, to: 2 },
      { for: 0, to: 0 },
      { for: 60, to: 0 },
    ],
  });
});

test("a part of the time is taken, from begin to end, also where nothing came", async (t) => {
  const counts = [5, 6, 7, 8];
  for (const files of [formats.alb(counts), formats.cloudwatch(counts)]) {
    const place = placed(files);
    t.deepEqual(await countsOf(place, { from: begin + minute, to: begin + 3 * minute }), [6, 7]);
    t.deepEqual(await countsOf(place, { from: begin - minute, to: begin + 6 * minute }), [0, 5, 6, 7, 8, 0, 0]);
    await t.throwsAsync(read(place, { from: begin + 60 * minute }), {
      message: /there is no load between --load-from and --load-to/,
    });
  }
});

test("a directory, a pattern and a file; the balancer's test file is none", async (t) => {
  const one = (at: number) => albLog(arrivalsOf([2, 2], begin + at));
  const directory = placed({
    "x/a.log": one(0),
    "x/b.log.gz": packed(one(0)),
    ELBAccessLogTestFile: "Enable AccessLog for ELB",
  });
  t.deepEqual(await countsOf(directory), [4, 4]);
  t.deepEqual(await countsOf(join(directory, "**", "*.gz")), [2, 2]);
  t.deepEqual(await countsOf(join(directory, "x", "?.log")), [2, 2]);
  t.deepEqual(await countsOf(join(directory, "x", "a.log")), [2, 2]);
  await t.throwsAsync(read(join(directory, "*.csv")), { message: /\*\.csv matches no file/ });
  await t.throwsAsync(read(join(directory, "missing")), { message: /there is no file .*missing/ });
  await t.throwsAsync(read(placed({ ".hidden": "x" })), { message: /there is no file|has no file in it/ });
});

test("what the balancer answers by itself is not the farm's load, and is told", async (t) => {
  const entries = [
    albEntry(begin),
    albEntry(begin + 100, { target: "-", status: 301, actions: "redirect" }),
    albEntry(begin + 200, { target: "-", status: 400 }),
    albEntry(begin + 300, { target: "-", status: 503 }),
    albEntry(begin + 400, { type: "h3x" }),
    albEntry(begin + 61_000, { balancer: "app/other/1", agent: 'Mozilla \\"5.0\\" \\\\' }),
  ];
  const { levels, remarks } = await read(placed({ log: entries.join("\r\n") }));
  t.deepEqual(
    levels.map(({ count }) => count),
    [2, 1],
  );
  t.deepEqual(remarks, [
    "2 requests that the balancer answered by itself (redirects, bad requests) are left out",
    "1 entries of types other than http, https, h2, grpcs, ws, wss are left out",
    "requests to 2 balancers are added up: app/shop/50dc6c495c0c9188, app/other/1",
  ]);
});

test("a metric's period and statistic: from the label, or told as inferred", async (t) => {
  const quiet = [4, 0, 6, 0, 8];
  const { levels, remarks } = await read(placed({ m: metricData(quiet, begin, "RequestCount") }));
  t.deepEqual(
    levels.map(({ seconds, count }) => [seconds, count]),
    [
      [120, 4],
      [120, 6],
      [120, 8],
    ],
  );
  t.true(remarks.some((remark) => /names no period: 120 s/.test(remark)));
  t.true(remarks.some((remark) => /names no statistic/.test(remark)));
  const labelled = await read(placed({ m: metricData(quiet, begin) }));
  t.deepEqual(labelled.remarks, ["2 of 5 periods have no datapoint: nothing came in them, or they were not exported"]);
  t.deepEqual(
    await countsOf(placed({ a: metricData([1, 2], begin), b: metricData([3, 4], begin + 2 * minute) })),
    [1, 2, 3, 4],
  );
  const jobs = placed({ m: metricData([1, 2], begin, "NumberOfMessagesSent Sum 60") });
  t.deepEqual(await countsOf(jobs, { farm: "annotator" }), [1, 2]);
});

const result = (over: object) => ({
  MetricDataResults: [
    { Id: "load", Label: "RequestCount Sum 60", Timestamps: [], Values: [], StatusCode: "Complete", ...over },
  ],
});
const stamps = (...minutes: readonly number[]) => minutes.map((each) => new Date(begin + each * minute).toISOString());
const point = (time: string, value: unknown) =>
  JSON.stringify({ type: "Point", metric: "http_req_duration", data: { time, value, tags: null } });

const broken: Readonly<Record<string, readonly [Readonly<Record<string, string | Buffer | object>>, RegExp, Asked?]>> =
  {
    empty: [{ f: "" }, /f is empty; expected an access log/],
    "nothing that is read": [{ f: "hello\n" }, /f, line 1: "hello" begins nothing that is read here; expected/],
    "a Classic balancer's log": [
      { f: "2026-11-20T09:00:00.0Z my-lb 192.0.2.1:2817 10.0.0.1:80 0 0 0 200" },
      /looks like a Classic Load Balancer's/,
    ],
    "k6's summary": [{ f: '{"root_group":{}}' }, /k6's summary, which has no times/],
    "get-metric-statistics": [{ f: '{"Label":"RequestCount","Datapoints":[]}' }, /get-metric-statistics' answer/],
    "two kinds": [
      { a: albLog([begin]), b: metricData([1, 1], begin) },
      /b is metrics of CloudWatch, and .*a is an access log/,
    ],
    "cut packing": [
      { f: packed(albLog(arrivalsOf([200, 200], begin))).subarray(0, 200) },
      /cannot be unpacked: it ends within/,
    ],
    "a cut entry": [{ f: `${albEntry(begin)}\n${albEntry(begin).slice(0, 250)}` }, /f, line 2.*(fields|quoted field)/],
    "an entry without its time": [
      { f: albEntry(begin, { created: "yesterday" }) },
      /line 1: "yesterday" is not a request_creation_time/,
    ],
    "jobs from an access log": [
      { f: albLog([begin]) },
      /counts requests, and the annotators' load is jobs/,
      { farm: "annotator" },
    ],
    "more than a week": [
      { f: albLog([begin, begin + 9 * 24 * 60 * minute]) },
      /span 9\.0 days .* choose a part with --load-from/,
    ],
    "k6 json, cut": [{ f: `${point("2026-11-20T09:00:00Z", 1)}\n{"type":"Poi` }, /line 2: .* is not a line of JSON/],
    "k6 json, no time": [{ f: point("soon", 1) }, /line 1: "soon" is not a time such as/],
    "k6 json, no value": [{ f: point("2026-11-20T09:00:00Z", "slow") }, /line 1: "slow" is not a duration/],
    "k6 json, two runs": [
      { f: `${point("2026-11-20T09:30:00Z", 1)}\n${point("2026-11-20T09:00:00Z", 1)}` },
      /line 2: "2026-11-20T09:00:00.000Z" is not in order/,
    ],
    "k6 csv, a row too short": [
      { f: `${k6Csv([begin])}http_req_duration,1,2\n` },
      /line 4: .* is not a row of 20 columns: it has 3/,
    ],
    "k6 csv, no time": [{ f: k6Csv([begin], () => "noon") }, /line 3: "noon" is not a time/],
    "no request": [{ f: k6Csv([]) }, /there is no load: points of k6 as CSV without a request/],
    "cloudwatch, cut": [{ f: '{"MetricDataResults": [' }, /f is no JSON/],
    "cloudwatch, other": [
      { f: { Reservations: [] } },
      /MetricDataResults: .*expected what aws cloudwatch get-metric-data prints/,
    ],
    "another metric": [
      { f: result({ Label: "TargetResponseTime Average 60" }) },
      /has no RequestCount \(Sum\): it has TargetResponseTime/,
    ],
    "another statistic": [
      { f: result({ Label: "RequestCount Average 60", Timestamps: stamps(0), Values: [1] }) },
      /statistic: "Average" is not Sum/,
    ],
    "no count": [{ f: result({ Timestamps: stamps(0), Values: [1.5] }) }, /1\.5 is not a whole number/],
    "out of order": [{ f: result({ Timestamps: stamps(0, 2, 1), Values: [1, 1, 1] }) }, /Timestamps: .*out of order/],
    twice: [{ f: result({ Timestamps: stamps(0, 0), Values: [1, 1] }) }, /stands there twice/],
    "mixed periods": [
      { f: result({ Label: "RequestCount Sum 300", Timestamps: stamps(0, 5, 6), Values: [1, 1, 1] }) },
      /has mixed periods: .* are 60 s apart/,
    ],
    "one datapoint without a period": [
      { f: result({ Label: "RequestCount", Timestamps: stamps(0), Values: [1] }) },
      /no period can be told/,
    ],
    "fewer values": [
      { f: result({ Timestamps: stamps(0), Values: [] }) },
      /Values: 0 is not as many values as there are timestamps, 1/,
    ],
    "a part": [{ f: { ...result({}), NextToken: "x" } }, /is a part of an answer/],
    "two balancers": [
      { f: { MetricDataResults: [...result({}).MetricDataResults, ...result({ Id: "other" }).MetricDataResults] } },
      /RequestCount stands there twice, as load .* and other/,
    ],
    "no datapoint": [{ f: result({ Label: "RequestCount Sum 60" }) }, /there is no load/],
    "a time twice in two files": [
      { a: metricData([1, 2], begin), b: metricData([3, 4], begin + minute) },
      /stands in .*a and .*b: give each time once/,
    ],
  };

for (const [name, [files, says, asked]] of Object.entries(broken)) {
  test(`broken: ${name}`, async (t) => {
    const error = await t.throwsAsync(read(placed(files), asked));
    t.regex(error?.message ?? "", says);
  });
}

test("memory does not grow with the number of requests: a line of a mebibyte and more is refused", async (t) => {
  await t.throwsAsync(read(placed({ f: `${k6Csv([begin])}${"x".repeat(3 * 1024 * 1024)}` })), {
    message: /line 4 is longer than 1048576 characters/,
  });
});
