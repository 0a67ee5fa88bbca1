/** Scheduled actions: what is refused, and what they do when they are due. */
import {
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
  PutScheduledUpdateGroupActionCommand,
  type PutScheduledUpdateGroupActionCommandInput,
} from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

type Input = Partial<PutScheduledUpdateGroupActionCommandInput>;
const hour = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hour);
/** Of one group: some endpoints take equal names of two groups for one action, which is a case of its own. */
const actionOf = (group: string) => `${group}-action`;

const put = (world: World, AutoScalingGroupName: string, input: Input) =>
  world.clients.autoScaling.send(
    new PutScheduledUpdateGroupActionCommand({
      AutoScalingGroupName,
      ScheduledActionName: actionOf(AutoScalingGroupName),
      ...input,
    }),
  );

async function actionsOf(world: World, AutoScalingGroupName: string) {
  const answer = await world.clients.autoScaling.send(new DescribeScheduledActionsCommand({ AutoScalingGroupName }));
  return answer.ScheduledUpdateGroupActions ?? [];
}

const wrong: readonly [id: string, rule: string, input: () => Input][] = [
  ["no-size", "an action names a size", () => ({ StartTime: inHours(1) })],
  ["min-above-max", "MinSize is at most MaxSize", () => ({ StartTime: inHours(1), MinSize: 3, MaxSize: 2 })],
  [
    "desired-above-max",
    "DesiredCapacity is at most MaxSize",
    () => ({ StartTime: inHours(1), DesiredCapacity: 3, MaxSize: 2 }),
  ],
  ["in-the-past", "StartTime is in the future", () => ({ StartTime: inHours(-1), DesiredCapacity: 1 })],
  [
    "end-before-start",
    "EndTime is after StartTime",
    () => ({ StartTime: inHours(2), EndTime: inHours(1), Recurrence: "0 9 * * *", DesiredCapacity: 1 }),
  ],
  ["cron-six-fields", "Recurrence has five fields", () => ({ Recurrence: "0 9 * * * *", DesiredCapacity: 1 })],
  ["cron-range", "a field of Recurrence is within its range", () => ({ Recurrence: "61 9 * * *", DesiredCapacity: 1 })],
  ["cron-words", "Recurrence is a cron expression", () => ({ Recurrence: "every morning", DesiredCapacity: 1 })],
  [
    "time-zone",
    "TimeZone is a name of the IANA database",
    () => ({ Recurrence: "0 9 * * *", TimeZone: "Moon/Base", DesiredCapacity: 1 }),
  ],
  ["no-time", "an action has a StartTime or a Recurrence", () => ({ DesiredCapacity: 1 })],
  [
    "name-256",
    "an action's name has at most 255 characters",
    () => ({ ScheduledActionName: "n".repeat(256), StartTime: inHours(1), DesiredCapacity: 1 }),
  ],
];

const validations: readonly Case[] = [
  ...wrong.map(
    ([id, rule, input]): Case => ({
      id: `schedules/${id}`,
      rule: `PutScheduledUpdateGroupAction: ${rule}.`,
      source: id.startsWith("cron") || id === "time-zone" ? "scheduled" : "putSchedule",
      kind: "validation",
      run: async (world) => {
        const group = await world.group();
        await expectRefused(() => put(world, group, input()));
      },
    }),
  ),
  {
    id: "schedules/no-group",
    rule: "PutScheduledUpdateGroupAction: the group exists.",
    source: "putSchedule",
    kind: "validation",
    run: (world) => expectRefused(() => put(world, world.name(), { StartTime: inHours(1), DesiredCapacity: 1 })),
  },
  {
    id: "schedules/delete-unknown",
    rule: "DeleteScheduledAction: the action exists.",
    source: "scheduled",
    kind: "validation",
    run: async (world) => {
      const AutoScalingGroupName = await world.group();
      const remove = new DeleteScheduledActionCommand({
        AutoScalingGroupName,
        ScheduledActionName: actionOf(AutoScalingGroupName),
      });
      await expectRefused(() => world.clients.autoScaling.send(remove));
    },
  },
];

