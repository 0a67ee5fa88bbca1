/** One run of a scenario, or many, of which the spread is the prediction. */
import type { Scenario } from "./model.ts";
import type { RunResult } from "./recorder.ts";
import { simulateWeb } from "./web.ts";
import { simulateWorkers } from "./workers.ts";

/** The same scenario and seed give the same result. */
export function simulate(scenario: Scenario, seed: number): RunResult {
  const { service } = scenario;
  return service.kind === "web" ? simulateWeb(scenario, service, seed) : simulateWorkers(scenario, service, seed);
}
