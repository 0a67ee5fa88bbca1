/** How far a prediction is from what was recorded, minute by minute. Pure. */
import { enoughAfter } from "../../../scaling/simulate/compare/measure.ts";
import { needOf } from "../../../scaling/simulate/compare/need.ts";
import type { Scenario } from "../../../scaling/simulate/model.ts";
import { type Interval, intervalOf, type Prediction, predict } from "../../../scaling/simulate/prediction.ts";
import type { BacktestRecord } from "./record.ts";

interface BacktestFigures {
  /** Mean absolute error of the instances in service against the median of all runs, by minute. */
  readonly meanError: number;
  /** Share of the minutes whose recorded size is within the 90 % interval, 0 to 1. */
  readonly coverage: number;
  readonly hours: { readonly recorded: number; readonly predicted: Interval | undefined };
  /** Minutes from the load's crossing what the farm began with until enough are in service; `undefined`: never, or it never crossed. */
  readonly enough: { readonly recorded: number | undefined; readonly predicted: Interval | undefined };
  /** Minute in which there were first more in service than at the start. */
  readonly firstOut: { readonly recorded: number | undefined; readonly predicted: number | undefined };
  readonly most: { readonly recorded: number; readonly predicted: number };
}

export interface BacktestOutcome {
  readonly variant: string;
  readonly config: Readonly<Record<string, string>>;
  /** Whether the load ever needs more than the farm began with. */
  readonly crosses: boolean;
  readonly figures: BacktestFigures;
  readonly prediction: Prediction;
}

type Sizes = readonly (number | undefined)[];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const firstAbove = (sizes: Sizes, start: number): number | undefined => {
  const index = sizes.findIndex((value) => value !== undefined && value >= start + 0.5);
  return index < 0 ? undefined : index + 1;
};

/** A minute without a datapoint has what the one before it had. */
function hoursOf(total: Sizes): number {
  let last = total.find((value) => value !== undefined) ?? 0;
  const minutes = total.reduce<number>((sum, value) => {
    last = value ?? last;
    return sum + last;
  }, 0);
  return minutes / 60;
}

/**
 * The scenario as the record began: with as many instances as there were.
 *
 * @throws {RangeError} when the plan's bounds do not let that be.
 */
export function beganAs(
  scenario: Scenario,
  { inService, group }: Pick<BacktestRecord, "inService" | "group">,
): Scenario {
  const start = Math.round(inService.find((value) => value !== undefined) ?? 0);
  const planned = scenario.plan.groups.find(({ name }) => name === scenario.group);
  const [min, max] = [planned?.min ?? 0, planned?.max ?? 0];
  const bounds = `${scenario.group} has ${min} to ${max} instances by the plan`;
  const fix = "give the settings that it was deployed with (-s, -c)";
  if (group !== undefined && (group.min !== min || group.max !== max)) {
    throw new RangeError(`${bounds}, and ${group.min} to ${group.max} by the export: ${fix}`);
  }
  const most = Math.max(...inService.map((value) => value ?? 0));
  if (most > max) throw new RangeError(`${bounds}, and ${most} were recorded: ${fix}`);
  const desired = Math.min(max, Math.max(min, start));
  const groups = scenario.plan.groups.map((each) => (each.name === scenario.group ? { ...each, desired } : each));
  return { ...scenario, plan: { ...scenario.plan, groups } };
}

/** @param onRun told after each run; what it returns is waited for. */
export async function judge(
  { inService, total }: Pick<BacktestRecord, "inService" | "total">,
  scenario: Scenario,
  options: { readonly seed: number; readonly runs: number; readonly onRun?: () => void | Promise<void> },
): Promise<Omit<BacktestOutcome, "variant" | "config">> {
  const need = needOf(scenario);
  const shortOf = (sizes: Sizes) => need.instances.map((needed, minute) => (sizes[minute] ?? needed) < needed);
  const enough: (number | undefined)[] = [];
  const prediction = await predict(scenario, {
    seed: options.seed,
    runs: options.runs,
    onRun(_, { rows }) {
      enough.push(enoughAfter(need, shortOf(rows.map((row) => row.inService))));
      return options.onRun?.();
    },
  });
  const middle = prediction.inService.map((interval) => interval.middle);
  const known = inService.flatMap((value, minute) => {
    const interval = prediction.inService[minute];
    return value === undefined || interval === undefined ? [] : [{ value, interval }];
  });
  const start = inService.find((value) => value !== undefined) ?? 0;
  return {
    crosses: need.crossing !== undefined,
    figures: {
      meanError: mean(known.map(({ value, interval }) => Math.abs(value - interval.middle))),
      coverage: mean(known.map(({ value, interval: { low, high } }) => (value >= low && value <= high ? 1 : 0))),
      hours: { recorded: hoursOf(total), predicted: prediction.totals.instanceHours },
      enough: { recorded: enoughAfter(need, shortOf(inService)), predicted: intervalOf(enough) },
      firstOut: { recorded: firstAbove(inService, start), predicted: firstAbove(middle, start) },
      most: { recorded: Math.max(...inService.map((value) => value ?? 0)), predicted: Math.max(...middle) },
    },
    prediction,
  };
}