const states: readonly Case[] = [
  {
    id: "schedules/described",
    rule: "A scheduled action is described with its sizes, its recurrence and its time zone.",
    source: "putSchedule",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      const given = { Recurrence: "50 17 * * MON-FRI", TimeZone: "America/Chicago", MinSize: 1, MaxSize: 6 };
      await put(world, group, given);
      const [found] = await actionsOf(world, group);
      const same = Object.fromEntries(Object.keys(given).map((name) => [name, found?.[name as keyof typeof given]]));
      expectEqual("the action", same, given);
    },
  },
  {
    id: "schedules/update",
    rule: "Putting an action of the same name updates it.",
    source: "putSchedule",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await put(world, group, { StartTime: inHours(1), DesiredCapacity: 1 });
      await put(world, group, { StartTime: inHours(1), DesiredCapacity: 2 });
      expectEqual(
        "desired capacities",
        (await actionsOf(world, group)).map((each) => each.DesiredCapacity),
        [2],
      );
    },
  },
  {
    id: "schedules/deleted",
    rule: "A deleted action is not described.",
    source: "scheduled",
    kind: "state",
    run: async (world) => {
      const AutoScalingGroupName = await world.group();
      await put(world, AutoScalingGroupName, { StartTime: inHours(1), DesiredCapacity: 1 });
      const remove = new DeleteScheduledActionCommand({
        AutoScalingGroupName,
        ScheduledActionName: actionOf(AutoScalingGroupName),
      });
      await world.clients.autoScaling.send(remove);
      expectEqual("actions", (await actionsOf(world, AutoScalingGroupName)).length, 0);
    },
  },
];

/** Of two groups, actions of one name. */
const namesakes: Case = {
  id: "schedules/namesakes",
  rule: "An action's name is its group's: another group may have one of the same name.",
  source: "putSchedule",
  kind: "state",
  run: async (world) => {
    const [one, other] = [await world.group(), await world.group()];
    const ScheduledActionName = world.name();
    await put(world, one, { ScheduledActionName, StartTime: inHours(1), DesiredCapacity: 1 });
    await put(world, other, { ScheduledActionName, StartTime: inHours(1), DesiredCapacity: 2 });
    const sizes = [...(await actionsOf(world, one)), ...(await actionsOf(world, other))];
    expectEqual(
      "desired capacities",
      sizes.map((each) => each.DesiredCapacity),
      [1, 2],
    );
  },
};

/** The next whole minute that is not about to begin. */
const soon = () => new Date(Math.ceil((Date.now() + 40_000) / 60_000) * 60_000);

/** A group of 1 with an action that is due in a minute or two. */
async function due(world: World, input: Input, cooldown = 0): Promise<string> {
  const group = await world.running(1, { DefaultCooldown: cooldown });
  await put(world, group, { StartTime: soon(), ...input });
  return group;
}

const timings: readonly Case[] = [
  {
    id: "schedules/sets-desired",
    rule: "At its time an action sets the desired capacity, and instances follow.",
    source: "scheduled",
    kind: "timing",
    run: async (world) => {
      const group = await due(world, { DesiredCapacity: 3 });
      await world.untilDesired(group, 3, 190);
      await world.untilInService(group, 3);
    },
  },
  {
    id: "schedules/sets-bounds",
    rule: "At its time an action sets the bounds, and the desired capacity moves into them.",
    source: "scheduled",
    kind: "timing",
    run: async (world) => {
      const group = await due(world, { MinSize: 2, MaxSize: 4 });
      await world.untilDesired(group, 2, 190);
      const { MinSize, MaxSize } = await world.described(group);
      expectEqual("bounds", [MinSize, MaxSize], [2, 4]);
    },
  },
  {
    id: "schedules/ignores-cooldown",
    rule: "A scheduled action does not wait for a cooldown.",
    source: "cooldowns",
    kind: "timing",
    run: async (world) => {
      const group = await due(world, { DesiredCapacity: 2 }, 3600);
      await world.untilDesired(group, 2, 190);
    },
  },
  {
    id: "schedules/recurs",
    rule: "An action that recurs each minute is run at the next one.",
    source: "scheduled",
    kind: "timing",
    run: async (world) => {
      const group = await due(world, { StartTime: undefined, Recurrence: "* * * * *", DesiredCapacity: 2 });
      await world.untilDesired(group, 2, 190);
    },
  },
  {
    id: "schedules/suspended",
    rule: "With ScheduledActions suspended an action that is due does nothing.",
    source: "processes",
    kind: "timing",
    run: async (world) => {
      const quiet = await due(world, { DesiredCapacity: 2 });
      await world.suspend(quiet, ["ScheduledActions"]);
      // That nothing happens says something only where something would.
      const loud = await due(world, { DesiredCapacity: 2 });
      await world.untilDesired(loud, 2, 190);
      await world.settle();
      expectEqual("the desired capacity", await world.desired(quiet), 1);
    },
  },
];

export const scheduleCases: readonly Case[] = [...validations, ...states, namesakes, ...timings];
