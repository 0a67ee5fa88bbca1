/** Instance refreshes: preferences that are refused, and refreshes under way. */
import {
  CancelInstanceRefreshCommand,
  type CreateAutoScalingGroupCommandInput,
  DescribeInstanceRefreshesCommand,
  RollbackInstanceRefreshCommand,
  StartInstanceRefreshCommand,
  type StartInstanceRefreshCommandInput,
} from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expect, expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

type Preferences = NonNullable<StartInstanceRefreshCommandInput["Preferences"]>;

const start = (
  world: World,
  group: string,
  Preferences?: Preferences,
  more: Partial<StartInstanceRefreshCommandInput> = {},
) =>
  world.clients.autoScaling.send(
    new StartInstanceRefreshCommand({ AutoScalingGroupName: group, Preferences, ...more }),
  );

const cancel = (world: World, AutoScalingGroupName: string) =>
  world.clients.autoScaling.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName }));

async function latest(world: World, AutoScalingGroupName: string) {
  const { InstanceRefreshes: [found] = [] } = await world.clients.autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
  );
  return found;
}

const untilStatus = (world: World, group: string, status: string, seconds = 120) =>
  world.until(
    `the refresh is ${status}`,
    async () => (await latest(world, group))?.Status,
    (found) => found === status,
    seconds,
  );

const wrong: readonly [id: string, rule: string, preferences: Preferences][] = [
  ["min-101", "MinHealthyPercentage is at most 100", { MinHealthyPercentage: 101 }],
  ["min-negative", "MinHealthyPercentage is at least 0", { MinHealthyPercentage: -1 }],
  ["max-99", "MaxHealthyPercentage is at least 100", { MinHealthyPercentage: 90, MaxHealthyPercentage: 99 }],
  ["max-201", "MaxHealthyPercentage is at most 200", { MinHealthyPercentage: 100, MaxHealthyPercentage: 201 }],
  ["apart", "the healthy percentages are at most 100 apart", { MinHealthyPercentage: 50, MaxHealthyPercentage: 151 }],
  ["max-alone", "MaxHealthyPercentage needs MinHealthyPercentage", { MaxHealthyPercentage: 110 }],
  ["warm-up-negative", "InstanceWarmup is at least 0", { InstanceWarmup: -1 }],
  ["bake-time", "BakeTime is at most 172800 seconds", { BakeTime: 172_801 }],
  ["delay-alone", "CheckpointDelay needs CheckpointPercentages", { CheckpointDelay: 60 }],
  ["delay", "CheckpointDelay is at most 172800 seconds", { CheckpointPercentages: [100], CheckpointDelay: 172_801 }],
  ["percentage-0", "a checkpoint's percentage is at least 1", { CheckpointPercentages: [0, 100] }],
  ["percentage-101", "a checkpoint's percentage is at most 100", { CheckpointPercentages: [50, 101] }],
  ["descending", "checkpoints' percentages ascend", { CheckpointPercentages: [50, 20, 100] }],
  ["repeated", "each checkpoint's percentage is unique", { CheckpointPercentages: [50, 50, 100] }],
  ["protected", "ScaleInProtectedInstances is Refresh, Ignore or Wait", { ScaleInProtectedInstances: "Ask" as never }],
  ["standby", "StandbyInstances is Terminate, Ignore or Wait", { StandbyInstances: "Ask" as never }],
  ["rollback-to-nothing", "AutoRollback needs a desired configuration", { AutoRollback: true }],
];

const validations: readonly Case[] = [
  ...wrong.map(
    ([id, rule, preferences]): Case => ({
      id: `refresh/${id}`,
      rule: `StartInstanceRefresh: ${rule}.`,
      source: "refreshPreferences",
      kind: "validation",
      run: async (world) => {
        const group = await world.group();
        await expectRefused(() => start(world, group, preferences));
      },
    }),
  ),
  {
    id: "refresh/no-group",
    rule: "StartInstanceRefresh: the group exists.",
    source: "startRefresh",
    kind: "validation",
    run: (world) => expectRefused(() => start(world, world.name())),
  },
  {
    id: "refresh/strategy",
    rule: "StartInstanceRefresh: the strategy is one of a fixed list.",
    source: "startRefresh",
    kind: "validation",
    run: async (world) => {
      const group = await world.group();
      await expectRefused(() => start(world, group, undefined, { Strategy: "Explosive" as never }));
    },
  },
  {
    id: "refresh/cancel-none",
    rule: "CancelInstanceRefresh: a refresh is under way.",
    source: "cancelRefresh",
    kind: "validation",
    run: async (world) => {
      const group = await world.group();
      await expectRefused(() => cancel(world, group), /^ActiveInstanceRefreshNotFound/);
    },
  },
  {
    id: "refresh/roll-back-none",
    rule: "RollbackInstanceRefresh: a refresh is under way.",
    source: "refresh",
    kind: "validation",
    run: async (world) => {
      const request = new RollbackInstanceRefreshCommand({ AutoScalingGroupName: await world.group() });
      await expectRefused(() => world.clients.autoScaling.send(request), /^ActiveInstanceRefreshNotFound/);
    },
  },
  {
    id: "refresh/second",
    rule: "StartInstanceRefresh: a group has one refresh at a time.",
    source: "startRefresh",
    kind: "validation",
    run: async (world) => {
      const { group } = await slow(world);
      await expectRefused(() => start(world, group), /^InstanceRefreshInProgress/);
    },
  },
];

