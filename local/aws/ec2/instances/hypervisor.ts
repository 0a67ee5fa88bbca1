/**
 * What EC2 does with instances, done with processes: reads the boot manifest out of the launch template's user data, serves
 * the metadata endpoint, fetches the bundles by the instance's role, and keeps one process per service running.
 *
 *   launch ──▶ Pending ──launch hooks passed, or none──▶ InService ──terminate──▶ Terminating
 *                 └── launch abandoned: stays Pending                                   │ drained, hooks passed
 *              kill (power cut) ──▶ Terminated, until terminate                         └──▶ gone
 *
 * Its services have nothing to do with it, as on AWS: they are what boot and watch report to Auto Scaling, by completing the
 * launch hook or calling the instance unhealthy.
 */
import { resolve } from "node:path";
import { type HookRule, passesTerminationHooks } from "../../../../scaling/engine/hooks.ts";
import type { Children } from "../../../process/children.ts";
import type { Emulator, Gateway, InstanceView, LeavingInstance, LocalClock, Target } from "../../../types.ts";
import { createBundles, openBundles } from "./bundles.ts";
import { diskUse } from "./disk-watch.ts";
import type { InstanceEvent, InstanceFailure } from "./events.ts";
import { createLifecycleActions, type LifecycleActions } from "./lifecycle.ts";
import { type LaunchRequest, Machine, type MachineContext } from "./machine.ts";
import { createPorts } from "./ports.ts";
import { createTemplates } from "./template.ts";

export interface HypervisorOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId">;
  readonly gateway: Pick<Gateway, "endpoint" | "credentialsFor">;
  readonly clock: LocalClock;
  readonly children: Children;
  /** `.annofarm`: bundles are cached in `cache/`, instances live in `instances/`, logs go to `logs/<instance>/<service>.log`. */
  readonly directory: string;
  /** Default: the Node that runs this. */
  readonly nodePath?: string;
  /** Default: that of the file system which its folder is on, which all instances share. */
  readonly diskUse?: MachineContext["diskUse"];
  readonly onEvent?: (event: InstanceEvent) => void;
}

interface TerminateOptions {
  /** Termination hooks of the group: they are waited for if the instance can answer. Omitted: there are none. */
  readonly hooks?: readonly HookRule[];
  /** Connection draining: the services live until it has settled. */
  readonly drained?: Promise<unknown> | undefined;
}

export interface Hypervisor {
  /** Begins a launch; what comes of it is told by events. Launching a known instance does nothing. */
  launch(request: LaunchRequest): void;
  /** Resolves when the instance is gone. Safe to call twice. */
  terminate(instanceId: string, options?: TerminateOptions): Promise<void>;
  /** Power cut: every process ends at once, the metadata endpoint too. For tests and demonstrations. */
  kill(instanceId: string): void;
  /** As the group sees it; shown in `instances()`. */
  setProtection(instanceId: string, protectedFromScaleIn: boolean): void;
  instances(): InstanceView[];
  /** Why an instance should be replaced; `undefined`: nothing is wrong with it. */
  failure(instanceId: string): InstanceFailure | undefined;
  /** Local epoch milliseconds from which the instance counts as launched: since it is through its launch hooks. `undefined`: it waits in one. */
  countsFrom(instanceId: string): number | undefined;
  /** Of an instance whose termination is under way; `undefined`: it is not. */
  leaving(instanceId: string): LeavingInstance | undefined;
  /** Where the service declared on `port` answers; `undefined`: it was not started. */
  target(instanceId: string, port: number): Target | undefined;
  readonly lifecycle: LifecycleActions;
  on(listener: (event: InstanceEvent) => void): () => void;
  /** Ends all instances; neither hooks nor draining are waited for any more. */
  stop(): Promise<void>;
}

/** Until they are passed, the instance does not come into service. */
async function passLaunchHooks(machine: Machine, lifecycle: LifecycleActions): Promise<void> {
  const { groupName, instanceId, hooks = [] } = machine.request;
  if (hooks.length === 0) return machine.release();
  const { outcome, hook = "" } = await lifecycle.pass(groupName, instanceId, "launching", hooks);
  if (outcome === "terminate") machine.abandon(hook);
  else machine.release();
}

