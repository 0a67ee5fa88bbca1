/**
 * The whole declared service on this machine: starts what plays AWS's side, deploys the program into it, and lets the groups
 * bring up their instances.
 */
import { join } from "node:path";
import { readPlan } from "../plan/plan.ts";
import type { Plan } from "../plan/types.ts";
import type { Balancer } from "./balancer/balancer.ts";
import type { GroupCapacity } from "./capacity/capacity.ts";
import { capacitiesOfRoles, resolveCapacities } from "./capacity/resolve.ts";
import { createClosers } from "./closers.ts";
import { stackRegion } from "./deploy.ts";
import type { Interceptor } from "./gateway/aws/call.ts";
import type { Authorizer } from "./gateway/identity/authorizer.ts";
import { createJobTimes } from "./gateway/job-times.ts";
import type { Groups } from "./groups/groups.ts";
import type { Identity } from "./identity/identity.ts";
import type { Hypervisor } from "./instances/hypervisor.ts";
import type { Payments } from "./payments/payments.ts";
import { isMade } from "./python/environment.ts";
import { type LocalOptions, openRun } from "./run/context.ts";
import type { FarmParts } from "./run/farm.ts";
import type { ScalingLoop } from "./run/loop.ts";
import { startSurroundings } from "./run/surroundings.ts";
import type { Emulator, Gateway, LocalClock } from "./types.ts";

export type { LocalOptions } from "./run/context.ts";

export interface LocalService {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly consoleUrl: string;
  readonly plan: Plan;
  /** Declared; instances of all other groups are as fast as they can. */
  readonly capacities: readonly GroupCapacity[];
  /**
   * Runs the program over what stands: what it has changed since `before` reaches the emulator, and running instances by an
   * instance refresh. Resolves with the new plan once that has begun.
   */
  redeploy(before: Plan): Promise<Plan>;
  readonly clock: LocalClock;
  readonly emulator: Emulator;
  readonly gateway: Gateway;
  /** Judges every call of a role by the policies that the program declares. */
  readonly authorizer: Authorizer;
  readonly hypervisor: Hypervisor;
  readonly groups: Groups;
  /** Alarms and policies, every minute of AWS's time. */
  readonly loop: ScalingLoop;
  readonly balancer: Balancer;
  readonly identity: Identity;
  readonly payments: Payments;
  readonly logDirectory: string;
  /** When jobs and files were saved last, ISO 8601; `undefined`: not yet, or there are none to save. */
  savedAt(): string | undefined;
  /** Rejects when the run cannot go on, with what is to be told; `stop` is called all the same. Else it never settles. */
  readonly failed: Promise<never>;
  /** Ends everything; jobs, users and files are saved first. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * What the program refuses is told before anything is made that takes long. Otherwise it is told as soon: the program then runs while the
 * emulators start, and whatever it throws ends the start.
 */
async function tryProgram(options: LocalOptions, named: NonNullable<LocalOptions["capacities"]>): Promise<void> {
  const { directory, stack, config, engine } = options;
  if (named.length === 0 && engine !== true && isMade(join(directory, ".annofarm"))) return;
  resolveCapacities(await readPlan({ directory, stack, config, onOutput: () => {} }), named);
}

/** @throws when a part cannot be started or `signal` is aborted; whatever was started has ended by then. */
export async function startLocal(options: LocalOptions): Promise<LocalService> {
  const closers = createClosers();
  try {
    const { directory, stack, config } = options;
    // First, since it is quick and what a user may have mistyped: nothing has been made or started by then.
    const region = await stackRegion({ directory, stack, config });
    const named = options.capacities ?? [];
    await tryProgram(options, named);
    const run = openRun(options, closers);
    let jobTimes: Interceptor | undefined;
    let parts: FarmParts | undefined;
    const surroundings = await startSurroundings(run, region, {
      lifecycle: () => parts?.hypervisor.lifecycle,
      jobTimes: () => jobTimes,
      refreshes: () => parts?.groups.refreshes,
      templateVersion: (instanceId) =>
        parts?.hypervisor.instances().find((each) => each.instanceId === instanceId)?.template.version,
      inGrace: (instanceId) => parts?.groups.inGrace(instanceId) ?? false,
      leaving: (instanceId) => parts?.hypervisor.leaving(instanceId),
      activities: (groupName) => parts?.groups.activities(groupName) ?? [],
      alarmHistory: () => parts?.loop?.alarmHistory() ?? [],
      onAlarmSet: async (name, state, reason) => parts?.loop?.scaler.setAlarm(name, state, reason),
      groups: () =>
        parts && { ...parts.groups.calls, isCooling: (name) => parts?.loop?.scaler.isCooling(name) ?? false },
      schedules: () => parts?.loop?.scaler.schedules,
      groupOf: (instanceId) =>
        parts?.hypervisor.instances().find((instance) => instance.instanceId === instanceId)?.groupName,
    });
    const capacities = resolveCapacities(surroundings.plan, named);
    jobTimes = createJobTimes({ clock: run.clock, capacities: capacitiesOfRoles(surroundings.plan, capacities) });
    // Loaded by now: see there.
    const { bringBelongings } = await import("./run/belongings.ts");
    const { startFarm } = await import("./run/farm.ts");
    const { keepAlive } = await import("./run/revive.ts");
    const belongings = await bringBelongings(run, surroundings);
    const farm = await startFarm(run, { ...surroundings, capacities }, belongings?.places, (started) => {
      parts = started;
    });
    const { revival } = surroundings.emulator;
    const gone = revival && keepAlive(run, surroundings, farm, belongings, revival).failed;
    const failed = Promise.race([run.failed, ...(gone === undefined ? [] : [gone])]);
    failed.catch(() => {}); // whether or not anybody looks
    const { clock, logDirectory } = run;
    const consoleUrl = `${surroundings.url}/_local`;
    async function redeploy(before: Plan): Promise<Plan> {
      const plan = await surroundings.redeploy(before);
      await farm.loop.replan(plan);
      return plan;
    }
    return {
      ...surroundings,
      ...farm,
      capacities,
      redeploy,
      consoleUrl,
      clock,
      logDirectory,
      failed,
      savedAt: () => belongings?.savedAt(),
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
