/**
 * The whole declared service on this machine: starts what plays AWS's side, deploys the program into it, and lets the groups
 * bring up their instances.
 */
import { join } from "node:path";
import { readPlan } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import type { EmulatedAccount } from "../aws/account.ts";
import type { Groups } from "../aws/autoscaling/groups.ts";
import type { Hypervisor } from "../aws/ec2/instances/hypervisor.ts";
import type { Balancer } from "../aws/elb/balancer.ts";
import type { Authorizer } from "../aws/iam/authorizer.ts";
import type { GroupCapacity } from "../capacity/capacity.ts";
import { createJobTimes } from "../capacity/job-times.ts";
import { capacitiesOfRoles, resolveCapacities } from "../capacity/resolve.ts";
import type { Identity } from "../identity/identity.ts";
import type { Payments } from "../payments/payments.ts";
import { isMade } from "../process/python/environment.ts";
import type { Emulator, LocalClock } from "../types.ts";
import { startBackingServices } from "./backing-services.ts";
import { createClosers } from "./closers.ts";
import { type LocalOptions, openRun } from "./context.ts";
import { stackRegion } from "./deploy.ts";
import type { ScalingLoop } from "./loop.ts";

export type { LocalOptions } from "./context.ts";

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
  readonly gateway: EmulatedAccount;
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
    const services = await startBackingServices(run, region);
    const capacities = resolveCapacities(services.plan, named);
    const jobTimes = createJobTimes({ clock: run.clock, capacities: capacitiesOfRoles(services.plan, capacities) });
    services.gateway.attach({ jobTimes });
    // Loaded by now: see there.
    const { loadInitialData } = await import("./initial-data.ts");
    const { startFarm } = await import("./farm.ts");
    const { keepAlive } = await import("./revive.ts");
    const initialData = await loadInitialData(run, services);
    const farm = await startFarm(run, { ...services, capacities }, initialData?.places);
    const { revival } = services.emulator;
    const gone = revival && keepAlive(run, services, farm, initialData, revival).failed;
    const failed = Promise.race([run.failed, ...(gone === undefined ? [] : [gone])]);
    failed.catch(() => {}); // whether or not anybody looks
    const { clock, logDirectory } = run;
    const consoleUrl = `${services.url}/_local`;
    async function redeploy(before: Plan): Promise<Plan> {
      const plan = await services.redeploy(before);
      await farm.loop.replan(plan);
      return plan;
    }
    return {
      ...services,
      ...farm,
      capacities,
      redeploy,
      consoleUrl,
      clock,
      logDirectory,
      failed,
      savedAt: () => initialData?.savedAt(),
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
