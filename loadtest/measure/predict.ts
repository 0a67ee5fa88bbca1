/** The same load, simulated under the same plan: what the run should have looked like. */
import type { Plan } from "../../plan/types.ts";
import type { Scenario } from "../../scaling/simulate/model.ts";
import { type Prediction, predict } from "../../scaling/simulate/prediction.ts";
import { checkScenario, scenarioOf } from "../../scaling/simulate/scenario/read.ts";
import type { ScenarioFile } from "../../scaling/simulate/scenario/schema.ts";
import type { InspectedScenario } from "./k6/scenario.ts";
import type { Capacity } from "./record/target.ts";
import type { ScenarioName } from "./scenarios.ts";
import type { GroupSize } from "./timeline.ts";

export interface ServiceOptions {
  /** Requests that an instance gets through, such as `4.9/s`. */
  readonly rate?: string;
  /** What a job takes. */
  readonly job?: string;
  /** From an instance's order until it runs. */
  readonly boot?: string;
  /** Instead of the others: what a scenario file says of an instance and of what goes wrong around the farm. */
  readonly assumed?: { readonly path: string; readonly file: ScenarioFile };
}

/** How fast instances are, what goes wrong around them, and who says so. */
export interface ServiceBelief extends Partial<Pick<ScenarioFile, "conditions" | "publishes">> {
  readonly service: Readonly<Record<string, unknown>>;
  readonly source: string;
}

/** @returns in words, why nothing is known of the instances, when nothing is. */
export function beliefOf(
  farm: "web" | "annotator",
  group: string,
  capacities: readonly Capacity[],
  { rate, job, boot, assumed }: ServiceOptions,
): ServiceBelief | string {
  if (assumed !== undefined) return assumedBelief(farm, assumed);
  const start = boot === undefined ? {} : { boot };
  const booting = boot === undefined ? "an assumed start of 90 s" : `a given start of ${boot}`;
  if (farm === "web" && rate !== undefined)
    return { service: { rate, ...start }, source: `given: ${rate}; ${booting}` };
  if (farm === "annotator" && job !== undefined)
    return { service: { job, ...start }, source: `given: ${job} a job; ${booting}` };
  const found = capacities.find((each) => each.group === group);
  if (found === undefined) {
    const option = farm === "web" ? "--rate 4.9/s" : "--job '60 s'";
    return `nothing says how fast an instance of ${group} is: give ${option}, or declare its capacity to annofarm local`;
  }
  const { group: _, kind, ...rest } = found;
  if (kind === "web") {
    const { clientSeconds: client = 0, ...capacity } = rest as Extract<Capacity, { kind: "web" }>;
    return {
      service: { ...capacity, client, ...start },
      source: `the capacity declared to annofarm local; ${booting}`,
    };
  }
  const { jobSeconds, ...drawn } = rest as Extract<Capacity, { kind: "workers" }>;
  return {
    service: { job: jobSeconds, ...pick(drawn), ...start },
    source: `the capacity declared to annofarm local; ${booting}`,
  };
}

/** @throws {Error} for what is assumed of the other farm. */
function assumedBelief(
  farm: "web" | "annotator",
  { path, file }: NonNullable<ServiceOptions["assumed"]>,
): ServiceBelief {
  if (file.farm !== farm) throw new Error(`--assume ${path} is of farm ${file.farm}, and the load is of ${farm}`);
  const { service, conditions, publishes } = file;
  return { service, conditions, publishes, source: `service and conditions of ${path}` };
}

const pick = ({ distribution }: Pick<Capacity, "distribution">) => ({ distribution });

/** The plan against what stands: a prediction of other bounds would be of another farm. */
export function differenceOf(scenario: Scenario, groups: readonly GroupSize[]): string | undefined {
  const planned = scenario.plan.groups.find(({ name }) => name === scenario.group);
  const found = groups.find(({ name }) => name === scenario.group);
  if (planned === undefined || found === undefined) return `the plan has no group ${scenario.group}`;
  if (planned.min === found.min && planned.max === found.max) return undefined;
  return (
    `${scenario.group} has ${found.min} to ${found.max} instances, its plan ${planned.min} to ${planned.max}: ` +
    "give the settings that it was deployed with (-s, -c)"
  );
}

export function loadScenario(options: {
  readonly name: ScenarioName;
  readonly farm: "web" | "annotator";
  readonly plan: Plan;
  readonly inspected: InspectedScenario;
  readonly belief: ServiceBelief;
  readonly seconds: number;
  readonly timeout: number;
}): Scenario {
  const { name, farm, plan, inspected, belief, timeout } = options;
  const file = checkScenario(
    {
      title: name,
      farm,
      duration: Math.max(60, Math.round(options.seconds)),
      load: { kind: "k6", options: inspected.options, think: inspected.think },
      service: { ...belief.service, ...(farm === "web" ? { timeout } : {}) },
    },
    `the load of ${name}`,
  );
  // These have been read already.
  const { conditions = file.conditions, publishes = file.publishes } = belief;
  return scenarioOf({ ...file, conditions, publishes }, plan, () => "");
}

export const predictRuns = (scenario: Scenario, seed: number, runs: number): Promise<Prediction> =>
  predict(scenario, { seed, runs, onRun: () => new Promise((resolve) => setImmediate(resolve)) });
