/**
 * Zones of a group: which one a launch goes to, and when instances move. Source: "Auto Scaling group Availability Zone distribution"
 * (balanced best effort): an instance goes to the zone that has fewest; where a launch fails in one zone, another is tried; a
 * group whose zones differ by more than one instance launches in the emptiest and then terminates in the fullest (AZRebalance).
 */
import { active, type Group } from "./turn.ts";

/** AWS gives no number for how long a zone without capacity is left alone. */
const avoidedMilliseconds = 300_000;

const failedLaunchPause = 60_000;

/** Share of the maximum by which a group may grow beyond it while it balances its zones, one instance at least. */
const balancingMargin = 0.1;

function sizes({ plan, state }: Group): Map<string, number> {
  const counts = new Map<string, number>(plan.zones.map((zone) => [zone, 0]));
  for (const { zone } of [...active(state), ...state.ordered]) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return counts;
}

/** Zones in which a launch may be tried; all when every one has failed of late. */
function usable({ plan, state }: Group, at: number): readonly string[] {
  const open = plan.zones.filter((zone) => at >= (state.avoided[zone] ?? at));
  return open.length > 0 ? open : plan.zones;
}

const fewestOf = (zones: readonly string[], counts: ReadonlyMap<string, number>): string =>
  zones.reduce((least, zone) => ((counts.get(zone) ?? 0) < (counts.get(least) ?? 0) ? zone : least));

/** The zone with the fewest instances, launched or ordered; the first declared of several. */
export const zoneForLaunch = (group: Group, at: number): string => fewestOf(usable(group, at), sizes(group));

/** As that, for a launch into the warm pool. The group will have what waits there, or is to: it counts as well. */
export function zoneForPool(group: Group, at: number): string {
  const { pool, instances } = group.state;
  const counts = sizes(group);
  const returning = instances.filter(({ returns }) => returns);
  const zones = [...pool.ordered, ...[...pool.instances, ...returning].map(({ zone }) => zone)];
  for (const zone of zones) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return fewestOf(usable(group, at), counts);
}

/** A launch has failed: another zone is tried at once, if there is one; else nothing is launched for a while. */
export function noteFailedLaunch({ plan, state }: Group, zone: string | undefined, at: number): void {
  if (zone !== undefined) {
    state.avoided = { ...state.avoided, [zone]: at + avoidedMilliseconds };
    if (plan.zones.some((each) => at >= (state.avoided[each] ?? at))) return;
  }
  state.launchesFrom = at + failedLaunchPause;
}

/** How many instances have to move until no two zones differ by more than one; as many as the group has room for. */
export function movesToBalance(group: Group, at: number): number {
  const { plan, state } = group;
  const counts = sizes(group);
  const open = usable(group, at);
  const movable = new Set(
    active(state)
      .filter((each) => !each.protected)
      .map(({ zone }) => zone),
  );
  const room = state.max + Math.max(1, Math.floor(state.max * balancingMargin)) - state.desired;
  for (let moves = 0; ; moves++) {
    const to = fewestOf(open, counts);
    const from = [...counts.keys()].reduce((most, zone) =>
      (counts.get(zone) ?? 0) > (counts.get(most) ?? 0) ? zone : most,
    );
    const [few, many] = [counts.get(to) ?? 0, counts.get(from) ?? 0];
    if (many - few < 2 || moves >= room || !movable.has(from) || plan.zones.length < 2) return moves;
    counts.set(to, few + 1);
    counts.set(from, many - 1);
  }
}
