/** Figures of live runs against their predictions, as Markdown. */
import type { CourseLiveFigures, CourseValue, PolicyError, PolicyName, PredictionFigures } from "./records.ts";
import { change, number, percent, table } from "./words.ts";

const policies: readonly PolicyName[] = ["course", "recommended", "requestsPerTarget"];

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function meanRows(errors: readonly PolicyError[]): string[][] {
  const row = (what: string, of: (error: PolicyError) => number, text: (value: number) => string) => [
    what,
    ...errors.map((error) => text(of(error))),
    text(mean(errors.map(of))),
  ];
  const sum = (of: (error: PolicyError) => number) => errors.reduce((total, error) => total + of(error), 0);
  return [
    row(
      "instances, mean distance (aim 0.25)",
      ({ distance }) => distance,
      (value) => number(value, 2),
    ),
    row(
      "minutes within the 90 % interval of simulated runs",
      ({ within }) => within,
      (value) => percent(value, 0),
    ),
    row(
      "instance-hours off by (aim 5 %)",
      ({ hours }) => hours,
      (value) => percent(value),
    ),
    row(
      "95 % of answers within, off by",
      ({ p95 }) => p95,
      (value) => percent(value),
    ),
    [
      "first scale-out within a minute",
      ...errors.map(({ firstOut, loads }) => `${firstOut} of ${loads}`),
      `${sum(({ firstOut }) => firstOut)} of ${sum(({ loads }) => loads)}`,
    ],
  ];
}

/** `0.09, 8/8, +0.7 %`: distance, minute of the first scale-out live and simulated, instance-hours. */
function loadText({ distance, firstOut: { live, simulated }, hours }: PredictionFigures["loads"][number]): string {
  const first = live === null && simulated === null ? "never" : `${live ?? "never"}/${simulated ?? "never"}`;
  return `${number(distance, 2)}, ${first}, ${change(hours)}`;
}

export function predictionText({
  speed,
  runs,
  calibrated,
  policies: errors,
  loads,
  ...rest
}: PredictionFigures): string {
  const { course, recommended } = rest.class;
  const shapes = [...new Set(loads.map(({ shape }) => shape))];
  const rows = shapes.map((shape) => [
    shape,
    ...policies.map((policy) => {
      const found = loads.find((each) => each.shape === shape && each.policy === policy);
      return found === undefined ? "–" : loadText(found);
    }),
  ]);
  return [
    `${shapes.length} loads under three policies, run live by k6 against real processes (web farm, two to five instances held to 2 requests/s,`,
    `${speed} times as fast as real) and simulated under the same declaration, ${runs} seeds each. The simulation knows of an instance only what one`,
    `calibration run of a minute finds: ${number(calibrated.rate, 2)} requests/s, ${number(calibrated.boot, 1)} s until in service, ${number(calibrated.stop, 1)} s until gone.`,
    "",
    table(
      [`Mean over ${shapes.length} loads`, "course", "recommended", "target tracking", "all"],
      ["---", "---:", "---:", "---:", "---:"],
      meanRows(policies.map((policy) => errors[policy])),
    ),
    "",
    table(
      ["Load", "course: distance, first out live/simulated, hours", "recommended", "target tracking"],
      ["---", "---", "---", "---"],
      rows,
    ),
    "",
    `Live, the recommended policy has what a class needs (four of five instances) in service ${number(recommended.enough, 1)} minutes after it came, the`,
    `course's in ${number(course.enough, 1)}; instance-hours of the whole run: ${number(recommended.hours, 2)} and ${number(course.hours, 2)}.`,
  ].join("\n");
}

/** Three significant digits; of more than that, whole numbers. */
function significant(value: number): string {
  return value >= 100 ? number(value) : String(Number(value.toPrecision(3)));
}

function cell(value: CourseValue): string {
  if (value === null) return "–";
  if (typeof value === "string") return value;
  if (typeof value === "number") return significant(value);
  return `${significant(value.middle)} (${significant(value.low)} to ${significant(value.high)})`;
}

const difference = (part: number | undefined): string =>
  part === undefined ? "" : change(part, Math.abs(part) >= 0.1 ? 0 : 1);

export function courseWebText({ web, runs }: CourseLiveFigures): string {
  return table(
    ["", "record", "live", "live against record", `simulated, ${runs} runs`, "live against simulated"],
    ["---", "---:", "---:", "---:", "---:", "---:"],
    web.map(({ what, record, live, simulated, againstRecord, againstSimulated }) => [
      what,
      cell(record),
      cell(live),
      difference(againstRecord),
      cell(simulated),
      difference(againstSimulated),
    ]),
  );
}

export function courseAnnotatorText({ annotator, runs }: CourseLiveFigures): string {
  return table(
    ["", "record", "live", `simulated, ${runs} runs`],
    ["---", "---:", "---:", "---:"],
    annotator.map(({ what, record, live, simulated }) => [what, cell(record), cell(live), cell(simulated)]),
  );
}

/** README's words on both. */
export function courseSummary({ web }: CourseLiveFigures): string {
  const find = (what: string) => {
    const found = web.find((figure) => figure.what === what);
    if (found === undefined) throw new Error(`bench/results/course-live.json has no figure "${what}"`);
    return found;
  };
  const [requests, answer] = [find("requests"), find("mean answer, s")];
  return [
    "k6 repeated the course's recorded load test against real processes on one machine; the picture shows the result over the prediction.",
    `${cell(requests.live)} requests were answered (record: ${cell(requests.record)}), in ${cell(answer.live)} s on average (record: ${cell(answer.record)} s).`,
    "[docs/course-live.md](docs/course-live.md) compares all figures.",
  ].join("\n");
}

export function classSummary({ class: { course, recommended } }: PredictionFigures): string {
  return [
    "When a whole class arrives at once, the farm has enough instances after",
    `${number(recommended.enough, 1)} minutes with the recommended policies and after ${number(course.enough, 1)} minutes with the course's. They use`,
    `${number(recommended.hours, 2)} and ${number(course.hours, 2)} instance-hours ([docs/benchmarks.md](docs/benchmarks.md), [docs/scaling.md](docs/scaling.md)).`,
  ].join("\n");
}
