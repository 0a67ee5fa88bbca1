/** The benchmark's live runs, and its calibration: each a service of its own here, under k6. */
import { atMinutes } from "../../loadtest/measure/measured.ts";
import { instanceHours } from "../../loadtest/measure/report/figures.ts";
import type { Plan } from "../../plan/types.ts";
import type { Scenario } from "../../scaling/simulate/model.ts";
import { simulate } from "../../scaling/simulate/simulate.ts";
import { runLive } from "../support/live.ts";
import { mean } from "../support/report.ts";
import { type Calibrated, capacityOf, lifeTimes } from "./calibrate.ts";
import type { LiveRun } from "./journal.ts";
import { after, capacity, loadOf } from "./runs.ts";

/** What is run: a program's plan under this configuration, so many times as fast as real. */
export interface Declared {
  readonly speed: number;
  readonly config: Readonly<Record<string, string>>;
  readonly plan: Plan;
  /** See `LiveOptions`. */
  readonly port: number;
  readonly signal: AbortSignal;
}

/** @param shape - its number, as shapes.ts counts. */
export async function liveRun(shape: number, declared: Declared): Promise<LiveRun> {
  const { measured, group, totals } = await runLive({ ...declared, capacity, load: loadOf(shape, after) });
  const changes = measured.sizes[group] ?? [];
  return {
    inService: atMinutes(changes, measured.minutes).map(({ inService }) => inService),
    requests: measured.load.map(({ requests }) => requests),
    hours: instanceHours(changes, measured.minutes),
    p95: totals.latency.p95,
  };
}

/**
 * @param declared - under a policy that leaves the group alone: instances are added by hand.
 * @param scenarioOf - the calibration's load over so many minutes, nothing known of the instances.
 */
export async function calibrate(
  declared: Declared,
  scenarioOf: (minutes: number) => Promise<Scenario>,
): Promise<Calibrated> {
  let times: Pick<Calibrated, "boot" | "healthy" | "stop"> = { boot: 0, healthy: 0, stop: 0 };
  const report = await runLive({
    ...declared,
    capacity,
    load: loadOf(0, 0),
    look: async (service, { group }) => {
      times = await lifeTimes(service, group);
    },
  });
  const scenario = await scenarioOf(report.loadMinutes);
  const requestsOf = (
    { rate, client: clientSeconds }: Pick<Calibrated, "rate" | "client">,
    span: readonly [number, number],
  ) => {
    if (scenario.service.kind !== "web") throw new TypeError("the calibration's farm is a web farm");
    const service = { ...scenario.service, rate, clientSeconds };
    return mean(
      [1, 2, 3, 4, 5].flatMap((seed) =>
        simulate({ ...scenario, service }, seed)
          .rows.slice(...span)
          .map(({ ended }) => ended),
      ),
    );
  };
  return { ...capacityOf(report, requestsOf), ...times };
}
