/**
 * Do the recommended policies hold? Simulates them, the course's, target tracking and the ones that were recommended before under the
 * loads that they were chosen by, under others, and under the worst square wave that a search finds. The same seeds for all.
 *
 *     npm run bench -- policies
 */
import { fileURLToPath } from "node:url";
import { readPlan } from "../plan/plan.ts";
import type { Plan } from "../plan/types.ts";
import { measure } from "../scaling/simulate/compare/measure.ts";
import { needOf } from "../scaling/simulate/compare/need.ts";
import type { Scenario } from "../scaling/simulate/model.ts";
import { checkScenario, scenarioOf } from "../scaling/simulate/scenario/read.ts";
import { simulate } from "../scaling/simulate/simulate.ts";
import type { PoliciesFigures } from "./figures/records.ts";
import { withFormer } from "./policies/former.ts";
import {
  badness,
  type Farm,
  type JudgedPolicy,
  type Outcomes,
  type PolicyOutcome,
  policyNames,
} from "./policies/judge.ts";
import { heldOut, type ShapedLoad, seen } from "./policies/loads.ts";
import { worstSquare } from "./policies/search.ts";
import { median, writeReport } from "./support/report.ts";

const size = { least: 2, greatest: 20 };

interface Setting {
  /** A level of 1, as scenarios write it. */
  readonly rate: (level: number) => string;
  /** Of each load; a web farm answers hundreds of thousands of requests in each, an annotator farm a few hundred jobs. */
  readonly runs: number;
  readonly search: { readonly random: number; readonly tries: number; readonly climbs: number };
}
const settings: Readonly<Record<Farm, Setting>> = {
  web: { rate: (level) => `${40 * level}/s`, runs: 1, search: { random: 1, tries: 10, climbs: 8 } },
  annotator: { rate: (level) => `${level}/min`, runs: 5, search: { random: 1, tries: 40, climbs: 30 } },
};

const directory = fileURLToPath(new URL("..", import.meta.url));
const declared = (webScaling: string, annotatorScaling: string): Promise<Plan> => {
  const bounds = Object.entries({ Min: size.least, Max: size.greatest });
  const sizes = bounds.flatMap(([name, value]) => [`web${name}`, `annotator${name}`].map((key) => [key, `${value}`]));
  return readPlan({ directory, stack: "dev", config: { ...Object.fromEntries(sizes), webScaling, annotatorScaling } });
};
const recommended = await declared("recommended", "recommended");
const plans: Readonly<Record<JudgedPolicy, Plan>> = {
  course: await declared("course", "course"),
  targetTracking: await declared("requestsPerTarget", "backlogPerInstance"),
  former: recommended,
  recommended,
};

function scenarioFor(farm: Farm, { name, from, stages }: ShapedLoad, policy: JudgedPolicy): Scenario {
  const { rate } = settings[farm];
  const given = {
    title: name,
    farm,
    duration: `${stages.reduce((sum, { minutes }) => sum + minutes, 0)} min`,
    load: {
      kind: "arrivals",
      from: rate(from),
      stages: stages.map(({ minutes, to }) => ({ for: `${minutes} min`, to: rate(to) })),
    },
  };
  const scenario = scenarioOf(checkScenario(given, name), plans[policy], () => "");
  return policy === "former" ? { ...scenario, plan: withFormer(scenario.plan, scenario.group, farm) } : scenario;
}

function outcomeOf(scenario: Scenario, runs: number): PolicyOutcome {
  const need = needOf(scenario);
  const results = Array.from({ length: runs }, (_, seed) => {
    const run = simulate(scenario, seed + 1);
    const { instanceHours: hours, short } = measure(scenario, need, run);
    const { failed, ended, wait = 0 } = run.totals;
    return {
      failures: scenario.service.kind === "web" ? failed / ended : wait,
      hours,
      short,
      changes: run.decisions.filter(({ kind }) => kind === "desired").length,
      peak: Math.max(...run.rows.map(({ desired }) => desired)),
    };
  });
  const of = (measured: keyof PolicyOutcome) => median(results.map((each) => each[measured]));
  return { failures: of("failures"), hours: of("hours"), short: of("short"), changes: of("changes"), peak: of("peak") };
}

function outcomesOf(farm: Farm, load: ShapedLoad): Outcomes {
  process.stderr.write(`${farm}: ${load.name}\n`);
  const of = (policy: JudgedPolicy) => outcomeOf(scenarioFor(farm, load, policy), settings[farm].runs);
  return Object.fromEntries(policyNames.map((policy) => [policy, of(policy)])) as Outcomes;
}

function farmFigures(farm: Farm) {
  const judged = (loads: readonly ShapedLoad[]) =>
    loads.map((load) => ({ load: load.name, outcomes: outcomesOf(farm, load) }));
  const own = { runs: settings[farm].runs, seen: judged(seen), heldOut: judged(heldOut) };
  const { load, tried } = worstSquare((each) => badness(outcomesOf(farm, each), farm), settings[farm].search);
  return { ...own, worst: { tried, load: load.name, outcomes: outcomesOf(farm, load) } };
}

const figures: PoliciesFigures = { size, farms: { web: farmFigures("web"), annotator: farmFigures("annotator") } };
writeReport("policies", figures, {});
