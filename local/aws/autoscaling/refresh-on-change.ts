/**
 * What the provider does after a group's launch template has changed: it starts an instance refresh, and cancels the one that
 * may be under way.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  DescribeInstanceRefreshesCommand,
  type DesiredConfiguration,
  type RefreshPreferences,
  StartInstanceRefreshCommand,
  type StartInstanceRefreshCommandInput,
} from "@aws-sdk/client-auto-scaling";
import type { Context, Inputs } from "../../resources/handler.ts";
import { defined, numeric, pascal } from "../../resources/shape.ts";

/** As a program declares it. */
export interface InstanceRefresh {
  readonly strategy: string;
  readonly preferences?: Readonly<Record<string, unknown>> & { readonly autoRollback?: boolean };
  /** Further inputs whose change starts one. */
  readonly triggers?: readonly string[];
}

export interface RefreshInputs {
  readonly launchTemplate?: unknown;
  readonly mixedInstancesPolicy?: unknown;
  readonly defaultInstanceWarmup?: number;
  readonly instanceRefresh?: InstanceRefresh;
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether what instances are launched from has changed, and whether that or a trigger starts a refresh. */
export function refreshCause(before: RefreshInputs, after: RefreshInputs) {
  const differs = (name: string) => !isDeepStrictEqual((before as Inputs)[name], (after as Inputs)[name]);
  const template = differs("launchTemplate") || differs("mixedInstancesPolicy");
  const { triggers = [] } = after.instanceRefresh ?? {};
  // The provider's own schema names them in snake case, Pulumi's programs in either.
  const triggered = Object.keys(after).some(
    (name) => [name, snake(name)].some((each) => triggers.includes(each)) && differs(name),
  );
  return { template, starts: after.instanceRefresh !== undefined && (template || triggered) };
}

function preferencesOf({ instanceRefresh, defaultInstanceWarmup }: RefreshInputs): RefreshPreferences {
  const { preferences = {} } = instanceRefresh ?? {};
  const { instanceWarmup, checkpointDelay, ...rest } = preferences;
  return defined({
    // Where Auto Scaling itself would wait an hour for somebody, the provider's own default is to pass over.
    ScaleInProtectedInstances: "Ignore" as const,
    StandbyInstances: "Ignore" as const,
    ...(pascal(rest) as RefreshPreferences),
    InstanceWarmup: numeric(instanceWarmup) ?? defaultInstanceWarmup,
    CheckpointDelay: numeric(checkpointDelay),
  });
}

const named = (error: unknown, name: string) => error instanceof Error && error.name === name;

async function cancel(client: AutoScalingClient, group: { readonly AutoScalingGroupName: string }): Promise<void> {
  try {
    await client.send(new CancelInstanceRefreshCommand(group));
  } catch (error) {
    // It has ended meanwhile, or somebody else has cancelled it.
    if (!named(error, "ActiveInstanceRefreshNotFoundFault")) throw error;
  }
  for (;;) {
    const { InstanceRefreshes: [latest] = [] } = await client.send(new DescribeInstanceRefreshesCommand(group));
    if (latest === undefined || latest.EndTime !== undefined) return;
    await sleep(200);
  }
}

/** @param desired what a rollback can be told apart from; `undefined`: the group's configuration is that already. */
export async function startInstanceRefresh(
  AutoScalingGroupName: string,
  inputs: RefreshInputs,
  desired: DesiredConfiguration | undefined,
  runner: NonNullable<Context["runner"]>,
): Promise<void> {
  const client = runner(AutoScalingClient);
  const request = defined({
    AutoScalingGroupName,
    Strategy: inputs.instanceRefresh?.strategy as StartInstanceRefreshCommandInput["Strategy"],
    Preferences: preferencesOf(inputs),
    DesiredConfiguration: desired,
  });
  for (;;) {
    try {
      await client.send(new StartInstanceRefreshCommand(request));
      return;
    } catch (error) {
      if (!named(error, "InstanceRefreshInProgressFault")) throw error;
      await cancel(client, { AutoScalingGroupName });
    }
  }
}
