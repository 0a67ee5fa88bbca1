/**
 * Which instance goes when a group shrinks. Source: "Configure termination policies": the zone with the most instances first,
 * then one policy after the other until one instance is left; between equals chance decides.
 */
import { draw } from "../random.ts";
import type { TerminationPolicy } from "../scaling-plan.ts";

export interface Candidate {
  readonly id: string;
  readonly zone: string;
  readonly version: number;
  readonly launchedAt: number;
  readonly protected: boolean;
}

type Narrow = (candidates: readonly Candidate[], at: number) => readonly Candidate[];

/** Those for which the measure is least. */
const least =
  (measure: (candidate: Candidate, at: number) => number): Narrow =>
  (candidates, at) => {
    const smallest = Math.min(...candidates.map((each) => measure(each, at)));
    return candidates.filter((each) => measure(each, at) === smallest);
  };

const hour = 3_600_000;
const oldestTemplate = least(({ version }) => version);
const nextHour = least(({ launchedAt }, at) => hour - ((at - launchedAt) % hour));
const all: Narrow = (candidates) => candidates;

const narrowings: Readonly<Record<TerminationPolicy, Narrow>> = {
  Default: (candidates, at) => nextHour(oldestTemplate(candidates, at), at),
  OldestLaunchTemplate: oldestTemplate,
  ClosestToNextInstanceHour: nextHour,
  NewestInstance: least(({ launchedAt }) => -launchedAt),
  OldestInstance: least(({ launchedAt }) => launchedAt),
  // Instances of one plan differ neither by launch configuration nor, to the engine, by purchase option.
  OldestLaunchConfiguration: all,
  AllocationStrategy: all,
};

/** Of the zones that have somebody who may go, the candidates of the fullest. */
function ofFullestZone(members: readonly Candidate[], mayGo: readonly Candidate[]): readonly Candidate[] {
  const size = new Map<string, number>();
  for (const { zone } of members) size.set(zone, (size.get(zone) ?? 0) + 1);
  const most = Math.max(...mayGo.map(({ zone }) => size.get(zone) ?? 0));
  return mayGo.filter(({ zone }) => size.get(zone) === most);
}

/**
 * Never one that is protected from scale-in, which is what a worker is as long as it is busy.
 *
 * @param random state of the generator that decides between equals.
 * @returns `instanceId` `undefined`: nobody may go; and the generator's state from then on.
 */
export function chooseToTerminate(
  members: readonly Candidate[],
  policies: readonly TerminationPolicy[],
  random: number,
  at: number,
): { readonly instanceId: string | undefined; readonly random: number } {
  const mayGo = members.filter((each) => !each.protected);
  if (mayGo.length === 0) return { instanceId: undefined, random };
  let left = ofFullestZone(members, mayGo);
  for (const policy of policies) left = narrowings[policy](left, at);
  if (left.length === 1) return { instanceId: left[0]?.id, random };
  const drawn = draw(random);
  return { instanceId: left[Math.floor(drawn.value * left.length)]?.id, random: drawn.state };
}
