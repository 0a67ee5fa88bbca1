/** What a stack has cost so far: declared prices × what really ran. A pure function of facts, rates and a time. */
import type { StackRecord } from "../types.ts";
import type { Fact } from "./facts.ts";
import { type Interval, intervalsOf, type Span, standingOf, withoutBegin } from "./intervals.ts";
import type { Rates } from "./rates.ts";

export interface Accrued {
  readonly stack: string;
  /** USD; the sum of the four below. */
  readonly usd: number;
  /** Instances alone. */
  readonly instances: number;
  /** What comes with each instance: disk, address, polling, logs. */
  readonly besides: number;
  /** What stands whatever happens. */
  readonly fixed: number;
  /** What depends on use: estimated. */
  readonly estimated: number;
  readonly instanceHours: number;
  /** Instances that run now. */
  readonly running: number;
  /** USD an hour at which it goes on. */
  readonly hourly: number;
  /** What ran and is not in it, each with its reason. */
  readonly leftOut: readonly string[];
}

const hour = 3_600_000;
/** AWS charges an instance for a minute at least. */
const leastMilliseconds = 60_000;

/** Milliseconds of a span up to now. */
function lengthOf({ from, to }: Span, now: number): number {
  return Math.max(0, Math.min(to ?? now, now) - from);
}

const runsAt = ({ from, to }: Span, now: number) => from <= now && (to === undefined || to > now);

/** USD an hour of one instance; the reason where it has no price. */
function priceOf(interval: Interval, stack: string, rates: Rates) {
  const { group, instanceId } = interval;
  const declared = group?.startsWith(stack) ? rates.groups.get(group.slice(stack.length)) : undefined;
  const type = interval.type ?? declared?.instanceType;
  const besides = declared?.besides ?? 0;
  if (type === undefined) return { itself: 0, besides, unpriced: `${instanceId}: nobody saw of which type it was` };
  const itself = rates.instance(type, interval.spot ?? false);
  if (itself !== undefined) return { itself, besides };
  return { itself: 0, besides, unpriced: `${instanceId}: the price table has no ${type}` };
}

/** What is known of one stack. */
export interface Ran {
  readonly stack: string;
  readonly facts: readonly Fact[];
  /** Its records, oldest first; empty for a stack that the ledger does not know. */
  readonly history: readonly StackRecord[];
}

/** @param now epoch milliseconds; what was learned later is not asked. */
export function accruedOf({ stack, facts, history }: Ran, rates: Rates, now: number): Accrued {
  const known = facts.filter(({ at }) => at <= now);
  const intervals = intervalsOf(known).filter(({ from }) => from <= now);
  const standing = standingOf(history);
  const sum = { instances: 0, besides: 0, hours: 0, running: 0, hourly: 0 };
  const leftOut: string[] = withoutBegin(known).map((id) => `${id}: began before anybody looked`);
  for (const interval of intervals) {
    const { itself, besides, unpriced } = priceOf(interval, stack, rates);
    const ran = lengthOf(interval, now);
    const hours = ran / hour;
    const charged = interval.to === undefined ? ran : Math.max(ran, leastMilliseconds);
    sum.instances += (itself * charged) / hour;
    sum.besides += besides * hours;
    sum.hours += hours;
    if (unpriced !== undefined) leftOut.push(unpriced);
    if (!runsAt(interval, now)) continue;
    sum.running += 1;
    sum.hourly += itself + besides;
  }
  const stood = standing.reduce((total, span) => total + lengthOf(span, now), 0) / hour;
  const stands = standing.some((span) => runsAt(span, now));
  const [fixed, estimated] = [rates.fixed * stood, rates.estimated * stood];
  return {
    stack,
    usd: sum.instances + sum.besides + fixed + estimated,
    instances: sum.instances,
    besides: sum.besides,
    fixed,
    estimated,
    instanceHours: sum.hours,
    running: sum.running,
    hourly: sum.hourly + (stands ? rates.fixed + rates.estimated : 0),
    leftOut,
  };
}
