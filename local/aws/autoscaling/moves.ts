/** Launches and terminations as they are done, with their hooks and their activities; each begins once. */
import type { InstanceEvent } from "../ec2/instances/events.ts";
import type { Hypervisor } from "../ec2/instances/hypervisor.ts";
import type { createActivities } from "./activities.ts";
import type { createCauses } from "./causes.ts";
import type { GroupAction } from "./decide.ts";
import type { EmulatedGroups, GroupState } from "./emulated.ts";
import type { Refreshes } from "./refreshes.ts";

export function createMoves(parts: {
  readonly emulated: Pick<EmulatedGroups, "instanceTags" | "hooks">;
  readonly hypervisor: Pick<Hypervisor, "launch" | "terminate">;
  readonly activities: Pick<ReturnType<typeof createActivities>, "begin">;
  readonly causes: Pick<ReturnType<typeof createCauses>, "ofLaunch" | "ofTermination">;
  readonly refreshes: Pick<Refreshes, "source" | "isOwed">;
  /** Begins the draining of an instance; resolves when it has settled. */
  readonly drain: (group: GroupState | undefined, instanceId: string) => Promise<unknown>;
  /** Whether nothing may begin any more. */
  readonly isOver: () => boolean;
  readonly onError: (error: unknown) => void;
}) {
  const { emulated, hypervisor, activities, causes, refreshes, drain, isOver, onError } = parts;
  const launches = new Map<string, ReturnType<typeof activities.begin>>();
  /** Their launch is being prepared. */
  const launching = new Set<string>();
  /** Their termination has begun. */
  const ending = new Set<string>();

  async function launch({ group, instance }: Extract<GroupAction, { kind: "launch" }>): Promise<void> {
    const { instanceId, availabilityZone } = instance;
    if (launching.has(instanceId)) return;
    launching.add(instanceId);
    // Known now; the change of the desired capacity that it comes of may be through before the instance is launched.
    const why = causes.ofLaunch(group.name, refreshes.isOwed(group.name));
    try {
      const [tags, template, hooks] = await Promise.all([
        emulated.instanceTags(instanceId),
        refreshes.source(group),
        emulated.hooks(group.name, "LAUNCHING"),
      ]);
      if (isOver()) return;
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
