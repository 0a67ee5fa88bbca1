/** What the documents show of the predictions and of the live runs beside them. */
import { firstOut } from "../../loadtest/measure/report/figures.ts";
import type { PolicyError, PolicyName, PredictionFigures } from "../figures/records.ts";
import { mean } from "../support/report.ts";
import { shapes } from "./shapes.ts";

interface Pair<T> {
  readonly live: T;
  readonly simulated: T;
}

/** One load under one policy. */
export interface Outcome {
  readonly shape: string;
  readonly policy: PolicyName;
  readonly distance: number;
  /** Minutes; `undefined`: never. */
  readonly firstOut: Pair<number | undefined>;
  readonly hours: Pair<number>;
  readonly p95: Pair<number | undefined>;
  /** Share of the minutes in which as many were in service as in nine of ten simulated runs. */
  readonly within: number;
  /** By minute. */
  readonly inService: Pair<readonly number[]>;
  readonly requests: Pair<readonly number[]>;
}

const off = ({ live, simulated }: Pair<number>): number => simulated / live - 1;

/** Whether the first scale-out came within a minute of its prediction, or neither came. */
export const isTimely = ({ firstOut: { live, simulated } }: Outcome): boolean =>
  Math.abs((live ?? -9) - (simulated ?? -9)) <= 1;

function errorOf(outcomes: readonly Outcome[]): PolicyError {
  const p95 = outcomes.flatMap(({ p95: { live, simulated } }) =>
    live === undefined || simulated === undefined ? [] : [Math.abs(off({ live, simulated }))],
  );
  return {
    distance: mean(outcomes.map(({ distance }) => distance)),
    within: mean(outcomes.map(({ within }) => within)),
    hours: mean(outcomes.map(({ hours }) => Math.abs(off(hours)))),
    p95: mean(p95),
    firstOut: outcomes.filter(isTimely).length,
    loads: outcomes.length,
  };
}

/** Instances that a class needs, of five. */
const needed = 4;

function classOf(outcomes: readonly Outcome[], policy: PolicyName) {
  const [shape] = shapes;
  const [before = 0, rise = 0] = shape?.stages.map(([minutes]) => minutes) ?? [];
  const run = outcomes.find((each) => each.policy === policy && each.shape === shape?.name);
  if (run === undefined) throw new Error(`the load "${shape?.name}" was not run under ${policy}`);
  const enough = firstOut(run.inService.live, needed - 1);
  if (enough === undefined) throw new Error(`under ${policy} there were never ${needed} instances for a class`);
  return { enough: enough - before - rise, hours: run.hours.live };
}

/** @param outcomes - every load under every policy. */
export function figuresOf(
  outcomes: readonly Outcome[],
  about: Pick<PredictionFigures, "speed" | "atOnce" | "runs" | "calibrated">,
): PredictionFigures {
  const under = (policy: PolicyName) => errorOf(outcomes.filter((each) => each.policy === policy));
  const { rate, boot, stop } = about.calibrated;
  return {
    ...about,
    calibrated: { rate, boot, stop },
    policies: {
      course: under("course"),
      recommended: under("recommended"),
      requestsPerTarget: under("requestsPerTarget"),
    },
    loads: outcomes.map(({ shape, policy, distance, firstOut: first, hours }) => ({
      shape,
      policy,
      distance,
      firstOut: { live: first.live ?? null, simulated: first.simulated ?? null },
      hours: off(hours),
    })),
    class: { course: classOf(outcomes, "course"), recommended: classOf(outcomes, "recommended") },
  };
}
