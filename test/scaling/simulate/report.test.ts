// Reports: what a person, a spreadsheet and a program get.
import test from "ava";
import { intervalOf, predict } from "../../../scaling/simulate/prediction.ts";
import { columns, squeeze } from "../../../scaling/simulate/report/chart.ts";
import { csvReport, jsonReport } from "../../../scaling/simulate/report/data.ts";
import { figure } from "../../../scaling/simulate/report/format.ts";
import { htmlReport } from "../../../scaling/simulate/report/html.ts";
import { textReport } from "../../../scaling/simulate/report/text.ts";
import { alarm, group, scalingOf, simple } from "../declared.ts";
import { steady, web } from "./given.ts";

const scenario = {
  ...web(
    { rate: 5, queueLimit: 20 },
    {
      plan: scalingOf([group(), simple("out", { scalingAdjustment: 1 }), alarm("out")]),
      sources: [steady(6, 1800)],
      seconds: 5400,
    },
  ),
  title: 'A <title> with "quotes" & a length that no terminal of eighty columns could take in one line, ever',
};

test("more runs give intervals; the first run stays the first run", async (t) => {
  const done: number[] = [];
  const five = await predict(scenario, { seed: 3, runs: 5, onRun: (n) => void done.push(n) });
  const one = await predict(scenario, { seed: 3, runs: 1 });
  t.deepEqual(done, [1, 2, 3, 4, 5]);
  t.deepEqual(five.run, one.run);
  const { low, middle, high } = five.totals.ended ?? { low: 0, middle: 0, high: 0 };
  t.true(low < middle && middle < high);
  t.is(one.totals.ended?.low, one.totals.ended?.high);
  t.is(five.inService.length, 90);
});

test("an interval holds 90 % of the values", (t) => {
  t.deepEqual(intervalOf(Array.from({ length: 101 }, (_, n) => n)), { low: 5, middle: 50, high: 95 });
  t.is(intervalOf([undefined]), undefined);
});

for (const runs of [1, 3]) {
  test(`the text of ${runs} runs fits 80 columns and names causes`, async (t) => {
    const text = textReport(scenario, await predict(scenario, { seed: 1, runs }));
    t.deepEqual(
      text.split("\n").filter((line) => [...line].length > 80),
      [],
    );
    t.regex(text, /1 → 2 +alarm and policy out/);
    t.regex(text, /failures, 503 queue full: /);
    t.is(/90 % interval/.test(text), runs > 1);
  });
}

test("the page is one file: nothing from outside, every text escaped", async (t) => {
  const page = htmlReport(scenario, await predict(scenario, { seed: 1, runs: 2 }));
  t.notRegex(page, /https?:|src=|href=|url\(|@import|<script/);
  t.regex(page, /<h1>A &lt;title&gt; with &quot;quotes&quot; &amp; a length/);
  t.is(page.match(/<svg /g)?.length, 5);
  t.notRegex(page, /NaN|undefined|Infinity/);
});

test("the table has a row a minute and a column an alarm", async (t) => {
  const lines = csvReport(await predict(scenario, { seed: 1, runs: 1 }))
    .trimEnd()
    .split("\n");
  t.is(lines[0], "minute,desired,in_service,ended,failed,waiting,p50,p95,p99,out");
  t.is(lines.length, 91);
  t.true(lines.every((line) => line.split(",").length === 10));
});

test("JSON has everything, the same for the same seed", async (t) => {
  const report = async () => jsonReport(scenario, await predict(scenario, { seed: 9, runs: 2 }));
  const [once, again] = [await report(), await report()];
  t.is(once, again);
  t.is(JSON.parse(once).run.rows.length, 90);
});

test("charts keep their peaks", (t) => {
  t.deepEqual(squeeze([0, 9, 0, 1], 2), [9, 1]);
  t.deepEqual(columns([0, 4, 8], 10, 2), ["8 ▕  █", "0 ▕ ██"]);
  t.deepEqual(columns([0, 0], 10, 2), ["0 ▕", "0 ▕"]);
});

test("figures have three digits, or all of a whole number", (t) => {
  t.deepEqual([89_199, 29.34, 0.0512, 0, 1.5, 123.4, undefined].map(figure), [
    "89,199",
    "29.3",
    "0.0512",
    "0",
    "1.5",
    "123",
    "–",
  ]);
});
