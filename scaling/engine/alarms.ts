/** Evaluates alarms, once a minute or, those of shorter periods, every ten seconds, and says which policies hear something. */
import { type AlarmState, evaluateAlarm } from "../alarm.ts";
import type { AlarmPlan, PolicyReference } from "../scaling-plan.ts";
import type { ScalingEvent } from "./events.ts";
import { alarmGrain, datapointsOf, type Grain, minute } from "./metrics.ts";
import type { AlarmMemory } from "./state.ts";
import type { Turn } from "./turn.ts";

/** An alarm's message to a policy, now. */
export interface Message {
  readonly alarm: AlarmPlan;
  readonly to: PolicyReference;
  readonly state: string;
  /** The alarm's evaluation range, oldest first, a datapoint a period. */
  readonly points: readonly (number | undefined)[];
  /** Datapoints the alarm looked at, oldest first; empty when all were missing. */
  readonly values: readonly number[];
}

/**
 * Changes alarm states and decides what to tell. Auto Scaling hears of the state every minute that it holds, everybody else
 * at its transition only.
 */
export function evaluateAlarms(turn: Turn, grain: Grain): Message[] {
  return turn.plan.alarms.flatMap((alarm) => {
    if (alarmGrain(alarm) !== grain) return [];
    const points = datapointsOf(turn, alarm);
    const memory = memoryOf(turn, alarm);
    const { state, reason } = evaluateAlarm(alarm.rule, points, memory.state);
    const messages = become(turn, alarm, { state, reason, points });
    return isDue(turn.at, memory.since, grain) ? messages : [];
  });
}

/** Evaluated more often, an alarm still repeats itself once a minute. */
const isDue = (at: number, since: number, grain: Grain): boolean =>
  Math.floor((at - since) / minute) > Math.floor((at - since - grain) / minute);

/** @throws {RangeError} when there is no such alarm. */
export function setAlarm(turn: Turn, event: Extract<ScalingEvent, { kind: "alarm-set" }>): Message[] {
  const { alarm: name, state, reason } = event;
  const alarm = turn.plan.alarms.find((each) => each.name === name);
  if (alarm === undefined) throw new RangeError(`there is no alarm ${name} in this plan`);
  return become(turn, alarm, { state, reason, points: datapointsOf(turn, alarm) });
}

const memoryOf = ({ state }: Turn, { name }: AlarmPlan) => state.alarms[name] as AlarmMemory;

function become(
  turn: Turn,
  alarm: AlarmPlan,
  { state: to, reason, points }: { state: AlarmState; reason: string; points: Message["points"] },
): Message[] {
  const { at, decisions } = turn;
  const memory = memoryOf(turn, alarm);
  const { policies, others } = alarm.actions[to];
  if (to !== memory.state) {
    decisions.push({ kind: "alarm", at, alarm: alarm.name, from: memory.state, to, reason });
    if (others.length > 0)
      decisions.push({ kind: "notify", at, alarm: alarm.name, state: to, actions: others, reason });
    Object.assign(memory, { state: to, reason, since: at });
  }
  if (policies.length === 0) return [];
  const values = points.filter((value) => value !== undefined).slice(-alarm.rule.evaluationPeriods);
  return policies.map((policy): Message => ({ alarm, to: policy, state: to, points, values }));
}
