// From the timeline's lines to figures and pages: no k6, no AWS, no clock.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { afterMinutes, createEnd } from "../../loadtest/measure/after.ts";
import { type Measured, measuredOf } from "../../loadtest/measure/measured.ts";
import { beliefOf } from "../../loadtest/measure/predict.ts";
import { progressLine } from "../../loadtest/measure/progress.ts";
import { figuresOf, instanceHours, meanDistance } from "../../loadtest/measure/report/figures.ts";
import { reportFiles, writeReport } from "../../loadtest/measure/report/files.ts";
import { htmlReport } from "../../loadtest/measure/report/html.ts";
import { textReport } from "../../loadtest/measure/report/text.ts";
import type { GroupSize, TimelineLine } from "../../loadtest/measure/timeline.ts";
import { alarm, at, lines, look, measured, report, size, totals } from "./some-report.ts";

test("a timeline becomes a row a minute: load, sizes, alarm states, what the alarm looked at", (t) => {
  t.is(measured.minutes, 4);
  t.deepEqual(
    measured.load.map(({ users, requests }) => [users, requests]),
    [
      [30, 600],
      [30, 610],
      [0, 0],
      [0, 0],
    ],
  );
  t.deepEqual(
    measured.sizes["gas-web"]?.map(({ minute, desired, inService }) => [minute, desired, inService]),
    [
      [-0.5, 2, 2],
      [1.2, 3, 2],
      [2.8, 3, 3],
      [4, 2, 2],
    ],
  );
  t.deepEqual(measured.alarms[0]?.states, ["OK", "ALARM", "ALARM", "OK"]);
  t.deepEqual(measured.alarms[0]?.values, [600, undefined, undefined, undefined]);
  t.deepEqual(measured.problems, ["groups could not be read: <timeout> (2 times)"]);
});

test("an alarm's history counts where it is kept, what was seen by looking where it is not", (t) => {
  const kept: TimelineLine = { kind: "alarm", at: at(0.7), name: alarm.name, to: "ALARM" };
  t.deepEqual(measuredOf([...lines, kept], [alarm]).alarms[0]?.states, ["ALARM", "ALARM", "ALARM", "ALARM"]);
});

test("without a request there is nothing to report", (t) => {
  t.throws(() => measuredOf([look(0, size(2), "OK")], [alarm]), { message: /nothing to report/ });
});

test("instance-hours count every instance that is there, from the first request to the end", (t) => {
  // 2 until 1.2, 3 until 4 minutes.
  t.true(Math.abs(instanceHours(measured.sizes["gas-web"] ?? [], 4) - (2 * 1.2 + 3 * 2.8) / 60) < 1e-9);
  t.is(meanDistance([2, 3, 4], [2, 2, 2]), 1);
  t.is(meanDistance([2, 3], []), undefined);
});

test("errors are relative to the prediction, of instances and percentages their difference", (t) => {
  const interval = (middle: number) => ({ low: middle * 0.9, middle, high: middle * 1.1 });
  const row = {
    minute: 1,
    desired: 3,
    inService: 3,
    ended: 1,
    failed: 0,
    waiting: 0,
    p50: 1,
    p95: 1,
    p99: 1,
    alarms: {},
  };
  const of = interval(1100);
  const prediction = {
    runs: 2,
    run: { seed: 1, rows: [row], totals: {} as never, decisions: [] },
    totals: {
      ended: of,
      failed: interval(11),
      mean: interval(0.1),
      p50: of,
      p95: of,
      p99: of,
      max: of,
      wait: of,
      rate: of,
      instanceHours: interval(0.2),
      stoppedHours: interval(0),
    },
    inService: [2, 3, 3, 3].map(interval),
  };
  const figures = figuresOf({ measured, totals, group: "gas-web", farm: "web", jobs: "none", prediction });
  const error = (name: string) => figures.find((each) => each.name === name)?.error?.toFixed(3);
  t.is(error("requests"), "0.100");
  t.is(error("answer, mean"), "0.500");
  t.is(error("requests failed"), ((100 * 2) / 1210 - 1).toFixed(3));
  t.is(error("instances, mean distance"), "0.500");
  t.is(error("first instance more"), "1.000");
});

test("the page is one file, says what was declared and that it was interrupted, and escapes every text", (t) => {
  const html = htmlReport(report);
  t.notRegex(html, /https?:\/\/(?!localhost:8080)|<script|<link|<alarm>|<timeout>/);
  t.regex(html, /Declared handicap: each instance of gas-web is held to 4\.9 requests\/s/);
  t.regex(html, /INTERRUPTED/);
  t.regex(html, /threshold 200/);
  t.regex(html, /Failed: an &lt;alarm&gt;/);
  t.regex(html, /No prediction: nothing says how fast/);
});

test("the summary fits 80 columns", (t) => {
  const text = textReport(report);
  t.deepEqual(
    text.split("\n").filter((line) => [...line].length > 80),
    [],
  );
  t.regex(text, /held {4}reached 3 by 5 min \(at 2\.8 min\)/);
});

test("a line of progress fits 80 columns and names the group's own alarms", (t) => {
  const sample = look(1, size(2, 3), "ALARM") as Extract<TimelineLine, { kind: "sample" }>;
  const line = progressLine((measured as Measured).load[0] as never, "gas-web", sample);
  t.regex(line, /0:01 +30 users +600\/min +failed 0\.167 % +p95 0\.2 s +2\/3 in service/);
  t.true([...line].length <= 80);
});

test("both files are written whole, or neither", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "annofarm-report-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const files = reportFiles(join(folder, "r.html"));
  writeReport(files, report);
  t.deepEqual(readdirSync(folder).sort(), ["r.html", "r.json"]);
  t.deepEqual(JSON.parse(readFileSync(files.json, "utf8")).verdicts, report.verdicts);
  writeFileSync(files.html, "before");
  t.throws(() => writeReport(files, { ...report, figures: undefined as never }));
  t.is(readFileSync(files.html, "utf8"), "before");
  t.deepEqual(readdirSync(folder).sort(), ["r.html", "r.json"]);
});

test("a report that cannot be written is refused before any load", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "annofarm-report-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "d.html"));
  t.throws(() => reportFiles(join(folder, "no", "r.html")), { message: /cannot be written .*a directory that exists/ });
  t.throws(() => reportFiles(join(folder, "d.html")), { message: /d\.html is a directory/ });
  t.throws(() => reportFiles(join(folder, "r.txt")), { message: /does not end in \.html/ });
  t.false(existsSync(join(folder, "r.txt")));
});

test("what is known of instances is what was given, else what was declared, else nothing", (t) => {
  const { capacities } = report;
  t.like(beliefOf("web", "gas-web", capacities, {}), { service: { rate: 4.9 } });
  t.like(beliefOf("web", "gas-web", capacities, { rate: "9/s", boot: "30 s" }), {
    service: { rate: "9/s", boot: "30 s" },
  });
  t.regex(String(beliefOf("web", "gas-web", [], {})), /give --rate/);
  t.regex(String(beliefOf("annotator", "gas-annotator", capacities, {})), /give --job/);
});

test("recording ends once every group has been at its minimum for five minutes after the load", (t) => {
  const isOver = createEnd(at(0), 60);
  const seen = (minutes: number, group: GroupSize) => isOver(look(minutes, group, "OK") as never, at(minutes));
  t.false(seen(1, size(2)));
  t.false(seen(4, size(2, 3)), "it grew after all");
  t.false(seen(8, size(2)));
  t.false(seen(12.9, size(2)));
  t.true(seen(13, size(2)));
  t.is(afterMinutes({ min: 2, max: 10 }), 60);
});