function leavingOf({ request }: Machine, lifecycle: LifecycleActions): LeavingInstance {
  const { groupName, template, instanceId } = request;
  const waits = lifecycle.waiting().some((action) => action.instanceId === instanceId);
  return { groupName, template, waits };
}

const cacheIn = (directory: string) => resolve(directory, "cache");

/** No instance is left. */
async function release({ templates, directory }: MachineContext): Promise<void> {
  templates.destroy();
  await openBundles(cacheIn(directory));
}

function contextOf(
  { emulator, gateway, clock, children, nodePath = process.execPath, diskUse: use = diskUse }: HypervisorOptions,
  directory: string,
): MachineContext {
  return {
    emulator,
    gateway,
    clock,
    children,
    directory,
    nodePath,
    diskUse: use,
    templates: createTemplates(emulator),
    bundleFolder: createBundles(cacheIn(directory)),
    ports: createPorts(),
  };
}

export function createHypervisor(options: HypervisorOptions): Hypervisor {
  const { clock } = options;
  const directory = resolve(options.directory);
  const machines = new Map<string, Machine>();
  const ending = new Map<string, Promise<void>>();
  const lifecycle = createLifecycleActions(clock);
  let stopNow = () => {};
  const stopping = new Promise<void>((resolve) => {
    stopNow = resolve;
  });
  const listeners = new Set<(event: InstanceEvent) => void>();
  if (options.onEvent !== undefined) listeners.add(options.onEvent);
  const context = contextOf(options, directory);

  async function end(machine: Machine, { hooks = [], drained }: TerminateOptions): Promise<void> {
    const { groupName, instanceId } = machine.request;
    lifecycle.forget(instanceId); // launch hooks it still waits in
    if (machine.state !== "Terminated") {
      const standing = { machine: machine.failure()?.kind !== "lost", inService: machine.state === "InService" };
      const awaited = passesTerminationHooks(standing) ? hooks : [];
      machine.announceEnd();
      const actions = [drained, lifecycle.pass(groupName, instanceId, "terminating", awaited)];
      await Promise.race([Promise.allSettled(actions), stopping]);
    }
    await machine.turnOff();
    machines.delete(instanceId);
    ending.delete(instanceId);
  }

  function terminate(instanceId: string, how: TerminateOptions = {}): Promise<void> {
    const machine = machines.get(instanceId);
    if (machine === undefined) return Promise.resolve();
    const under = ending.get(instanceId) ?? end(machine, how);
    ending.set(instanceId, under);
    return under;
  }

  return {
    launch(request) {
      const { instanceId, groupName } = request;
      if (machines.has(instanceId)) return;
      const machine = new Machine(request, context, (happening) => {
        const event = { time: clock.now(), instanceId, groupName, ...happening } as InstanceEvent;
        for (const listener of listeners) listener(event);
      });
      machines.set(instanceId, machine);
      void passLaunchHooks(machine, lifecycle);
    },
    terminate,
    kill(instanceId) {
      machines.get(instanceId)?.cutPower();
      lifecycle.forget(instanceId);
    },
    setProtection: (instanceId, value) => machines.get(instanceId)?.setProtection(value),
    instances: () => [...machines.values()].map((machine) => machine.view()),
    failure: (instanceId) => machines.get(instanceId)?.failure(),
    countsFrom: (instanceId) => machines.get(instanceId)?.countsFrom(),
    leaving(instanceId) {
      const machine = ending.has(instanceId) ? machines.get(instanceId) : undefined;
      return machine && leavingOf(machine, lifecycle);
    },
    target: (instanceId, port) => machines.get(instanceId)?.target(port),
    lifecycle,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopNow();
      await Promise.all([...machines.keys()].map((instanceId) => terminate(instanceId)));
      await release(context);
    },
  };
}
