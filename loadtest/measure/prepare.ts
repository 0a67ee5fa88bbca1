/** Everything about a load test that is checked and decided before the load. */
import { nameWithinStack } from "../../runtime/contract/names.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";
import { afterMinutes } from "./after.ts";
import { findK6 } from "./k6/find.ts";
import { inspectScenario } from "./k6/scenario.ts";
import type { LoadTestOptions } from "./options.ts";
import { beliefOf, loadScenario, type ServiceBelief } from "./predict.ts";
import { aboutScenario, type ScenarioName, scenarioFile } from "./scenarios.ts";

/** Stands for a token while a scenario is only looked at. */
const noToken = `gas_none_${"0".repeat(64)}`;
/** Names that the scenario does not know would be ignored in silence. */
function checkNames(scenario: ScenarioName, given: readonly string[], known: readonly string[]): void {
  const free = known.filter((name) => name !== "SPEED");
  const wrong = given.find((name) => !free.includes(name));
  if (wrong !== undefined) throw new Error(`scenario ${scenario} has no parameter ${wrong}; it has ${free.join(", ")}`);
}

export type Prepared = Awaited<ReturnType<typeof prepare>>;

/** @throws {Error} for what cannot be run, before anything is. */
export async function prepare(options: LoadTestOptions) {
  const { scenario, target, parameters, plan } = options;
  const { api, farm } = aboutScenario[scenario];
  const k6 = await findK6(options.k6, process.env.PATH ?? "");
  if (api && !target.local && options.token === undefined) {
    throw new Error(
      `scenario ${scenario} submits jobs at ${target.url}: put an API token into ANNOFARM_TOKEN (profile page)`,
    );
  }
  if (api && target.local && options.tables === undefined) {
    throw new Error(`scenario ${scenario} submits jobs, but stack ${plan.stack} declares no web service with users`);
  }
  const file = options.file ?? scenarioFile(scenario);
  const token = api ? { TOKEN: target.local ? noToken : (options.token as string) } : {};
  const base = { ...parameters, ...token, TARGET: target.url };
  const inspected = await inspectScenario(k6, file, { ...base, SPEED: "1" });
  checkNames(scenario, Object.keys(parameters), Object.keys(inspected.parameters));
  await inspectScenario(k6, file, { ...base, SPEED: String(target.speed) });

  const { groups } = readScalingPlan(plan);
  const primary = groups.find(({ name }) => nameWithinStack(name).endsWith(`-${farm}`));
  if (primary === undefined) throw new Error(`stack ${plan.stack} declares no group called …-${farm}`);
  const seconds = inspected.seconds;
  const after = options.after ?? afterMinutes(primary);
  const scene = (belief: ServiceBelief, length: number) =>
    loadScenario({
      name: scenario,
      farm,
      plan,
      inspected,
      belief,
      seconds: length,
      timeout: Math.max(60, 2 * target.speed),
    });
  const belief = beliefOf(farm, primary.name, target.capacities, options.service);
  if (typeof belief !== "string") scene(belief, seconds); // what is wrong with it is told before the load
  return {
    k6,
    file,
    base,
    inspected,
    farm,
    api,
    groups: groups.map(({ name }) => name),
    primary,
    after,
    belief,
    scene,
  };
}
