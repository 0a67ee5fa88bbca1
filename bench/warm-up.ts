/**
 * Which warm-up should a web farm have? Simulates the recommended policy, as the program declares it, under four loads for each of
 * five warm-ups, with the launch hook that every group has and without it. The same seeds for all.
 *
 *     npm run bench -- warm-up
 */
import { fileURLToPath } from "node:url";
import { readPlan } from "../plan/plan.ts";
import type { GroupPlan, PolicyPlan } from "../scaling/scaling-plan.ts";
import { loads } from "../scaling/simulate/compare/loads.ts";
import type { Scenario } from "../scaling/simulate/model.ts";
import { checkScenario, scenarioOf } from "../scaling/simulate/scenario/read.ts";
import { simulate } from "../scaling/simulate/simulate.ts";
import type { WarmUpFigures } from "./figures/records.ts";
import { median, writeReport } from "./support/report.ts";

const warmUps = [0, 30, 60, 120, 300];
const runs = 3;

/** 2 to 40 instances of 40 requests/s; the last is the one that a warm-up from the wrong moment hurts most. */
const size = { webMin: "2", webMax: "40" };
const cases: readonly { readonly load: string; readonly given: unknown }[] = [
  { load: "a class: 240 requests/s within 2 minutes", given: loads.web.class },
  { load: "a slow hour up to 280 requests/s", given: loads.web.ramp },
  { load: "five minutes of 200 requests/s", given: loads.web.spike },
  {
    load: "600 requests/s at once, boot of 110 s",
    given: {
      farm: "web",
      duration: "80 min",
      load: {
        kind: "arrivals",
        from: "10/s",
        stages: [
          { for: "5 min", to: "10/s" },
          { for: "0 s", to: "600/s" },
          { for: "30 min", to: "600/s" },
          { for: "0 s", to: "10/s" },
          { for: "45 min", to: "10/s" },
        ],
      },
      service: { running: "15 s", boot: "110 s" },
    },
  },
];

const directory = fileURLToPath(new URL("..", import.meta.url));
const plan = await readPlan({ directory, stack: "dev", config: { ...size, webScaling: "recommended" } });

const warmed = (policy: PolicyPlan, warmUpSeconds: number): PolicyPlan =>
  policy.kind === "simple" ? policy : { ...policy, warmUpSeconds };

/** The scenario with another warm-up, of the group and of its policies, and perhaps without the launch hook. */
function under(scenario: Scenario, warmUpSeconds: number, hook: boolean): Scenario {
  const changed = (group: GroupPlan): GroupPlan => ({
    ...group,
    defaultWarmUpSeconds: warmUpSeconds,
    hooks: group.hooks.filter(({ transition }) => hook || transition !== "launching"),
    policies: group.policies.map((policy) => warmed(policy, warmUpSeconds)),
  });
  return { ...scenario, plan: { ...scenario.plan, groups: scenario.plan.groups.map(changed) } };
}

function measured(scenario: Scenario): { failed: number; peak: number; hours: number } {
  const results = Array.from({ length: runs }, (_, seed) => simulate(scenario, seed + 1));
  return {
    failed: median(results.map(({ totals }) => totals.failed)),
    peak: median(results.map(({ rows }) => Math.max(...rows.map(({ desired }) => desired)))),
    hours: median(results.map(({ totals }) => totals.instanceHours)),
  };
}

const figures: WarmUpFigures = {
  runs,
  cases: cases.flatMap(({ load, given }) => {
    const scenario = scenarioOf(checkScenario(given, load), plan, () => "");
    return [true, false].map((hook) => {
      process.stderr.write(`${load}, ${hook ? "with" : "without"} the launch hook\n`);
      return { load, hook, rows: warmUps.map((seconds) => ({ seconds, ...measured(under(scenario, seconds, hook)) })) };
    });
  }),
};
writeReport("warm-up", figures, figures.cases);
