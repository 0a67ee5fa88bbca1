/** Launches and terminations as they are done, with their hooks and their activities; each begins once. */
import type { LocalClock } from "../../types.ts";
import type { InstanceEvent } from "../ec2/instances/events.ts";
import type { Hypervisor } from "../ec2/instances/hypervisor.ts";
import type { createActivities } from "./activities.ts";
import type { createCauses } from "./causes.ts";
import type { GroupAction } from "./decide.ts";
import type { EmulatedGroups, GroupState } from "./emulated.ts";
import type { createObstacles } from "./obstacles.ts";
import type { Refreshes } from "./refreshes.ts";

/** Auto Scaling launches again after a while; on AWS more and more of one. */
const retryMilliseconds = 60_000;

interface Parts {
  readonly emulated: Pick<EmulatedGroups, "instanceTags" | "hooks" | "terminate">;
  readonly obstacles: Pick<ReturnType<typeof createObstacles>, "of">;
  readonly clock: Pick<LocalClock, "now">;
  readonly hypervisor: Pick<Hypervisor, "launch" | "terminate">;
  readonly activities: Pick<ReturnType<typeof createActivities>, "begin">;
  readonly causes: Pick<ReturnType<typeof createCauses>, "ofLaunch" | "ofTermination">;
  readonly refreshes: Pick<Refreshes, "source" | "isOwed">;
  /** Begins the draining of an instance; resolves when it has settled. */
  readonly drain: (group: GroupState | undefined, instanceId: string) => Promise<unknown>;
  /** Whether nothing may begin any more. */
  readonly isOver: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** Launches that EC2 refuses, as activities. */
const failures =
  ({ begin }: Parts["activities"]) =>
  (groupName: string, what: string, reason: string, why: readonly string[]) =>
    begin(groupName, `${what}.  Status Reason: ${reason}`, ...why).failed(reason);

export function createMoves(parts: Parts) {
  const { emulated, obstacles, clock, hypervisor, activities, causes, refreshes, drain, isOver, onError } = parts;
  const launches = new Map<string, ReturnType<typeof activities.begin>>();
  /** Their launch is being prepared. */
  const launching = new Set<string>();
  /** Their termination has begun. */
  const ending = new Set<string>();
  /** Those that EC2 ended before they ran; local epoch milliseconds of the next try. */
  const refused = new Map<string, number>();
  const fail = failures(activities);

  async function launch({ group, instance }: Extract<GroupAction, { kind: "launch" }>): Promise<void> {
    const { instanceId, availabilityZone } = instance;
    if (launching.has(instanceId) || clock.now() < (refused.get(instanceId) ?? 0)) return;
    launching.add(instanceId);
    // Known now; the change of the desired capacity that it comes of may be through before the instance is launched.
    const why = causes.ofLaunch(group.name, refreshes.isOwed(group.name));
    try {
      // Its place is taken by another, which may fare better.
      if (refused.delete(instanceId)) return await emulated.terminate(instanceId, false);
      const template = await refreshes.source(group);
      const [tags, hooks, found] = await Promise.all([
        emulated.instanceTags(instanceId),
        emulated.hooks(group.name, "LAUNCHING"),
        obstacles.of(group, template),
      ]);
      if (isOver()) return;
      for (const reason of found.zones) fail(group.name, "Launching a new EC2 instance", reason, why);
      if (found.disk !== undefined) {
        refused.set(instanceId, clock.now() + retryMilliseconds);
        return fail(group.name, `Launching a new EC2 instance: ${instanceId}`, found.disk, why);
      }
      launches.set(instanceId, activities.begin(group.name, `Launching a new EC2 instance: ${instanceId}`, ...why));
      hypervisor.launch({ instanceId, groupName: group.name, availabilityZone, template, tags, hooks });
    } finally {
      launching.delete(instanceId);
    }
  }

  /** What could not be asked is asked again in the next round. */
  const unasked = (instanceId: string) => (error: unknown) => {
    ending.delete(instanceId);
    throw error;
  };

  /** Resolves when its end has begun. */
  async function terminate({
    instanceId,
    groupName,
    group,
  }: Extract<GroupAction, { kind: "terminate" }>): Promise<void> {
    if (ending.has(instanceId)) return;
    ending.add(instanceId);
    const asked = group === undefined ? [] : emulated.hooks(groupName, "TERMINATING").catch(unasked(instanceId));
    const hooks = await asked;
    if (isOver()) return;
    const why = causes.ofTermination(groupName, instanceId);
    const activity = activities.begin(groupName, `Terminating EC2 instance: ${instanceId}`, ...why);
    hypervisor
      .terminate(instanceId, { hooks, drained: drain(group, instanceId) })
      .then(activity.succeeded, (error: unknown) => {
        activity.failed(String(error));
        onError(error);
      })
      .finally(() => ending.delete(instanceId));
  }

  return {
    launch,
    terminate,
    isEnding: (instanceId: string) => ending.has(instanceId),
    /** What becomes of a launch is its activity's end. */
    onEvent(event: InstanceEvent): void {
      const activity = launches.get(event.instanceId);
      if (event.kind === "in-service") activity?.succeeded();
      else if (event.kind === "boot-failed") activity?.failed(event.reason);
      else if (event.kind === "terminating" || event.kind === "lost")
        activity?.failed("it ended before it was in service");
      if (event.kind === "terminated") launches.delete(event.instanceId);
    },
  };
}
