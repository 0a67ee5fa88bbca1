/** Waits until every group has its desired capacity in service, and says what keeps it when it takes too long. */

import type { Groups } from "../aws/autoscaling/groups.ts";
import type { Hypervisor } from "../aws/ec2/instances/hypervisor.ts";
import type { Balancer } from "../aws/elb/balancer.ts";
import type { Tell } from "./narrator.ts";

/** A farm on a busy machine needs a while; beyond this, something is wrong rather than slow. */
const patienceMilliseconds = 600_000;

export interface Readiness {
  /** Something may have changed: look again. */
  changed(): void;
  /** @throws {Error} naming each group that is short of instances, and why where it is known; or when it is aborted. */
  wait(options: { progress: Tell; evidence: Tell; signal?: AbortSignal | undefined }): Promise<void>;
}

export interface Farm {
  readonly groups: Pick<Groups, "groups">;
  readonly hypervisor: Pick<Hypervisor, "instances" | "failure">;
  readonly balancer: Pick<Balancer, "health" | "declaration">;
}

interface Standing {
  readonly name: string;
  readonly desired: number;
  readonly ready: number;
  readonly failures: readonly string[];
}

function standings({ groups, hypervisor, balancer }: Farm): Standing[] {
  return groups.groups().map((group) => {
    const members = hypervisor.instances().filter(({ groupName }) => groupName === group.name);
    const balanced = group.targetGroupArns.includes(balancer.declaration.targetGroupArn);
    // Without a launch hook an instance is in service before its services answer, and has none before it has started them.
    const works = ({ services }: (typeof members)[number]) =>
      services.length > 0 && services.every(({ health }) => health === "healthy");
    const ready = members.filter(
      (member) =>
        member.state === "InService" &&
        works(member) &&
        (!balanced || balancer.health(member.instanceId) === "healthy"),
    );
    return {
      name: group.name,
      desired: group.desired,
      ready: ready.length,
      failures: members.flatMap(({ instanceId }) => {
        const failure = hypervisor.failure(instanceId);
        return failure === undefined ? [] : [`${instanceId}: ${failure.reason}`];
      }),
    };
  });
}

const stillShort = (all: readonly Standing[]) => all.filter(({ ready, desired }) => ready < desired);

export function createReadiness(farm: () => Farm | undefined): Readiness {
  let look = () => {};

  return {
    changed: () => look(),
    wait({ progress, evidence, signal }) {
      return new Promise<void>((resolve, reject) => {
        signal?.addEventListener("abort", () => {
          look = () => {};
          clearTimeout(deadline);
          reject(signal.reason);
        });
        const deadline = setTimeout(() => {
          look = () => {};
          const known = farm();
          const reasons = stillShort(known === undefined ? [] : standings(known)).map(
            ({ name, ready, desired, failures }) =>
              `  ${name}: ${ready} of ${desired}${failures.length === 0 ? "" : ` (${failures.join("; ")})`}`,
          );
          reject(new Error(`not in service after ${patienceMilliseconds / 1000} s:\n${reasons.join("\n")}`));
        }, patienceMilliseconds);

        look = () => {
          const known = farm();
          const all = known === undefined ? [] : standings(known);
          progress(all.map(({ name, ready, desired }) => `${name} ${ready}/${desired}`).join(", "));
          if (all.length === 0 || stillShort(all).length > 0) return;
          look = () => {};
          clearTimeout(deadline);
          evidence(all.map(({ name, ready }) => `${ready} × ${name}`).join(", "));
          resolve();
        };
        look();
      });
    },
  };
}
