/** A load test as one page: every curve over its prediction. */
import { clock, figure } from "../../../scaling/simulate/report/format.ts";
import { alarmStrips, chart, page, table } from "../../../scaling/simulate/report/page.ts";
import type { Band, Line } from "../../../scaling/simulate/report/svg.ts";
import { type AlarmCourse, atMinutes } from "../measured.ts";
import type { Report } from "./report.ts";
import { figureWords, remarks, subtitle } from "./words.ts";

function groupChart(report: Report, group: string): string {
  const { measured, prediction } = report;
  const sizes = atMinutes(measured.sizes[group] ?? [], measured.minutes);
  const overlay = group === report.group && typeof prediction !== "string" ? prediction.inService : [];
  const lines: Line[] = [
    { label: "in service", style: "a", steps: true, values: sizes.map(({ inService }) => inService) },
    { label: "desired", style: "b", steps: true, values: sizes.map(({ desired }) => desired) },
    ...(overlay.length === 0
      ? []
      : [{ label: "predicted in service", style: "c dash", steps: true, values: overlay.map(({ middle }) => middle) }]),
  ];
  const band: Band | undefined =
    overlay.length === 0 ? undefined : { low: overlay.map(({ low }) => low), high: overlay.map(({ high }) => high) };
  const shaded = band === undefined ? "" : " (shaded: 90 % interval of the prediction)";
  return chart(`Instances of ${group}${shaded}`, measured.minutes, lines, band);
}

function loadCharts({ measured, prediction, group }: Report): string[] {
  const { load, minutes } = measured;
  // Of the annotators a prediction knows jobs, not requests.
  const rows = typeof prediction === "string" || group.endsWith("annotator") ? undefined : prediction.rows;
  const foretold = (label: string, values: readonly (number | undefined)[] | undefined, style: string): Line[] =>
    values === undefined ? [] : [{ label, style, values }];
  return [
    chart("Users", minutes, [{ label: "virtual users", style: "a", values: load.map(({ users }) => users) }]),
    chart("Requests a minute", minutes, [
      { label: "requests", style: "a", values: load.map(({ requests }) => requests) },
      ...foretold(
        "predicted",
        rows?.map(({ ended }) => ended),
        "c dash",
      ),
    ]),
    chart("Failed requests a minute", minutes, [
      { label: "failed", style: "b", values: load.map(({ failed }) => failed) },
      ...foretold(
        "predicted",
        rows?.map(({ failed }) => failed),
        "c dash",
      ),
    ]),
    chart("Response time, seconds", minutes, [
      ...(["p50", "p95", "p99"] as const).map((name, index) => ({
        label: name,
        style: "abd"[index] as string,
        values: load.map((row) => row[name]),
      })),
      ...foretold(
        "predicted p95",
        rows?.map(({ p95 }) => p95),
        "c dash",
      ),
    ]),
  ];
}

function metricChart(minutes: number, alarm: AlarmCourse): string {
  const { name, metric, statistic, periodSeconds, comparison, threshold, values } = alarm;
  const line = threshold === undefined ? [] : [{ label: `threshold ${figure(threshold)}`, style: "d dash", threshold }];
  return chart(`${name}: ${metric}, ${statistic} of ${periodSeconds} s, ${comparison}`, minutes, [
    { label: metric, style: "a", values },
    ...line.map(({ threshold: value, ...rest }) => ({ ...rest, values: values.map(() => value) })),
  ]);
}

export function htmlReport(report: Report): string {
  const { measured, verdicts, figures, scenario, group } = report;
  const others = Object.entries(measured.sizes).filter(([name, changes]) => name !== group && changes.length > 1);
  return page(`Load test ${scenario}`, subtitle(report), [
    table(
      "Verdicts",
      verdicts.map(({ what, verdict, detail }) => [
        { text: what },
        { text: verdict, style: verdict },
        { text: detail },
      ]),
      { headed: true },
    ),
    groupChart(report, group),
    ...others.map(([name]) => groupChart(report, name)),
    ...loadCharts(report),
    alarmStrips(measured.alarms),
    ...measured.alarms.map((alarm) => metricChart(measured.minutes, alarm)),
    table(
      "Measured and predicted",
      figures.map((each) => {
        const words = figureWords(each);
        const numbers = [words.measured, words.predicted, words.interval, words.error];
        return [{ text: each.name }, ...numbers.map((text) => ({ text, number: true }))];
      }),
      { headed: true, head: ["", "measured", "predicted", "90 % interval", "error"] },
    ),
    table(
      "How it was measured",
      remarks(report).map((text) => [{ text }]),
    ),
    table(
      "Changes of the groups and their causes",
      measured.activities.map(({ minute, group: name, description, cause, status }) => [
        { text: clock(Math.max(0, minute)), number: true },
        { text: name },
        { text: description },
        { text: status === "Successful" ? cause : `${status}: ${cause}` },
      ]),
      { empty: "The size of no group changed." },
    ),
  ]);
}
