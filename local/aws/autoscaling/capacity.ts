/** Desired capacities as somebody sets them: a person, a scheduled action, a policy. */
import type { Gate } from "../../gate.ts";
import { type Cause, type createCauses, difference } from "./causes.ts";
import type { createEmulatedGroups, GroupState } from "./emulated.ts";

export interface ScalingChange {
  readonly desired: number;
  readonly remove: readonly string[];
  readonly cause: string;
}

export function createCapacity(parts: {
  readonly emulated: Pick<ReturnType<typeof createEmulatedGroups>, "read" | "setDesired" | "terminate">;
  readonly gate: Pick<Gate, "passed">;
  readonly causes: Pick<ReturnType<typeof createCauses>, "during">;
  /** Has what follows of a change done. */
  readonly reconcile: () => Promise<void>;
}) {
  const { emulated, gate, causes, reconcile } = parts;

  async function groupNamed(groupName: string): Promise<GroupState> {
    await gate.passed();
    const group = (await emulated.read()).find(({ name }) => name === groupName);
    if (group === undefined) throw new RangeError(`there is no Auto Scaling group ${groupName}`);
    return group;
  }

  /** Changes the emulator, and has what follows of it begin with this cause. */
  const causing = (groupName: string, cause: Cause, change: () => Promise<void>) =>
    causes.during(groupName, cause, async () => {
      await change();
      await reconcile();
    });

  async function setDesired(groupName: string, desired: number, cause?: string): Promise<void> {
    const group = await groupNamed(groupName);
    if (!(Number.isInteger(desired) && desired >= group.minSize && desired <= group.maxSize)) {
      throw new RangeError(
        `desired capacity ${desired} of ${groupName} is not between its bounds ${group.minSize} and ${group.maxSize}`,
      );
    }
    const because = `in response to ${cause ?? "a user request"}, changing the desired capacity from ${group.desired} to ${desired}`;
    await causing(groupName, { before: [], because }, () => emulated.setDesired(groupName, desired));
  }

  async function scale(groupName: string, { desired, remove, cause }: ScalingChange): Promise<void> {
    const group = await groupNamed(groupName);
    if (desired === group.desired || desired < group.minSize || desired > group.maxSize) return;
    const way = desired > group.desired ? "increasing" : "shrinking";
    const because = `${difference}, ${way} the capacity from ${group.desired} to ${desired}`;
    const mayGo = remove.filter((id) =>
      group.instances.some(({ instanceId, protectedFromScaleIn }) => instanceId === id && !protectedFromScaleIn),
    );
    await causing(groupName, { before: [cause], because }, async () => {
      for (const instanceId of mayGo) await emulated.terminate(instanceId, true);
      if (group.desired - mayGo.length !== desired) await emulated.setDesired(groupName, desired);
    });
  }

  return { setDesired, scale };
}
