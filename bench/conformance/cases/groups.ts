/** Groups: their bounds, and what follows of a change of the desired capacity. */
import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
  type UpdateAutoScalingGroupCommandInput,
} from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expect, expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

const wrong: readonly [id: string, rule: string, input: Partial<CreateAutoScalingGroupCommandInput>][] = [
  ["min-above-max", "MinSize is at most MaxSize", { MinSize: 3, MaxSize: 2, DesiredCapacity: undefined }],
  ["desired-below-min", "DesiredCapacity is at least MinSize", { MinSize: 2, DesiredCapacity: 1 }],
  ["desired-above-max", "DesiredCapacity is at most MaxSize", { DesiredCapacity: 11 }],
  ["negative-min", "MinSize is not negative", { MinSize: -1 }],
  [
    "no-template",
    "a group has a launch template, a launch configuration or a mixed instances policy",
    { LaunchTemplate: undefined },
  ],
  [
    "strange-template",
    "the launch template exists",
    { LaunchTemplate: { LaunchTemplateId: "lt-00000000000000000", Version: "1" } },
  ],
  ["no-place", "a group has zones or subnets", { AvailabilityZones: undefined }],
  ["strange-policy", "a termination policy is one of a fixed list", { TerminationPolicies: ["Prettiest"] }],
  ["negative-warm-up", "DefaultInstanceWarmup is not below −1", { DefaultInstanceWarmup: -2 }],
  ["health-type", "HealthCheckType is one of a fixed list", { HealthCheckType: "PULSE" }],
  ["name-256", "a group's name has at most 255 characters", { AutoScalingGroupName: "n".repeat(256) }],
];

const update = (world: World, group: string, input: Partial<UpdateAutoScalingGroupCommandInput>) =>
  world.clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, ...input }));

const end = (world: World, InstanceId: string | undefined, ShouldDecrementDesiredCapacity: boolean) =>
  world.clients.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }),
  );

const refused = (
  id: string,
  rule: string,
  source: Case["source"],
  call: (world: World) => Promise<unknown>,
  code?: RegExp,
): Case => ({
  id: `groups/${id}`,
  rule,
  source,
  kind: "validation",
  run: (world) => expectRefused(() => call(world), code),
});

const requests: readonly Case[] = [
  ...wrong.map(([id, rule, input]) =>
    refused(
      id,
      `CreateAutoScalingGroup: ${rule}.`,
      "createGroup",
      (world) => world.group(input),
      // No page names the code for a template that does not exist.
      id === "strange-template" ? /^(Validation|InvalidLaunchTemplate)/ : undefined,
    ),
  ),
  {
    id: "groups/twice",
    rule: "CreateAutoScalingGroup: a second group of the same name is refused.",
    source: "createGroup",
    kind: "validation",
    run: async (world) => {
      const again = world.groupInput({ AutoScalingGroupName: await world.group() });
      const create = () => world.clients.autoScaling.send(new CreateAutoScalingGroupCommand(again));
      await expectRefused(create, /^AlreadyExists/);
    },
  },
  ...(
    [
      ["set-above-max", "at most the group's MaxSize", 11],
      ["set-below-min", "at least the group's MinSize", 0],
    ] as const
  ).map(
    ([id, rule, desired]): Case => ({
      id: `groups/${id}`,
      rule: `SetDesiredCapacity: the desired capacity is ${rule}.`,
      source: "setDesired",
      kind: "validation",
      run: async (world) => {
        const group = await world.group({ MinSize: 1, DesiredCapacity: 1 });
        await expectRefused(() => world.setDesired(group, desired));
      },
    }),
  ),
  refused("set-unknown", "SetDesiredCapacity: the group exists.", "setDesired", (world) =>
    world.setDesired(world.name(), 1),
  ),
  refused("update-unknown", "UpdateAutoScalingGroup: the group exists.", "updateGroup", (world) =>
    update(world, world.name(), { MaxSize: 2 }),
  ),
  ...(
    [
      ["update-min-above-max", "MinSize is at most MaxSize", { MinSize: 11 }],
      ["update-desired-above-max", "DesiredCapacity is at most MaxSize", { DesiredCapacity: 11 }],
    ] as const
  ).map(
    ([id, rule, input]): Case => ({
      id: `groups/${id}`,
      rule: `UpdateAutoScalingGroup: ${rule}.`,
      source: "updateGroup",
      kind: "validation",
      run: async (world) => {
        const group = await world.group();
        await expectRefused(() => update(world, group, input));
      },
    }),
  ),
  refused(
    "end-unknown",
    "TerminateInstanceInAutoScalingGroup: the instance is in a group.",
    "terminateInstance",
    (world) => end(world, "i-00000000000000000", false),
  ),
  {
    id: "groups/end-below-min",
    rule: "TerminateInstanceInAutoScalingGroup: the desired capacity is not decremented below MinSize.",
    source: "terminateInstance",
    kind: "validation",
    run: async (world) => {
      const group = await world.running(1, { MinSize: 1 });
      const [id] = await world.inService(group);
      await expectRefused(() => end(world, id, true));
    },
  },
  {
    id: "groups/delete-with-instances",
    rule: "DeleteAutoScalingGroup: a group with instances is deleted by force only.",
    source: "deleteGroup",
    kind: "validation",
    run: async (world) => {
      const group = await world.running(1);
      const remove = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: group });
      await expectRefused(() => world.clients.autoScaling.send(remove), /^(ResourceInUse|ScalingActivityInProgress)/);
    },
  },
];

