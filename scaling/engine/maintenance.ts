/**
 * How a group with an instance maintenance policy replaces an unhealthy instance: its successor is launched first, as far as the
 * greatest share of the desired capacity allows, and it goes once enough others are healthy. Without a policy it goes at once, and
 * then its successor is launched.
 *
 *     unhealthy ─▶ marked, stays ─▶ successors launched, up to the greatest share ─▶ least share healthy ─▶ terminated
 *                                                       └── no more may be launched and none is on its way ─▶ one is terminated
 *
 * Source: "Instance maintenance policies". A machine that is gone waits for nothing.
 */
import { healthyBounds } from "../refresh/preferences.ts";
import { beginTermination } from "./lifecycle.ts";
import type { InstanceState } from "./state.ts";
import { active, type Group, groupsOf, type Turn } from "./turn.ts";

const markedOf = ({ state }: Group): InstanceState[] => active(state).filter(({ outgoing }) => outgoing !== undefined);

/** Instances beyond the desired capacity that the group may have now, for those that are to be replaced. */
export function replacing(group: Group): number {
  const { plan, state } = group;
  if (plan.maintenance === undefined) return 0;
  return Math.min(markedOf(group).length, healthyBounds(plan.maintenance, state.desired).most - state.desired);
}

/** Ends those whose place has been taken. */
export function endReplaced(turn: Turn): void {
  for (const group of groupsOf(turn)) {
    const { plan, state } = group;
    const marked = markedOf(group);
    if (plan.maintenance === undefined || marked.length === 0) continue;
    const { least } = healthyBounds(plan.maintenance, state.desired);
    const members = active(state);
    const healthy = members.filter(({ phase, outgoing }) => phase === "InService" && outgoing === undefined).length;
    const pending = state.ordered.length + members.filter(({ phase }) => phase !== "InService").length;
    const isFull = pending === 0 && members.length >= state.desired + replacing(group);
    for (const { id, outgoing } of healthy >= least ? marked : marked.slice(0, isFull ? 1 : 0)) {
      beginTermination(turn, group, id, outgoing as string);
    }
  }
}
