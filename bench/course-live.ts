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

interface LoadTest {
  /** Times as fast as AWS's own clock. */
  readonly speed: number;
  readonly capacity: string;
  readonly config: Readonly<Record<string, string>>;
  readonly scenario: "web" | "annotator";
  readonly parameters: Readonly<Record<string, string>>;
  /** How long an instance takes to come up. */
  readonly boot: string;
  /** In the words of `--expect`. */
  readonly expectations: readonly string[];
}

async function measured({ speed, capacity, config, scenario, parameters, boot, expectations }: LoadTest) {
  return runLive({
    speed,
    capacity,
    config,
    plan: await readPlan({ directory: project, stack: "local", config, onOutput: () => {} }),
    load: {
      scenario,
      parameters,
      service: { boot },
      expectations: expectations.map(readExpectation),
      after: undefined,
      runs,
    },
    signal: abort.signal,
  });
}

// The commands of docs/course-live.md do the same by hand.
const web = await measured({
  speed: 12,
  capacity: "web=200rps,shared=29.4rps,client=1.88s",
  config: { webScaling: "course", webMax: "10" },
  scenario: "web",
  parameters: { USERS: "238", PLATEAU: "3034" },
  boot: "30 s",
  expectations: ["reached 10 by 50 min", "back at 2 by 120 min"],
});
const annotator = await measured({
  speed: 20,
  capacity: "annotator=60s,exponential",
  config: { annotatorScaling: "course", annotatorMax: "10" },
  scenario: "annotator",
  parameters: { JOBS: "3" },
  boot: "40 s",
  expectations: ["back at 2 by 120 min"],
});

const figures = { runs, web: webFigures(web), annotator: annotatorFigures(annotator) };
for (const rows of [figures.web, figures.annotator]) {
  console.table(
    rows.map(({ what, record, live, simulated }) => ({ what, record, live, simulated: JSON.stringify(simulated) })),
  );
}
writeReport("course-live", figures, { web, annotator });