const defaults: readonly Case[] = (
  [
    ["health-type", "HealthCheckType", "EC2"],
    ["grace", "HealthCheckGracePeriod", 0],
    ["termination", "TerminationPolicies", ["Default"]],
    ["protection", "NewInstancesProtectedFromScaleIn", false],
  ] as const
).map(
  ([id, property, value]): Case => ({
    id: `groups/default-${id}`,
    rule: `A group's ${property} is ${JSON.stringify(value)} unless it says otherwise.`,
    source: "createGroup",
    kind: "state",
    run: async (world) =>
      expectEqual(
        property,
        (await world.described(await world.group({ HealthCheckGracePeriod: undefined })))[property],
        value,
      ),
  }),
);

const sizes: readonly [id: string, rule: string, input: Partial<UpdateAutoScalingGroupCommandInput>, to: number][] = [
  ["min-raises", "A MinSize above the desired capacity raises it", { MinSize: 4 }, 4],
  ["max-lowers", "A MaxSize below the desired capacity lowers it", { MaxSize: 1 }, 1],
  ["desired-updated", "UpdateAutoScalingGroup sets the desired capacity", { DesiredCapacity: 3 }, 3],
];

const states: readonly Case[] = [
  ...defaults,
  ...sizes.map(
    ([id, rule, input, to]): Case => ({
      id: `groups/${id}`,
      rule: `${rule}, and instances follow.`,
      source: "updateGroup",
      kind: "state",
      run: async (world) => {
        const group = await world.running(2);
        await update(world, group, input);
        await world.untilDesired(group, to, 15);
        await world.untilInService(group, to);
      },
    }),
  ),
  {
    id: "groups/desired-defaults-to-min",
    rule: "Without a desired capacity a group begins with MinSize instances.",
    source: "createGroup",
    kind: "state",
    run: async (world) => {
      const group = await world.group({ MinSize: 2, DesiredCapacity: undefined });
      expectEqual("the desired capacity", await world.desired(group), 2);
      await world.untilInService(group, 2);
    },
  },
  {
    id: "groups/grows",
    rule: "A raised desired capacity launches instances, each with a successful activity.",
    source: "setDesired",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1);
      await world.setDesired(group, 3);
      await world.untilInService(group, 3);
      const launches = async () =>
        (await world.activities(group)).filter(
          ({ Description = "", StatusCode }) => Description.startsWith("Launching") && StatusCode === "Successful",
        ).length;
      await world.until("three launches are activities", launches, (count) => count === 3, 10);
    },
  },
  {
    id: "groups/activity-user-request",
    rule: "The activity's cause says that a user has set the capacity, and from what to what.",
    source: "setDesired",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1);
      await world.setDesired(group, 2);
      await world.untilInService(group, 2);
      const [{ Cause = "" } = {}] = await world.activities(group);
      expect(/user request/.test(Cause) && /from 1 to 2/.test(Cause), `the cause is ${JSON.stringify(Cause)}`);
    },
  },
  {
    id: "groups/end-replaced",
    rule: "An instance that is terminated without a decrement is replaced.",
    source: "terminateInstance",
    kind: "state",
    run: async (world) => {
      const group = await world.running(2);
      const [gone = ""] = await world.inService(group);
      await end(world, gone, false);
      const replaced = (ids: string[]) => ids.length === 2 && !ids.includes(gone);
      await world.until("another is in its place", () => world.inService(group), replaced);
    },
  },
  {
    id: "groups/end-decremented",
    rule: "An instance that is terminated with a decrement is not replaced.",
    source: "terminateInstance",
    kind: "state",
    run: async (world) => {
      const group = await world.running(2);
      const [gone = ""] = await world.inService(group);
      await end(world, gone, true);
      await world.untilDesired(group, 1, 15);
      const left = (ids: string[]) => ids.length === 1 && !ids.includes(gone);
      await world.until("one is left", () => world.inService(group), left);
    },
  },
  {
    id: "groups/unknown-is-none",
    rule: "A group that does not exist is left out of the answer, without an error.",
    source: "createGroup",
    kind: "state",
    run: async (world) => {
      const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [world.name()] });
      expectEqual("groups", (await world.clients.autoScaling.send(ask)).AutoScalingGroups?.length, 0);
    },
  },
  {
    id: "groups/policies-go",
    rule: "The policies of a group are deleted with it.",
    source: "deleteGroup",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await world.policy(group, { AdjustmentType: "ChangeInCapacity", ScalingAdjustment: 1 });
      const remove = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: group });
      await world.clients.autoScaling.send(remove);
      const left = await world.policies(group).catch(() => []);
      expectEqual("policies", left.length, 0);
    },
  },
];

export const groupCases: readonly Case[] = [...requests, ...states];
