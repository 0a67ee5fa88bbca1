/** A declared farm and all that runs it: gateway, hypervisor, balancer, control loop. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulatedAccount } from "../../local/aws/account.ts";
import { type GroupsOptions, startGroups } from "../../local/aws/autoscaling/groups.ts";
import { runningGroups } from "../../local/aws/autoscaling/running.ts";
import type { InstanceEvent } from "../../local/aws/ec2/instances/events.ts";
import { createHypervisor, type HypervisorOptions } from "../../local/aws/ec2/instances/hypervisor.ts";
import { type BalancerOptions, startBalancer } from "../../local/aws/elb/balancer.ts";
import { acceleratedClock } from "../../local/clock.ts";
import { startChildren } from "../../local/process/children.ts";
import type { Emulator } from "../../local/types.ts";
import { declareFarm, type FarmOptions } from "./farm.ts";
import { until } from "./until.ts";

export type RunningFarm = Awaited<ReturnType<typeof runFarm>>;

/** `leastGraceMilliseconds` is short enough for a test, `speed` makes a minute a second. */
export async function runFarm(
  emulator: Emulator,
  options: FarmOptions &
    Pick<GroupsOptions, "leastGraceMilliseconds" | "maintenanceOf"> &
    Pick<HypervisorOptions, "diskUse"> & {
      readonly balancer?: Partial<BalancerOptions>;
      readonly speed?: number;
    },
) {
  const farm = await declareFarm(emulator, options);
  const directory = await mkdtemp(join(tmpdir(), "annofarm-farm-"));
  const children = startChildren();
  const clock = acceleratedClock(options.speed ?? 60);
  const events: InstanceEvent[] = [];
  const errors: unknown[] = [];
  const log = { error: (fields: object) => void errors.push(fields) };
  const gateway = await startEmulatedAccount({ emulator, clock, log });
  const hypervisor = createHypervisor({
    emulator,
    gateway,
    clock,
    children,
    directory,
    onEvent: (event) => events.push(event),
    ...(options.diskUse === undefined ? {} : { diskUse: options.diskUse }),
  });
  const { loadBalancerArn } = farm;
  const balancer = await startBalancer({ emulator, loadBalancerArn, port: 0, clock, ...options.balancer });
  const groups = startGroups({
    emulator,
    hypervisor,
    balancers: [balancer],
    groupNames: [farm.groupName],
    clock,
    onError: (error) => errors.push(error),
    leastGraceMilliseconds: options.leastGraceMilliseconds ?? 30_000,
    ...(options.maintenanceOf === undefined ? {} : { maintenanceOf: options.maintenanceOf }),
  });
  gateway.attach(runningGroups(hypervisor, groups));
  const healthy = () => balancer.targets().filter((target) => target.health === "healthy");
  return {
    ...farm,
    directory,
    children,
    clock,
    gateway,
    events,
    errors,
    hypervisor,
    balancer,
    groups,
    /** Waits until exactly `count` targets are healthy and nothing else is there; answers their instance ids. */
    untilHealthy: (count: number) =>
      until(`${count} instances are healthy (events: ${JSON.stringify(events.map((each) => each.kind))})`, () => {
        const ready = healthy().length === count && hypervisor.instances().length === count;
        return ready && healthy().map((target) => target.instanceId);
      }),
    get: async (path: string) => (await fetch(balancer.url + path)).text(),
    async stop() {
      await groups.stop();
      await balancer.stop();
      await hypervisor.stop();
      await gateway.stop();
      await children.stopAll();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
