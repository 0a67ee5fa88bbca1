/** What one run says of the policy that decided in it. */
import type { Scenario } from "../model.ts";
import type { MinuteRow, RunResult } from "../recorder.ts";
import type { Need } from "./need.ts";

/** How long a job may wait before its farm counts as too small. */
export const acceptableWaitSeconds = 300;

export interface Measures {
  /** Minutes from the load's crossing what the farm starts with until enough is in service for as long as it lasts. */
  readonly enoughAfter: number | undefined;
  /** Minutes, over the whole run, with less in service than the load needs. */
  readonly short: number;
  /** Minutes from the load's falling back until the farm is at its start's size again, for good. */
  readonly backAfter: number | undefined;
  readonly failed: number;
  /** Seconds. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly instanceHours: number;
  /** Changes of the desired capacity against the one before. */
  readonly turns: number;
}

/** Instances short of what the load needs, or jobs that wait longer than acceptable. */
function isShort({ inService, waiting }: MinuteRow, needed: number, { service }: Scenario): boolean {
  if (inService < needed) return true;
  if (service.kind !== "workers") return false;
  return (waiting * service.jobSeconds) / (Math.max(1, inService) * service.concurrency) > acceptableWaitSeconds;
}

function turnsOf({ decisions }: RunResult): number {
  const signs = decisions.flatMap((each) => (each.kind === "desired" ? [Math.sign(each.to - each.from)] : []));
  return signs.filter((sign, index) => index > 0 && sign !== signs[index - 1]).length;
}

export function measure(scenario: Scenario, need: Need, run: RunResult): Measures {
  const { rows, totals } = run;
  const shorts = rows.map((row) => isShort(row, need.instances[row.minute - 1] ?? 0, scenario));
  const start = scenario.plan.groups.find(({ name }) => name === scenario.group)?.desired ?? 0;
  const larger = rows.findLastIndex(({ inService }) => inService > start);
  return {
    enoughAfter: enoughAfter(need, shorts),
    short: shorts.filter(Boolean).length,
    backAfter: need.falls === undefined || larger + 1 >= rows.length ? undefined : Math.max(0, larger + 2 - need.falls),
    failed: totals.failed,
    p50: totals.latency.p50,
    p95: totals.latency.p95,
    instanceHours: totals.instanceHours,
    turns: turnsOf(run),
  };
}

/** From its crossing to the minute after the last short one, as long as the load is at its greatest. */
export function enoughAfter({ crossing, instances, most }: Need, shorts: readonly boolean[]): number | undefined {
  if (crossing === undefined) return undefined;
  const peakEnds = instances.lastIndexOf(most);
  const lastShort = shorts.slice(0, peakEnds + 1).lastIndexOf(true);
  if (lastShort === peakEnds) return undefined;
  // Indices begin at 0, minutes at 1: the minute at `lastShort + 1` was still short, the next was not.
  return Math.max(0, lastShort + 2 - crossing);
}
