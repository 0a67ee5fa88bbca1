/**
 * Instances that run nothing: they come, pass their group's lifecycle hooks and go, as machines do whose services nobody needs.
 *
 *   launch ──▶ Pending ──launch hooks passed, or none──▶ InService ──terminate──▶ Terminating ──hooks passed──▶ gone
 */
import { passesTerminationHooks } from "../../../../scaling/engine/hooks.ts";
import type { InstanceState, LocalClock } from "../../../types.ts";
import type { InstanceEvent, InstanceFailure, InstanceHappening } from "./events.ts";
import type { Hypervisor } from "./hypervisor.ts";
import { createLifecycleActions } from "./lifecycle.ts";
import type { LaunchRequest } from "./machine.ts";

interface Idle {
  readonly request: LaunchRequest;
  readonly launchedAt: number;
  state: InstanceState;
  protectedFromScaleIn: boolean;
  failure: InstanceFailure | undefined;
  /** Local epoch milliseconds; `undefined`: it is not in service yet. */
  servesSince: number | undefined;
  end: Promise<void> | undefined;
}

const newMachine = (request: LaunchRequest, launchedAt: number): Idle => ({
  request,
  launchedAt,
  state: "Pending",
  protectedFromScaleIn: false,
  failure: undefined,
  servesSince: undefined,
  end: undefined,
});

const viewOf = ({ request, state, protectedFromScaleIn, launchedAt }: Idle) => ({
  instanceId: request.instanceId,
  groupName: request.groupName,
  state,
  protectedFromScaleIn,
  template: request.template,
  launchedAt,
  logGroup: undefined,
  logFile: undefined,
  services: [],
});

export function createIdleInstances(clock: LocalClock): Hypervisor {
  const machines = new Map<string, Idle>();
  const lifecycle = createLifecycleActions(clock);
  const listeners = new Set<(event: InstanceEvent) => void>();

  const tell = ({ instanceId, groupName }: LaunchRequest, happening: InstanceHappening): void => {
    const event = { time: clock.now(), instanceId, groupName, ...happening } as InstanceEvent;
    for (const listener of listeners) listener(event);
  };

  async function come(machine: Idle): Promise<void> {
    const { groupName, instanceId, hooks = [] } = machine.request;
    tell(machine.request, { kind: "launched" });
    const { outcome, hook = "" } = await lifecycle.pass(groupName, instanceId, "launching", hooks);
    if (machine.state !== "Pending") return;
    if (outcome === "terminate") {
      machine.failure = { kind: "abandoned", hook, reason: `its launch was abandoned by the hook ${hook}` };
      return tell(machine.request, { kind: "launch-abandoned", hook });
    }
    machine.state = "InService";
    machine.servesSince = clock.now();
    tell(machine.request, { kind: "in-service" });
  }

  async function go(
    machine: Idle,
    { hooks = [], drained }: Parameters<Hypervisor["terminate"]>[1] = {},
  ): Promise<void> {
    const { groupName, instanceId } = machine.request;
    const standing = { machine: machine.failure?.kind !== "lost", inService: machine.state === "InService" };
    machine.state = "Terminating";
    lifecycle.forget(instanceId);
    tell(machine.request, { kind: "terminating" });
    const awaited = passesTerminationHooks(standing) ? hooks : [];
    await Promise.allSettled([drained, lifecycle.pass(groupName, instanceId, "terminating", awaited)]);
    machines.delete(instanceId);
    tell(machine.request, { kind: "terminated" });
  }

  function terminate(instanceId: string, how: Parameters<Hypervisor["terminate"]>[1] = {}): Promise<void> {
    const machine = machines.get(instanceId);
    if (machine === undefined) return Promise.resolve();
    machine.end ??= go(machine, how);
    return machine.end;
  }

  return {
    launch(request) {
      if (machines.has(request.instanceId)) return;
      const machine = newMachine(request, clock.now());
      machines.set(request.instanceId, machine);
      void come(machine);
    },
    terminate,
    kill(instanceId) {
      const machine = machines.get(instanceId);
      if (machine === undefined) return;
      Object.assign(machine, { state: "Terminated", failure: { kind: "lost", reason: "its power was cut" } });
      lifecycle.forget(instanceId);
      tell(machine.request, { kind: "lost" });
    },
    setProtection(instanceId, value) {
      Object.assign(machines.get(instanceId) ?? {}, { protectedFromScaleIn: value });
    },
    instances: () => [...machines.values()].map(viewOf),
    failure: (instanceId) => machines.get(instanceId)?.failure,
    countsFrom: (instanceId) => machines.get(instanceId)?.servesSince,
    leaving(instanceId) {
      const machine = machines.get(instanceId);
      if (machine?.end === undefined) return undefined;
      const { groupName, template } = machine.request;
      return { groupName, template, waits: lifecycle.waiting().some((each) => each.instanceId === instanceId) };
    },
    target: () => undefined,
    lifecycle,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      for (const { instanceId } of lifecycle.waiting()) lifecycle.forget(instanceId);
      await Promise.all([...machines.keys()].map((instanceId) => terminate(instanceId)));
    },
  };
}
