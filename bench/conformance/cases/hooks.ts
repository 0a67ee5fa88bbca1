/** Lifecycle hooks: what instances wait for on their way in and out. */
import {
  CompleteLifecycleActionCommand,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  type PutLifecycleHookCommandInput,
  RecordLifecycleActionHeartbeatCommand,
} from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

type Input = Partial<PutLifecycleHookCommandInput>;
const launching: Input = { LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" };
const terminating: Input = { LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING" };
const hook = "hook";

const put = (world: World, AutoScalingGroupName: string, input: Input) =>
  world.clients.autoScaling.send(
    new PutLifecycleHookCommand({ AutoScalingGroupName, LifecycleHookName: hook, ...input }),
  );

const complete = (world: World, group: string, InstanceId: string | undefined, result: string, name = hook) =>
  world.clients.autoScaling.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: name,
      InstanceId,
      LifecycleActionResult: result,
    }),
  );

const heartbeat = (world: World, group: string, InstanceId: string | undefined) =>
  world.clients.autoScaling.send(
    new RecordLifecycleActionHeartbeatCommand({ AutoScalingGroupName: group, LifecycleHookName: hook, InstanceId }),
  );

async function hooksOf(world: World, AutoScalingGroupName: string) {
  const answer = await world.clients.autoScaling.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName }));
  return answer.LifecycleHooks ?? [];
}

/** Ids of members in a lifecycle state. */
async function inState(world: World, group: string, state: string): Promise<string[]> {
  const members = await world.instances(group);
  return members.filter((each) => each.LifecycleState === state).map(({ InstanceId = "" }) => InstanceId);
}

const untilWaits = (world: World, group: string, state: string) =>
  world.until(
    `an instance is ${state}`,
    () => inState(world, group, state),
    (ids) => ids.length === 1,
  );

/** A group whose hook holds its first instance at launch. */
async function held(world: World, input: Input = {}) {
  const group = await world.group();
  await put(world, group, { ...launching, HeartbeatTimeout: 600, ...input });
  await world.setDesired(group, 1);
  const [id = ""] = await untilWaits(world, group, "Pending:Wait");
  return { group, id };
}

/** A group of 1 whose hook holds its only instance on the way out. */
async function leaving(world: World, input: Input = {}) {
  const group = await world.running(1);
  const [id = ""] = await world.inService(group);
  await put(world, group, { ...terminating, HeartbeatTimeout: 600, ...input });
  await world.setDesired(group, 0);
  await untilWaits(world, group, "Terminating:Wait");
  return { group, id };
}

const wrong: readonly [id: string, rule: string, input: Input][] = [
  ["heartbeat-29", "HeartbeatTimeout is at least 30 seconds", { ...launching, HeartbeatTimeout: 29 }],
  ["heartbeat-7201", "HeartbeatTimeout is at most 7200 seconds", { ...launching, HeartbeatTimeout: 7201 }],
  ["transition", "LifecycleTransition is one of two", { LifecycleTransition: "autoscaling:EC2_INSTANCE_SLEEPING" }],
  ["no-transition", "a new hook has a LifecycleTransition", {}],
  ["result", "DefaultResult is CONTINUE or ABANDON", { ...launching, DefaultResult: "RETRY" }],
  ["name-256", "a hook's name has at most 255 characters", { ...launching, LifecycleHookName: "n".repeat(256) }],
  [
    "metadata",
    "NotificationMetadata has at most 4000 characters",
    { ...launching, NotificationMetadata: "m".repeat(4001) },
  ],
];

