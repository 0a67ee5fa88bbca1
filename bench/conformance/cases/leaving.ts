/** Who goes when a group shrinks: protection, and termination policies. */
import {
  type CreateAutoScalingGroupCommandInput,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expect, expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

const protect = (world: World, AutoScalingGroupName: string, InstanceIds: string[], ProtectedFromScaleIn = true) =>
  world.clients.autoScaling.send(
    new SetInstanceProtectionCommand({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn }),
  );

const safe = { NewInstancesProtectedFromScaleIn: true };

/** A group of 3 whose members came one after the other: their ids, the oldest first. */
async function inTurn(world: World, input: Partial<CreateAutoScalingGroupCommandInput>) {
  const group = await world.running(1, input);
  const ids = [...(await world.inService(group))];
  for (const count of [2, 3]) {
    await world.settle(1.5); // launch times have whole seconds on some endpoints
    await world.setDesired(group, count);
    const found = await world.untilInService(group, count);
    ids.push(...found.filter((id) => !ids.includes(id)));
  }
  return { group, ids };
}

const order: readonly [policy: string, leaves: number, rule: string][] = [
  ["OldestInstance", 0, "the oldest instance goes first"],
  ["NewestInstance", 2, "the newest instance goes first"],
];

export const leavingCases: readonly Case[] = [
  {
    id: "leaving/protect-unknown",
    rule: "SetInstanceProtection: the instance is in the group.",
    source: "setProtection",
    kind: "validation",
    run: async (world) => {
      const group = await world.group();
      await expectRefused(() => protect(world, group, ["i-00000000000000000"]));
    },
  },
  {
    id: "leaving/protect-51",
    rule: "SetInstanceProtection: at most 50 instances at once.",
    source: "setProtection",
    kind: "validation",
    run: async (world) => {
      const group = await world.running(1);
      const ids = Array.from({ length: 51 }, (_, n) => `i-${String(n).padStart(17, "0")}`);
      await expectRefused(() => protect(world, group, ids), /^(Validation|LimitExceeded)/);
    },
  },
  {
    id: "leaving/new-protected",
    rule: "With NewInstancesProtectedFromScaleIn instances are protected from their launch on.",
    source: "protection",
    kind: "state",
    run: async (world) => {
      const members = await world.instances(await world.running(2, safe));
      expectEqual(
        "ProtectedFromScaleIn",
        members.map((each) => each.ProtectedFromScaleIn),
        [true, true],
      );
    },
  },
  {
    id: "leaving/protection-seen",
    rule: "Protection that is set and taken off is seen in the group.",
    source: "setProtection",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1);
      const ids = await world.inService(group);
      const seen = async () => (await world.instances(group))[0]?.ProtectedFromScaleIn;
      await protect(world, group, ids);
      expectEqual("ProtectedFromScaleIn", await seen(), true);
      await protect(world, group, ids, false);
      expectEqual("ProtectedFromScaleIn", await seen(), false);
    },
  },
  {
    id: "leaving/protected-stays",
    rule: "A protected instance stays when the group shrinks.",
    source: "protection",
    kind: "state",
    run: async (world) => {
      const { group, ids } = await inTurn(world, { TerminationPolicies: ["OldestInstance"] });
      await protect(world, group, ids.slice(0, 2));
      await world.setDesired(group, 2);
      expectEqual("who stays", (await world.untilInService(group, 2)).sort(), ids.slice(0, 2).sort());
    },
  },
  {
    id: "leaving/all-protected",
    rule: "If all instances are protected, the desired capacity goes down and none is terminated.",
    source: "protection",
    kind: "state",
    run: async (world) => {
      const group = await world.running(2, safe);
      await world.setDesired(group, 1);
      await world.settle();
      expectEqual("desired and in service", await world.sizes(group), [1, 2]);
    },
  },
  {
    id: "leaving/unprotected-later",
    rule: "An instance too many goes as soon as it is no longer protected.",
    source: "protection",
    kind: "state",
    run: async (world) => {
      const group = await world.running(2, safe);
      const [first = ""] = await world.inService(group);
      await world.setDesired(group, 1);
      await world.settle(1);
      await protect(world, group, [first], false);
      const left = (ids: string[]) => ids.length === 1 && !ids.includes(first);
      await world.until("the unprotected instance goes", () => world.inService(group), left, 30);
    },
  },
  {
    id: "leaving/terminated-by-hand",
    rule: "Protection does not keep an instance that is terminated by hand.",
    source: "protection",
    kind: "state",
    run: async (world) => {
      const group = await world.running(1, safe);
      const [InstanceId = ""] = await world.inService(group);
      const end = { InstanceId, ShouldDecrementDesiredCapacity: true };
      await world.clients.autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(end));
      await world.untilInService(group, 0);
    },
  },
  ...order.map(
    ([policy, leaves, rule]): Case => ({
      id: `leaving/${policy}`,
      rule: `${policy}: ${rule}.`,
      source: "termination",
      kind: "state",
      run: async (world) => {
        const { group, ids } = await inTurn(world, { TerminationPolicies: [policy] });
        await world.setDesired(group, 2);
        const left = await world.untilInService(group, 2);
        expectEqual(
          "who goes, by age",
          ids.findIndex((id) => !left.includes(id)),
          leaves,
        );
      },
    }),
  ),
  {
    id: "leaving/policies-in-order",
    rule: "Of several termination policies the first decides if it tells instances apart.",
    source: "termination",
    kind: "state",
    run: async (world) => {
      const { group, ids } = await inTurn(world, { TerminationPolicies: ["NewestInstance", "OldestInstance"] });
      await world.setDesired(group, 2);
      const left = await world.untilInService(group, 2);
      expect(!left.includes(ids[2] as string), "the newest instance stays");
    },
  },
];
