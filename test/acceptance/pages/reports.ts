/** Every kind of report that is written as a page. */
import { classPage, studentPage } from "../../../course/marks/page.tsx";
import { judge } from "../../../loadtest/measure/backtest/judge.ts";
import type { BacktestRecord } from "../../../loadtest/measure/backtest/record.ts";
import { backtestHtml } from "../../../loadtest/measure/backtest/report/html.ts";
import { htmlReport as loadTestHtml } from "../../../loadtest/measure/report/html.ts";
import { compare } from "../../../scaling/simulate/compare/compare.ts";
import { compareHtml } from "../../../scaling/simulate/compare/report/html.ts";
import { predict } from "../../../scaling/simulate/prediction.ts";
import { htmlReport } from "../../../scaling/simulate/report/html.ts";
import { tuneHtml } from "../../../scaling/simulate/tune/report/html.ts";
import { report } from "../../loadtest/some-report.ts";
import { alarm, group, scalingOf, simple } from "../../scaling/declared.ts";
import { steady, web } from "../../scaling/simulate/given.ts";
import { reportOf } from "../../scaling/simulate/some-tuning.ts";
import { classItems, marksOf } from "../../support/course/some-marks.ts";

const minutes = 90;
const scenario = {
  ...web(
    { rate: 5, queueLimit: 20 },
    {
      plan: scalingOf([group(), simple("out", { scalingAdjustment: 1 }), alarm("out")]),
      sources: [steady(6, 1800)],
      seconds: 60 * minutes,
    },
  ),
  title: `One evening of gas-web-${"with-a-long-name-".repeat(4)}asg`,
};

const recorded: BacktestRecord = {
  farm: "web",
  group: undefined,
  begin: Date.UTC(2026, 10, 20, 9),
  levels: Array.from({ length: minutes }, () => ({ seconds: 60, count: 300 })),
  inService: Array.from({ length: minutes }, (_, minute) => (minute < 40 ? 2 : 3)),
  total: Array.from({ length: minutes }, () => 3),
  activities: [],
  launchSeconds: undefined,
  remarks: [],
};

async function backtest(): Promise<string> {
  const variant = { name: "as declared", config: {} };
  return backtestHtml({
    directory: "exports",
    group: "gas-web",
    record: recorded,
    ...{ seed: 1, runs: 2, against: "our own loop, annofarm local, and not AWS", notes: ["A note."] },
    outcomes: [
      { variant: variant.name, config: variant.config, ...(await judge(recorded, scenario, { seed: 1, runs: 2 })) },
    ],
  });
}

/** By the name of its pictures, the page. */
export async function reportPages(): Promise<ReadonlyMap<string, string>> {
  const cost = ({ instanceHours }: { instanceHours: number }) => instanceHours;
  const variants = ["as declared", "sooner: webMin=4", "target tracking + schedule"];
  const candidates = variants.map((name) => ({ variant: { name, config: { webMin: "4" } }, scenario, cost }));
  const stacks = [
    { name: "gas26-taaaaaa", members: ["saaaaaa", "sbbbbbb"] },
    { name: "gas26-scccccc", members: ["scccccc"] },
  ];
  const marks = marksOf(stacks, classItems, {});
  const [team] = marks.stacks;
  if (team === undefined) throw new Error("the class has no stack");
  return new Map([
    ["simulate", htmlReport(scenario, await predict(scenario, { seed: 1, runs: 3 }))],
    ["compare", compareHtml(await compare(candidates, { seed: 1, runs: 2 }))],
    ["tune", tuneHtml(await reportOf("p95 < 300 ms, failed < 0.1 %"))],
    ["loadtest", loadTestHtml(report)],
    ["backtest", await backtest()],
    ["marks-class", classPage(marks, { nameOf: (pseudonym) => `Somebody ${pseudonym}` })],
    ["marks-student", studentPage(marks, team, "saaaaaa")],
  ]);
}