const validations: readonly Case[] = [
  ...wrong.map(
    ([id, rule, input]): Case => ({
      id: `hooks/${id}`,
      rule: `PutLifecycleHook: ${rule}.`,
      source: "putHook",
      kind: "validation",
      run: async (world) => {
        const group = await world.group();
        await expectRefused(() => put(world, group, input));
      },
    }),
  ),
  {
    id: "hooks/no-group",
    rule: "PutLifecycleHook: the group exists.",
    source: "putHook",
    kind: "validation",
    run: (world) => expectRefused(() => put(world, world.name(), launching)),
  },
  {
    id: "hooks/complete-unknown",
    rule: "CompleteLifecycleAction: an action is under way.",
    source: "completeAction",
    kind: "validation",
    run: async (world) => {
      const group = await world.running(1);
      await put(world, group, launching);
      const [id] = await world.inService(group);
      await expectRefused(() => complete(world, group, id, "CONTINUE"));
    },
  },
  {
    id: "hooks/heartbeat-unknown",
    rule: "RecordLifecycleActionHeartbeat: an action is under way.",
    source: "heartbeat",
    kind: "validation",
    run: async (world) => {
      const group = await world.running(1);
      await put(world, group, launching);
      const [id] = await world.inService(group);
      await expectRefused(() => heartbeat(world, group, id));
    },
  },
  {
    id: "hooks/complete-result",
    rule: "CompleteLifecycleAction: the result is CONTINUE or ABANDON.",
    source: "completeAction",
    kind: "validation",
    run: async (world) => {
      const { group, id } = await held(world);
      await expectRefused(() => complete(world, group, id, "RETRY"));
    },
  },
];

const described: readonly [
  id: string,
  rule: string,
  property: "HeartbeatTimeout" | "DefaultResult" | "GlobalTimeout",
  input: Input,
  value: number | string,
][] = [
  [
    "default-heartbeat",
    "The heartbeat timeout is an hour unless the hook says otherwise",
    "HeartbeatTimeout",
    {},
    3600,
  ],
  ["default-result", "The default result is ABANDON unless the hook says otherwise", "DefaultResult", {}, "ABANDON"],
  [
    "global-heartbeats",
    "An instance is held for 100 times the heartbeat timeout at most",
    "GlobalTimeout",
    { HeartbeatTimeout: 60 },
    6_000,
  ],
  ["global-hours", "An instance is held for 48 hours at most", "GlobalTimeout", { HeartbeatTimeout: 7200 }, 172_800],
];

