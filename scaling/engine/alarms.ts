/** Evaluates every alarm, once a minute, and says which policies hear something. */
import { evaluateAlarm } from "../alarm.ts";
import type { AlarmPlan, PolicyReference } from "../scaling-plan.ts";
import { datapointsOf } from "./metrics.ts";
import type { AlarmMemory } from "./state.ts";
import type { Turn } from "./turn.ts";

/** An alarm's message to a policy, this minute. */
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
export function evaluateAlarms(turn: Turn): Message[] {
  const { plan, state, at, decisions } = turn;
  return plan.alarms.flatMap((alarm) => {
    const memory = state.alarms[alarm.name] as AlarmMemory;
    const points = datapointsOf(turn, alarm);
    const { state: to, reason } = evaluateAlarm(alarm.rule, points, memory.state);
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
  });
}
