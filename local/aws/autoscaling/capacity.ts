/**
 * Desired capacities as somebody sets them: a person, a scheduled action, a policy. What follows is done here and told to the
 * emulator, not the other way round: an instance that leaves begins to while the emulator is told; one that comes has its id from
 * the emulator, and is launched as soon as that is known.
 */
import type { Gate } from "../../gate.ts";
import type { GroupCalls, SizeChange } from "./capacity-calls.ts";
import { type Cause, type createCauses, difference } from "./causes.ts";
import type { EmulatedGroups, GroupState } from "./emulated.ts";

export interface ScalingChange {
  readonly desired: number;
  readonly remove: readonly string[];
  readonly cause: string;
}

/** Sizes as a call gives them; `undefined`: as it is. */
interface CapacityParts {
  readonly emulated: Pick<EmulatedGroups, "setDesired" | "setBounds" | "terminate" | "giveUp">;
  /** What stands, read anew. */
  readonly read: () => Promise<readonly GroupState[]>;
  /** As last read. */
  readonly known: () => readonly GroupState[];
  readonly gate: Pick<Gate, "passed">;
  readonly causes: Pick<ReturnType<typeof createCauses>, "during" | "mark">;
  /** At most `count` members, those that are to go first. */
  readonly leaversOf: (group: GroupState, count: number) => readonly string[];
  /** Begins the end of a member. */
  readonly leave: (group: GroupState, instanceId: string) => Promise<void>;
  /** Reads the group anew and launches what it has and this machine has not. */
  readonly launchMissing: (groupName: string) => Promise<void>;
  readonly reconcile: () => Promise<void>;
}

/** What others ask of the groups, of which the capacity is a part. */
const callsOf = (
  { read, causes, reconcile }: Pick<CapacityParts, "read" | "causes" | "reconcile">,
  { named, setDesired, fit }: Pick<GroupCalls, "named" | "setDesired" | "fit">,
): Omit<GroupCalls, "isCooling" | "arriving"> => ({
  named,
  // Without a cause of its own: a user asks.
  setDesired: (groupName, desired) => setDesired(groupName, desired),
  fit,
  async groupOf(instanceId) {
    return (await read()).find(({ instances }) => instances.some((each) => each.instanceId === instanceId));
  },
  markRequested: (instanceId) => causes.mark(instanceId, "in response to a user request"),
  reconcile,
});

export function createCapacity(parts: CapacityParts) {
  const { emulated, read, known, gate, causes, leaversOf, leave, launchMissing } = parts;

  async function groupNamed(groupName: string): Promise<GroupState> {
    await gate.passed();
    const group = (await read()).find(({ name }) => name === groupName);
    if (group === undefined) throw new RangeError(`there is no Auto Scaling group ${groupName}`);
    return group;
  }

  /** Each leaves and is taken out at the same time, one after the other: the emulator's capacity goes down with each. */
  async function shrink(group: GroupState, desired: number, going: readonly string[]): Promise<void> {
    const left = Promise.all(going.map((instanceId) => leave(group, instanceId)));
    for (const instanceId of going) await emulated.terminate(instanceId, true);
    if (group.desired - going.length !== desired) await emulated.setDesired(group.name, desired);
    await left;
  }

  async function change(group: GroupState, desired: number, going: readonly string[], cause: Cause): Promise<void> {
    await causes.during(group.name, cause, async () => {
      if (desired < group.desired && !group.suspended.has("Terminate")) await shrink(group, desired, going);
      else await emulated.setDesired(group.name, desired);
      if (desired > group.desired) await launchMissing(group.name);
    });
  }

  async function setDesired(groupName: string, desired: number, cause?: string): Promise<void> {
    const group = await groupNamed(groupName);
    if (!(Number.isInteger(desired) && desired >= group.minSize && desired <= group.maxSize)) {
      throw new RangeError(
        `desired capacity ${desired} of ${groupName} is not between its bounds ${group.minSize} and ${group.maxSize}`,
      );
    }
    const because = `in response to ${cause ?? "a user request"}, changing the desired capacity from ${group.desired} to ${desired}`;
    await change(group, desired, leaversOf(group, group.instances.length - desired), { before: [], because });
  }

  async function fit(groupName: string, sizes: SizeChange): Promise<void> {
    const group = await groupNamed(groupName);
    const [min, max] = [sizes.min ?? group.minSize, sizes.max ?? group.maxSize];
    if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 0 && min <= max)) {
      throw new RangeError(`bounds ${min} and ${max} of ${groupName} are not whole numbers, the least first`);
    }
    const { desired = Math.min(max, Math.max(min, group.desired)) } = sizes;
    if (!(Number.isInteger(desired) && desired >= min && desired <= max)) {
      throw new RangeError(`desired capacity ${desired} of ${groupName} is not between its bounds ${min} and ${max}`);
    }
    if (desired >= group.desired) return;
    const because = `in response to a user request, changing the desired capacity from ${group.desired} to ${desired}`;
    await change(group, desired, leaversOf(group, group.instances.length - desired), { before: [], because });
  }

  async function scale(groupName: string, { desired, remove, cause }: ScalingChange): Promise<void> {
    // A decision comes right after a look at what stands. Only who is protected may have changed, which matters to those that go.
    const seen = known().find(({ name }) => name === groupName);
    const group = seen !== undefined && desired > seen.desired ? seen : await groupNamed(groupName);
    await gate.passed();
    if (desired === group.desired || desired < group.minSize || desired > group.maxSize) return;
    const way = desired > group.desired ? "increasing" : "shrinking";
    const because = `${difference}, ${way} the capacity from ${group.desired} to ${desired}`;
    const mayGo = remove.filter((id) =>
      group.instances.some(({ instanceId, protectedFromScaleIn }) => instanceId === id && !protectedFromScaleIn),
    );
    await change(group, desired, mayGo, { before: [cause], because });
  }

  /** Has what the group has too much leave, or asks for what it lacks. */
  async function adjust(group: GroupState): Promise<void> {
    const going = leaversOf(group, group.instances.length - group.desired);
    if (going.length > 0) await emulated.giveUp(group.name, going);
    else await emulated.setDesired(group.name, group.desired);
  }

  async function setBounds(groupName: string, bounds: { readonly min: number; readonly max: number }): Promise<void> {
    await gate.passed();
    await emulated.setBounds(groupName, bounds);
  }

  const calls = callsOf(parts, { named: groupNamed, setDesired, fit });
  return { setDesired, setBounds, scale, adjust, calls };
}
