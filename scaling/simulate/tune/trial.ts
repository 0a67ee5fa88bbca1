/** One run of one setting, as far as a search looks at it: small enough to be sent from thread to thread. */
import type { Scenario } from "../model.ts";
import type { Totals } from "../recorder.ts";
import { simulate } from "../simulate.ts";

export interface Trial extends Pick<Totals, "ended" | "failed" | "latency" | "instanceHours" | "stoppedHours"> {
  readonly seed: number;
  /** Minutes at whose end the group's desired capacity was its maximum. */
  readonly minutesAtMost: number;
}

/** The same scenario and seed give the same trial. */
export function trialOf(scenario: Scenario, seed: number): Trial {
  const { totals, rows } = simulate(scenario, seed);
  const most = scenario.plan.groups.find(({ name }) => name === scenario.group)?.max ?? Number.POSITIVE_INFINITY;
  const { ended, failed, latency, instanceHours, stoppedHours } = totals;
  const minutesAtMost = rows.filter(({ desired }) => desired >= most).length;
  return { seed, ended, failed, latency, instanceHours, stoppedHours, minutesAtMost };
}

/** Runs a scenario once with each seed, in their order; on as many threads as there are. */
export type RunTrials = (scenario: Scenario, seeds: readonly number[]) => Promise<readonly Trial[]>;