/** A group with a refresh that does not end soon: each replacement warms up for an hour. */
async function slow(world: World, input: Partial<CreateAutoScalingGroupCommandInput> = {}, more: Preferences = {}) {
  const group = await world.running(2, input);
  const before = await world.inService(group);
  await start(world, group, { MinHealthyPercentage: 50, InstanceWarmup: 3600, ...more });
  return { group, before };
}

/** A group whose members have all been replaced, if the preferences let them. */
async function refreshed(
  world: World,
  preferences: Preferences,
  input: Partial<CreateAutoScalingGroupCommandInput> = {},
) {
  const group = await world.running(2, input);
  const before = await world.inService(group);
  await start(world, group, { MinHealthyPercentage: 0, InstanceWarmup: 0, ...preferences });
  await untilStatus(world, group, "Successful");
  const after = await world.untilInService(group, 2, 30);
  return after.filter((id) => before.includes(id)).length;
}

const states: readonly Case[] = [
  {
    id: "refresh/defaults",
    rule: "A refresh keeps 90 % healthy, does not skip and does not roll back unless it says otherwise.",
    source: "refreshPreferences",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1);
      await start(world, group, { InstanceWarmup: 3600 });
      const { Preferences: found = {} } = (await latest(world, group)) ?? {};
      const { MinHealthyPercentage, SkipMatching = false, AutoRollback = false } = found;
      expectEqual("preferences", [MinHealthyPercentage, SkipMatching, AutoRollback], [90, false, false]);
    },
  },
  {
    id: "refresh/begins",
    rule: "A refresh begins Pending and goes InProgress.",
    source: "startRefresh",
    kind: "state",
    run: async (world) => {
      const { group } = await slow(world);
      await untilStatus(world, group, "InProgress", 30);
    },
  },
  {
    id: "refresh/cancelled",
    rule: "A cancelled refresh becomes Cancelled, and the group may be refreshed again.",
    source: "cancelRefresh",
    kind: "state",
    run: async (world) => {
      const { group } = await slow(world);
      await cancel(world, group);
      await untilStatus(world, group, "Cancelled", 60);
      await start(world, group, { InstanceWarmup: 3600 });
    },
  },
  {
    id: "refresh/replaces",
    rule: "A refresh replaces each instance and becomes Successful.",
    source: "refresh",
    kind: "state",
    run: async (world) => expectEqual("instances of before", await refreshed(world, {}), 0),
  },
  {
    id: "refresh/skips",
    rule: "With SkipMatching instances of the same template stay.",
    source: "refreshPreferences",
    kind: "state",
    run: async (world) => expectEqual("instances of before", await refreshed(world, { SkipMatching: true }), 2),
  },
  {
    id: "refresh/protected-refresh",
    rule: "ScaleInProtectedInstances Refresh replaces protected instances.",
    source: "refreshPreferences",
    kind: "state",
    run: async (world) => {
      const safe = { NewInstancesProtectedFromScaleIn: true };
      const left = await refreshed(world, { ScaleInProtectedInstances: "Refresh" }, safe);
      expectEqual("instances of before", left, 0);
    },
  },
  {
    id: "refresh/protected-ignore",
    rule: "ScaleInProtectedInstances Ignore leaves protected instances.",
    source: "refreshPreferences",
    kind: "state",
    run: async (world) => {
      const safe = { NewInstancesProtectedFromScaleIn: true };
      const left = await refreshed(world, { ScaleInProtectedInstances: "Ignore" }, safe);
      expectEqual("instances of before", left, 2);
    },
  },
  {
    id: "refresh/protected-wait",
    rule: "ScaleInProtectedInstances Wait, the default, keeps the refresh waiting.",
    source: "refreshPreferences",
    kind: "state",
    run: async (world) => {
      const { group, before } = await slow(world, { NewInstancesProtectedFromScaleIn: true }, { InstanceWarmup: 0 });
      await untilStatus(world, group, "InProgress", 30);
      await world.settle();
      expectEqual("instances", (await world.inService(group)).sort(), before.sort());
      await cancel(world, group);
    },
  },
  {
    id: "refresh/keeps-minimum",
    rule: "A refresh keeps MinHealthyPercentage of the desired capacity in service while replacements warm up.",
    source: "refreshPreferences",
    kind: "state",
    run: async (world) => {
      const { group, before } = await slow(world);
      const left = async () => (await world.inService(group)).filter((id) => before.includes(id)).length;
      await world.until("one is replaced", left, (count) => count === 1, 30);
      await world.settle();
      expectEqual("instances of before", await left(), 1);
    },
  },
  {
    id: "refresh/warm-up",
    rule: "A refresh waits for InstanceWarmup before it replaces the next instance.",
    source: "refreshPreferences",
    kind: "timing",
    run: async (world) => {
      const began = performance.now();
      const left = await refreshed(world, { MinHealthyPercentage: 50, InstanceWarmup: 10 });
      expectEqual("instances of before", left, 0);
      const seconds = (performance.now() - began) / 1000;
      expect(seconds >= 20, `two replacements of 10 s each took ${seconds.toFixed(1)} s`);
    },
  },
  {
    id: "refresh/bakes",
    rule: "A refresh waits for BakeTime at its end before it is Successful.",
    source: "refreshPreferences",
    kind: "timing",
    run: async (world) => {
      const group = await world.running(1);
      await start(world, group, { MinHealthyPercentage: 0, InstanceWarmup: 0, BakeTime: 30 });
      await untilStatus(world, group, "Baking", 60);
      await untilStatus(world, group, "Successful", 60);
    },
  },
];

export const refreshCases: readonly Case[] = [...validations, ...states];
