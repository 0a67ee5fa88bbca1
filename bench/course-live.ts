/**
 * Does the course's recorded load repeat on one machine? Both of its load tests (exercises 13 and 14) run by k6 against real
 * processes under the course's policies, on the accelerated clock, and simulated under the same declaration. Only what an instance
 * gets through is declared. The peers are the record and the simulation. Takes a quarter of an hour; needs k6.
 *
 *     npm run bench -- course-live
 */
import { fileURLToPath } from "node:url";
import { readExpectation } from "../loadtest/measure/verdicts/expectation.ts";
import { readPlan } from "../plan/plan.ts";
import { annotatorFigures, webFigures } from "./course-live/figures.ts";
import { runLive } from "./support/live.ts";
import { writeReport } from "./support/report.ts";

const project = fileURLToPath(new URL("..", import.meta.url));
const runs = 50;
const abort = new AbortController();
process.once("SIGINT", () => abort.abort(new Error("interrupted")));

const planOf = (config: Readonly<Record<string, string>>) =>
  readPlan({ directory: project, stack: "local", config, onOutput: () => {} });

// The commands of docs/course-live.md do the same by hand.
const web = { webScaling: "course", webMax: "10" };
const webReport = await runLive({
  speed: 12,
  capacity: "web=200rps,shared=29.4rps,client=1.88s",
  config: web,
  plan: await planOf(web),
  load: {
    scenario: "web",
    parameters: { USERS: "238", PLATEAU: "3034" },
    service: { boot: "30 s" },
    expectations: [readExpectation("reached 10 by 50 min"), readExpectation("back at 2 by 120 min")],
    after: undefined,
    runs,
  },
  signal: abort.signal,
});

const annotator = { annotatorScaling: "course", annotatorMax: "10" };
const annotatorReport = await runLive({
  speed: 20,
  capacity: "annotator=60s,exponential",
  config: annotator,
  plan: await planOf(annotator),
  load: {
    scenario: "annotator",
    parameters: { JOBS: "3" },
    service: { boot: "40 s" },
    expectations: [readExpectation("back at 2 by 120 min")],
    after: undefined,
    runs,
  },
  signal: abort.signal,
});

const figures = { runs, web: webFigures(webReport), annotator: annotatorFigures(annotatorReport) };
for (const rows of [figures.web, figures.annotator]) {
  console.table(
    rows.map(({ what, record, live, simulated }) => ({ what, record, live, simulated: JSON.stringify(simulated) })),
  );
}
writeReport("course-live", figures, { web: webReport, annotator: annotatorReport });
