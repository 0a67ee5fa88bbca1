/** What a group does not do while a process is suspended. */
import { ResumeProcessesCommand } from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

const resume = (world: World, AutoScalingGroupName: string, ScalingProcesses?: string[]) =>
  world.clients.autoScaling.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));

const suspended = async (world: World, group: string) =>
  ((await world.described(group)).SuspendedProcesses ?? []).map(({ ProcessName = "" }) => ProcessName).sort();

const names = [
  "AZRebalance",
  "AddToLoadBalancer",
  "AlarmNotification",
  "HealthCheck",
  "InstanceRefresh",
  "Launch",
  "ReplaceUnhealthy",
  "ScheduledActions",
  "Terminate",
];

/** A group of 2 whose policy, +1, hears an alarm. */
async function heard(world: World) {
  const group = await world.running(2);
  const { PolicyARN } = await world.policy(group, { AdjustmentType: "ChangeInCapacity", ScalingAdjustment: 1 });
  const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [PolicyARN] });
  return { group, alarm };
}

export const processCases: readonly Case[] = [
  {
    id: "processes/strange",
    rule: "SuspendProcesses: a process is one of a fixed list.",
    source: "suspend",
    kind: "validation",
    run: async (world) => {
      const group = await world.group();
      await expectRefused(() => world.suspend(group, ["Breathe"]));
    },
  },
  {
    id: "processes/no-group",
    rule: "SuspendProcesses: the group exists.",
    source: "suspend",
    kind: "validation",
    run: (world) => expectRefused(() => world.suspend(world.name(), ["Launch"])),
  },
  {
    id: "processes/seen",
    rule: "Suspended processes are seen in the group.",
    source: "suspend",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await world.suspend(group, ["AZRebalance", "HealthCheck"]);
      expectEqual("suspended", await suspended(world, group), ["AZRebalance", "HealthCheck"]);
    },
  },
  {
    id: "processes/all",
    rule: "Without names all processes are suspended, and resumed.",
    source: "suspend",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await world.suspend(group);
      expectEqual("suspended", await suspended(world, group), names);
      await resume(world, group);
      expectEqual("suspended", await suspended(world, group), []);
    },
  },
  {
    id: "processes/launch",
    rule: "With Launch suspended the desired capacity goes up and no instance comes.",
    source: "processes",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1);
      await world.suspend(group, ["Launch"]);
      await world.setDesired(group, 2);
      await world.settle();
      expectEqual("desired and in service", await world.sizes(group), [2, 1]);
    },
  },
  {
    id: "processes/launch-resumed",
    rule: "When Launch is resumed, missing instances come.",
    source: "processes",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1);
      await world.suspend(group, ["Launch"]);
      await world.setDesired(group, 2);
      await world.settle(1);
      await resume(world, group, ["Launch"]);
      await world.untilInService(group, 2, 60);
    },
  },
  {
    id: "processes/terminate",
    rule: "With Terminate suspended the desired capacity goes down and no instance goes.",
    source: "processes",
    kind: "state",
    run: async (world) => {
      const group = await world.running(2);
      await world.suspend(group, ["Terminate"]);
      await world.setDesired(group, 1);
      await world.settle();
      expectEqual("desired and in service", await world.sizes(group), [1, 2]);
    },
  },
  {
    id: "processes/alarm-notification",
    rule: "With AlarmNotification suspended policies do not heed alarms.",
    source: "processes",
    kind: "state",
    run: async (world) => {
      const [quiet, loud] = await Promise.all([heard(world), heard(world)]);
      await world.suspend(quiet.group, ["AlarmNotification"]);
      await Promise.all([quiet, loud].map(({ alarm }) => world.setAlarm(alarm, "ALARM")));
      // That nothing happens says something only where something would.
      await world.untilDesired(loud.group, 3, 15);
      await world.settle(1);
      expectEqual("the desired capacity", await world.desired(quiet.group), 2);
    },
  },
  {
    id: "processes/by-hand",
    rule: "With AlarmNotification suspended the capacity can still be set by hand.",
    source: "processes",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1);
      await world.suspend(group, ["AlarmNotification"]);
      await world.setDesired(group, 2);
      await world.untilInService(group, 2);
    },
  },
];