const states: readonly Case[] = [
  ...described.map(
    ([id, rule, property, input, value]): Case => ({
      id: `hooks/${id}`,
      rule: `${rule}.`,
      source: "putHook",
      kind: "state",
      run: async (world) => {
        const group = await world.group();
        await put(world, group, { ...launching, ...input });
        expectEqual(property, (await hooksOf(world, group))[0]?.[property], value);
      },
    }),
  ),
  {
    id: "hooks/update-keeps",
    rule: "An update of a hook changes what it names and keeps the rest.",
    source: "putHook",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await put(world, group, { ...launching, HeartbeatTimeout: 60, DefaultResult: "CONTINUE" });
      await put(world, group, { HeartbeatTimeout: 90 });
      const [found] = await hooksOf(world, group);
      expectEqual("the hook", [found?.HeartbeatTimeout, found?.DefaultResult], [90, "CONTINUE"]);
    },
  },
  {
    id: "hooks/launch-waits",
    rule: "A launch hook holds an instance in Pending:Wait, so that it is not in service.",
    source: "hooks",
    kind: "state",
    run: async (world) => {
      const { group } = await held(world);
      await world.settle(1);
      expectEqual("instances in service", (await world.inService(group)).length, 0);
    },
  },
  {
    id: "hooks/launch-continues",
    rule: "CONTINUE takes a held launch into service.",
    source: "completeAction",
    kind: "state",
    run: async (world) => {
      const { group, id } = await held(world);
      await complete(world, group, id, "CONTINUE");
      expectEqual("instances", await world.untilInService(group, 1), [id]);
    },
  },
  {
    id: "hooks/launch-abandoned",
    rule: "ABANDON ends a held launch, and another instance is launched in its place.",
    source: "completeAction",
    kind: "state",
    run: async (world) => {
      const { group, id } = await held(world);
      await complete(world, group, id, "ABANDON");
      const another = (ids: string[]) => ids.length === 1 && !ids.includes(id);
      await world.until("another waits", () => inState(world, group, "Pending:Wait"), another, 90);
    },
  },
  {
    id: "hooks/two-at-launch",
    rule: "With two launch hooks an instance is in service only when both are completed.",
    source: "hooks",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await put(world, group, launching);
      await put(world, group, { ...launching, LifecycleHookName: "second" });
      await world.setDesired(group, 1);
      const [id = ""] = await untilWaits(world, group, "Pending:Wait");
      await complete(world, group, id, "CONTINUE");
      await world.settle(1);
      expectEqual("instances in service", (await world.inService(group)).length, 0);
      await complete(world, group, id, "CONTINUE", "second");
      await world.untilInService(group, 1);
    },
  },
  {
    id: "hooks/end-waits",
    rule: "A termination hook holds an instance in Terminating:Wait.",
    source: "hooks",
    kind: "state",
    run: async (world) => void (await leaving(world)),
  },
  ...(["CONTINUE", "ABANDON"] as const).map(
    (result): Case => ({
      id: `hooks/end-${result.toLowerCase()}`,
      rule: `${result} ends an instance that a termination hook holds.`,
      source: "completeAction",
      kind: "state",
      run: async (world) => {
        const { group, id } = await leaving(world);
        await complete(world, group, id, result);
        await world.until(
          "it is gone",
          () => world.instances(group),
          (members) => members.length === 0,
        );
      },
    }),
  ),
  {
    id: "hooks/deleted",
    rule: "A deleted hook is not described.",
    source: "hooks",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await put(world, group, launching);
      const remove = new DeleteLifecycleHookCommand({ AutoScalingGroupName: group, LifecycleHookName: hook });
      await world.clients.autoScaling.send(remove);
      expectEqual("hooks", (await hooksOf(world, group)).length, 0);
    },
  },
  {
    id: "hooks/heartbeat-accepted",
    rule: "A heartbeat of an action under way is recorded.",
    source: "heartbeat",
    kind: "state",
    run: async (world) => {
      const { group, id } = await held(world);
      await heartbeat(world, group, id);
    },
  },
];

const timings: readonly Case[] = [
  {
    id: "hooks/launch-timeout-continues",
    rule: "A launch whose hook times out goes into service if CONTINUE is the default result.",
    source: "hooks",
    kind: "timing",
    run: async (world) => {
      const { group, id } = await held(world, { HeartbeatTimeout: 30, DefaultResult: "CONTINUE" });
      expectEqual("instances", await world.untilInService(group, 1, 90), [id]);
    },
  },
  {
    id: "hooks/launch-timeout-abandons",
    rule: "A launch whose hook times out is ended and replaced if ABANDON is the default result.",
    source: "hooks",
    kind: "timing",
    run: async (world) => {
      const { group, id } = await held(world, { HeartbeatTimeout: 30 });
      const gone = (ids: (string | undefined)[]) => !ids.includes(id);
      const members = async () => (await world.instances(group)).map(({ InstanceId }) => InstanceId);
      await world.until("the instance is gone", members, gone, 120);
    },
  },
  {
    id: "hooks/end-timeout",
    rule: "An instance whose termination hook times out is terminated.",
    source: "hooks",
    kind: "timing",
    run: async (world) => {
      const { group } = await leaving(world, { HeartbeatTimeout: 30 });
      await world.until(
        "it is gone",
        () => world.instances(group),
        (members) => members.length === 0,
        120,
      );
    },
  },
  {
    id: "hooks/heartbeat-extends",
    rule: "A heartbeat begins the heartbeat timeout anew.",
    source: "heartbeat",
    kind: "timing",
    run: async (world) => {
      const { group, id } = await held(world, { HeartbeatTimeout: 30, DefaultResult: "CONTINUE" });
      await world.settle(20);
      await heartbeat(world, group, id);
      await world.settle(20);
      expectEqual("instances that wait after 40 s", await inState(world, group, "Pending:Wait"), [id]);
    },
  },
];

export const hookCases: readonly Case[] = [...validations, ...states, ...timings];
