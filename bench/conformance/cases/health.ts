/** Health as somebody says it, and what a group makes of it. */
import { type CreateAutoScalingGroupCommandInput, SetInstanceHealthCommand } from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expect, expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

const say = (world: World, InstanceId: string | undefined, HealthStatus: string, ShouldRespectGracePeriod?: boolean) =>
  world.clients.autoScaling.send(new SetInstanceHealthCommand({ InstanceId, HealthStatus, ShouldRespectGracePeriod }));

/** A group of 2 and one of its members. */
async function pair(world: World, input: Partial<CreateAutoScalingGroupCommandInput> = {}) {
  const group = await world.running(2, input);
  const [sick = ""] = await world.inService(group);
  return { group, sick };
}

const untilReplaced = (world: World, group: string, sick: string) =>
  world.until(
    "another is in the place of the unhealthy instance",
    () => world.inService(group),
    (ids) => ids.length === 2 && !ids.includes(sick),
    40,
  );

async function expectKept(world: World, group: string, sick: string): Promise<void> {
  // That nothing happens says something only where something would.
  const other = await pair(world);
  await say(world, other.sick, "Unhealthy");
  await untilReplaced(world, other.group, other.sick);
  await world.settle();
  expect((await world.inService(group)).includes(sick), "the instance was replaced");
}

const replaced = (
  id: string,
  rule: string,
  source: Case["source"],
  input: Partial<CreateAutoScalingGroupCommandInput>,
  respect?: boolean,
): Case => ({
  id: `health/${id}`,
  rule,
  source,
  kind: "state",
  run: async (world) => {
    const { group, sick } = await pair(world, input);
    await say(world, sick, "Unhealthy", respect);
    await untilReplaced(world, group, sick);
  },
});

const long = { HealthCheckGracePeriod: 3600 };

export const healthCases: readonly Case[] = [
  {
    id: "health/status",
    rule: "SetInstanceHealth: HealthStatus is Healthy or Unhealthy.",
    source: "setHealth",
    kind: "validation",
    run: async (world) => {
      const { sick } = await pair(world);
      await expectRefused(() => say(world, sick, "Poorly"));
    },
  },
  {
    id: "health/unknown",
    rule: "SetInstanceHealth: the instance is in a group.",
    source: "setHealth",
    kind: "validation",
    run: (world) => expectRefused(() => say(world, "i-00000000000000000", "Unhealthy")),
  },
  replaced("replaced", "An instance that is called unhealthy is terminated and replaced.", "setHealth", {}),
  replaced("protected", "Protection from scale-in does not keep an unhealthy instance.", "protection", {
    NewInstancesProtectedFromScaleIn: true,
  }),
  replaced(
    "grace-not-respected",
    "A call that does not respect the grace period acts within it.",
    "setHealth",
    long,
    false,
  ),
  {
    id: "health/grace-respected",
    rule: "Within the grace period a call is not heeded unless it says otherwise.",
    source: "setHealth",
    kind: "state",
    run: async (world) => {
      const { group, sick } = await pair(world, long);
      await say(world, sick, "Unhealthy");
      await expectKept(world, group, sick);
    },
  },
  {
    id: "health/healthy",
    rule: "An instance that is called healthy stays.",
    source: "setHealth",
    kind: "state",
    run: async (world) => {
      const { group, sick } = await pair(world);
      await say(world, sick, "Healthy");
      await expectKept(world, group, sick);
    },
  },
  {
    id: "health/suspended",
    rule: "With ReplaceUnhealthy suspended an unhealthy instance stays.",
    source: "processes",
    kind: "state",
    run: async (world) => {
      const { group, sick } = await pair(world);
      await world.suspend(group, ["ReplaceUnhealthy"]);
      await say(world, sick, "Unhealthy");
      await expectKept(world, group, sick);
    },
  },
  {
    id: "health/seen",
    rule: "The health that was set is seen in the group's description.",
    source: "setHealth",
    kind: "state",
    run: async (world) => {
      const { group, sick } = await pair(world);
      await world.suspend(group, ["ReplaceUnhealthy"]);
      await say(world, sick, "Unhealthy");
      const members = await world.instances(group);
      expectEqual("HealthStatus", members.find(({ InstanceId }) => InstanceId === sick)?.HealthStatus, "Unhealthy");
    },
  },
  {
    id: "health/desired-stays",
    rule: "The replacement of an unhealthy instance leaves the desired capacity as it is.",
    source: "health",
    kind: "state",
    run: async (world) => {
      const { group, sick } = await pair(world);
      await say(world, sick, "Unhealthy");
      await untilReplaced(world, group, sick);
      expectEqual("the desired capacity", await world.desired(group), 2);
    },
  },
  {
    id: "health/cooldown-ignored",
    rule: "The replacement of an unhealthy instance does not wait for a cooldown.",
    source: "cooldowns",
    kind: "state",
    run: async (world) => {
      const { group, sick } = await pair(world, { DefaultCooldown: 3600 });
      await say(world, sick, "Unhealthy");
      await untilReplaced(world, group, sick);
    },
  },
  {
    id: "health/cause",
    rule: "The activity says that an instance was taken out of service for its health.",
    source: "health",
    kind: "state",
    run: async (world) => {
      const { group, sick } = await pair(world);
      await say(world, sick, "Unhealthy");
      await untilReplaced(world, group, sick);
      const causes = (await world.activities(group))
        .filter(({ Description = "" }) => Description.startsWith("Terminating"))
        .map(({ Cause = "" }) => Cause);
      expect(
        causes.some((cause) => /health/i.test(cause)),
        `causes of terminations: ${JSON.stringify(causes)}`,
      );
    },
  },
];
