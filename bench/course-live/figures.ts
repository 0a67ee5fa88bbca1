/** The course's record, a live run and its simulation, figure beside figure. */
import { atMinutes } from "../../loadtest/measure/measured.ts";
import type { Report } from "../../loadtest/measure/report/report.ts";
import { annotatorRecord, webRecord } from "../../scaling/simulate/course/record.ts";
import type { CourseFigure, CourseValue } from "../figures/records.ts";

/** By minute; the prediction's are medians, and there may be none. */
interface Sizes {
  readonly live: readonly number[];
  readonly simulated: readonly number[];
}

function sizesOf({ measured, group, prediction }: Report): Sizes {
  if (typeof prediction === "string") throw new Error(`the run was not predicted: ${prediction}`);
  return {
    live: atMinutes(measured.sizes[group] ?? [], measured.minutes).map(({ inService }) => inService),
    simulated: prediction.inService.map(({ middle }) => middle),
  };
}

/** Minutes until so many are in service; `null`: never. */
function reached(sizes: readonly number[], count: number): number | null {
  const index = sizes.findIndex((size) => size >= count);
  return index === -1 ? null : index + 1;
}

/** Minutes until no more than `count` are in service for the rest of the run; `null`: never. */
function backAt(sizes: readonly number[], count: number): number | null {
  const last = sizes.findLastIndex((size) => size > count);
  return last + 1 < sizes.length ? last + 2 : null;
}

/** Minutes of a step on the way back from the most to the least; `null`: there was none. */
function stepInward(sizes: readonly number[], least: number): number | null {
  const most = Math.max(...sizes);
  const [from, to] = [sizes.lastIndexOf(most), sizes.findLastIndex((size) => size > least)];
  return most - least < 2 || to <= from ? null : (to - from) / (most - least - 1);
}

const through = (sizes: readonly number[]): string =>
  webRecord.instances.every((count) => sizes.includes(count)) ? "yes" : "no";

const over = (value: CourseValue | undefined, of: CourseValue | undefined): number | undefined =>
  typeof value === "number" && typeof of === "number" && of !== 0 ? value / of - 1 : undefined;

function line(
  what: string,
  { record = null, live, simulated = null }: { record?: CourseValue; live: CourseValue; simulated?: CourseValue },
  compared = true,
): CourseFigure {
  const [againstRecord, againstSimulated] = compared ? [over(live, record), over(live, simulated)] : [];
  return {
    what,
    record,
    live,
    simulated,
    ...(againstRecord === undefined ? {} : { againstRecord }),
    ...(againstSimulated === undefined ? {} : { againstSimulated }),
  };
}

/** A figure of the report, measured and predicted. @throws {Error} when the report has none of this name. */
function found({ figures }: Report, name: string) {
  const figure = figures.find((each) => each.name === name);
  if (figure === undefined)
    throw new Error(`the report has no figure "${name}"; it has ${figures.map((each) => each.name)}`);
  const { measured = null, predicted = null, low, high } = figure;
  const interval =
    predicted !== null && low !== undefined && high !== undefined && low !== high
      ? { middle: predicted, low, high }
      : predicted;
  return { live: measured, simulated: predicted, interval };
}

const distance = (report: Report): CourseFigure =>
  line("instances, mean distance from the simulation", { live: found(report, "instances, mean distance").live });

export function webFigures(report: Report): CourseFigure[] {
  const { live, simulated } = sizesOf(report);
  const { latency } = report.totals;
  const both = (of: (sizes: readonly number[]) => CourseValue) => ({ live: of(live), simulated: of(simulated) });
  const client = report.capacities.find(({ group }) => group === report.group);
  const declared = client?.kind === "web" ? `${client.clientSeconds ?? 0} (declared)` : null;
  return [
    line("requests", { ...found(report, "requests"), record: webRecord.requests }),
    line("mean answer, s", { ...found(report, "answer, mean"), record: webRecord.latency.mean }),
    line("median answer, s", { ...found(report, "answer, 50 % within"), record: webRecord.latency.p50 }),
    line("95 % within, s", found(report, "answer, 95 % within")),
    line("shortest, s", { record: webRecord.latency.min, live: latency.min ?? null, simulated: declared }),
    line("longest, s", { record: webRecord.latency.max, live: latency.max ?? null }),
    line("through 2, 3, 5, 10", { record: "yes", ...both(through) }),
    line(
      "ten after, min",
      both((sizes) => reached(sizes, 10)),
      false,
    ),
    line("minutes a step in", { record: webRecord.scaleInEvery, ...both((sizes) => stepInward(sizes, 2)) }),
    line(
      "two again after, min",
      both((sizes) => backAt(sizes, 2)),
      false,
    ),
    line("instance-hours", found(report, "instance-hours")),
    distance(report),
  ];
}

export function annotatorFigures(report: Report): CourseFigure[] {
  const { live, simulated } = sizesOf(report);
  const least = annotatorRecord.endsAt;
  const both = (of: (sizes: readonly number[]) => CourseValue) => ({ live: of(live), simulated: of(simulated) });
  const from = (name: string) => {
    const { live: measured, interval } = found(report, name);
    return { live: measured, simulated: interval };
  };
  const { jobs } = report;
  const completed =
    typeof jobs === "string"
      ? jobs
      : `${jobs.submitted}, ${jobs.byStatus.COMPLETED === jobs.submitted ? "all" : (jobs.byStatus.COMPLETED ?? 0)} completed`;
  return [
    line("jobs", { live: completed, simulated: from("jobs done").simulated }),
    line("first instance more, min", from("first instance more"), false),
    line("most instances", from("most instances in service"), false),
    line(
      "at two again after, min",
      both((sizes) => backAt(sizes, least)),
      false,
    ),
    line("instances at the end", { record: least, ...both((sizes) => sizes.at(-1) ?? null) }, false),
    line("instance-hours", from("instance-hours"), false),
    line("job done after, mean, s", from("job done after, mean"), false),
    distance(report),
  ];
}
