/** A declared farm and all that runs it: gateway, hypervisor, balancer, control loop. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BalancerOptions, startBalancer } from "../../local/balancer/balancer.ts";
import { acceleratedClock } from "../../local/clock.ts";
import { type GatewayOptions, startGateway } from "../../local/gateway/gateway.ts";
import { type GroupsOptions, startGroups } from "../../local/groups/groups.ts";
import type { InstanceEvent } from "../../local/instances/events.ts";
import { createHypervisor } from "../../local/instances/hypervisor.ts";
import { startChildren } from "../../local/process/children.ts";
import type { Scaler } from "../../local/scaling/scaler.ts";
import type { Emulator } from "../../local/types.ts";
import { declareFarm, type FarmOptions } from "./farm.ts";
import { until } from "./until.ts";

export type RunningFarm = Awaited<ReturnType<typeof runFarm>>;

/** `leastGraceMilliseconds` is short enough for a test, `speed` makes a minute a second. */
export async function runFarm(
  emulator: Emulator,
  options: FarmOptions &
    Pick<GroupsOptions, "leastGraceMilliseconds"> & {
      readonly balancer?: Partial<BalancerOptions>;
      readonly speed?: number;
      /** The scaling loop on this farm, once it runs. */
      readonly scaler?: () => Scaler | undefined;
    } & Pick<GatewayOptions, "alarmHistory" | "onAlarmSet">,
) {
  const farm = await declareFarm(emulator, options);
  const directory = await mkdtemp(join(tmpdir(), "annofarm-farm-"));
  const children = startChildren();
  const clock = acceleratedClock(options.speed ?? 60);
  const events: InstanceEvent[] = [];
  const errors: unknown[] = [];
  const log = { error: (fields: object) => void errors.push(fields) };
  const gateway = await startGateway({
    emulator,
    clock,
    log,
    lifecycle: () => hypervisor.lifecycle,
    activities: (name) => groups.activities(name),
    refreshes: () => groups.refreshes,
    leaving: (id) => hypervisor.leaving(id),
    inGrace: (id) => groups.inGrace(id),
    groups: () => ({ ...groups.calls, isCooling: (name) => options.scaler?.()?.isCooling(name) ?? false }),
    schedules: () => options.scaler?.()?.schedules,
    ...(options.alarmHistory === undefined ? {} : { alarmHistory: options.alarmHistory }),
    ...(options.onAlarmSet === undefined ? {} : { onAlarmSet: options.onAlarmSet }),
    templateVersion: (id) => hypervisor.instances().find(({ instanceId }) => instanceId === id)?.template.version,
  });
  const hypervisor = createHypervisor({
    emulator,
    gateway,
    clock,
    children,
    directory,
    onEvent: (event) => events.push(event),
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
  });
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
