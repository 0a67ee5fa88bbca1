/** Which instances the balancers know: those of the groups that name their target group. */
import type { Hypervisor } from "../ec2/instances/hypervisor.ts";
import type { Balancer } from "../elb/balancer.ts";
import type { GroupState } from "./emulated.ts";

type GroupBalancer = Pick<Balancer, "declaration" | "register" | "deregister" | "health">;

export function createRegistration(
  hypervisor: Pick<Hypervisor, "instances" | "countsFrom" | "target">,
  balancers: readonly GroupBalancer[],
) {
  /** Launched while AddToLoadBalancer was suspended: as on AWS, they stay out when it is resumed. */
  const leftOut = new Set<string>();

  const balancersOf = (group: GroupState | undefined) =>
    balancers.filter(({ declaration }) => group?.targetGroupArns.includes(declaration.targetGroupArn));

  function registerMember(instanceId: string, group: GroupState | undefined): void {
    const own = balancersOf(group);
    for (const balancer of own) {
      const known = balancer.health(instanceId) !== undefined;
      if (!known && group?.suspended.has("AddToLoadBalancer")) leftOut.add(instanceId);
      if (leftOut.has(instanceId)) continue;
      const target = hypervisor.target(instanceId, balancer.declaration.targetPort);
      if (target !== undefined) balancer.register(target);
    }
    // Of target groups that the group has been detached from.
    const former = group === undefined ? [] : balancers.filter((each) => !own.includes(each));
    for (const each of former) if (each.health(instanceId) !== undefined) void each.deregister(instanceId);
  }

  return {
    balancersOf,
    register(groups: readonly GroupState[]): void {
      for (const { instanceId, groupName, state } of hypervisor.instances()) {
        if (state === "Terminating" || state === "Terminated") continue;
        // As on AWS, the balancer hears of it when it is through its launch hooks.
        if (hypervisor.countsFrom(instanceId) === undefined) continue;
        registerMember(
          instanceId,
          groups.find(({ name }) => name === groupName),
        );
      }
    },
    forget: (instanceId: string) => void leftOut.delete(instanceId),
  };
}
