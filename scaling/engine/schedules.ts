/** Scheduled actions. They heed no cooldown. */
import { cronMatches } from "../../runtime/contract/cron.ts";
import type { SchedulePlan } from "../scaling-plan.ts";
import { setDesired } from "./capacity.ts";
import { minute } from "./metrics.ts";
import { type Group, groupsOf, isSuspended, type Turn } from "./turn.ts";

/** Is the action due in the minute that begins at `at`? One that recurs is so at its start time as well. */
function isDue({ recurrence, start, end }: SchedulePlan, at: number): boolean {
  if (start !== undefined && start >= at && start < at + minute) return true;
  if (recurrence === undefined) return false;
  return at >= (start ?? at) && (end === undefined || at < end) && cronMatches(recurrence, at);
}

/**
 * Runs the actions of every minute that has begun after `since`, up to now.
 *
 * @param since time of the last event, epoch milliseconds.
 */
export function runSchedules(turn: Turn, since: number): void {
  const last = Math.floor(turn.at / minute) * minute;
  for (let at = Math.floor(since / minute) * minute + minute; at <= last; at += minute) {
    for (const group of groupsOf(turn)) {
      // One that falls due meanwhile is missed, not made up for.
      if (isSuspended(group, "ScheduledActions")) continue;
      for (const schedule of group.plan.schedules) if (isDue(schedule, at)) run(turn, group, schedule);
    }
  }
}

/** As AWS has it when it updates the group: nothing of such an action takes effect. */
function problemOf({ min, max }: { readonly min: number; readonly max: number }, desired: number | undefined) {
  if (min > max) return `its minimum ${min} is above the maximum ${max}`;
  if (desired === undefined || (desired >= min && desired <= max)) return undefined;
  return `its desired capacity ${desired} is not between the minimum ${min} and the maximum ${max}`;
}

function run(turn: Turn, group: Group, { name, min, max, desired }: SchedulePlan): void {
  const { plan, state } = group;
  const bounds = { min: min ?? state.min, max: max ?? state.max };
  const changed = bounds.min !== state.min || bounds.max !== state.max;
  const why = problemOf(bounds, desired);
  if (why !== undefined) {
    turn.decisions.push({ kind: "refused", at: turn.at, group: plan.name, by: name, why });
    return;
  }
  Object.assign(state, bounds);
  if (changed) turn.decisions.push({ kind: "bounds", at: turn.at, group: plan.name, ...bounds, by: name });
  setDesired(turn, group, { desired: desired ?? state.desired, cause: `scheduled action ${name}`, by: name });
}
