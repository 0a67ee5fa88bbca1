import type { EmulatedGroups, GroupState } from "./emulated.ts";

interface Surge {
  readonly extra: number;
  /** That the emulator was told. */
  readonly capacity: number;
}

/** Members over the desired capacity that a refresh has asked for, and the launches that are due to it. */
export class Surges {
  readonly #emulated: EmulatedGroups;
  readonly #onTerminate: (instanceId: string) => void;
  readonly #byGroup = new Map<string, Surge>();
  readonly #owed = new Map<string, number>();

  /** @param onTerminate told before an instance is ended. */
  constructor(emulated: EmulatedGroups, onTerminate: (instanceId: string) => void) {
    this.#emulated = emulated;
    this.#onTerminate = onTerminate;
  }

  /** The desired capacity without what a refresh has added. */
  baseOf({ name, desired }: GroupState): number {
    const surge = this.#byGroup.get(name);
    // Somebody else has set the capacity since: that is the desired one.
    return surge === undefined || surge.capacity !== desired ? desired : desired - surge.extra;
  }

  /** Ends members; as many as the group is to shrink by are not replaced. Then it grows, where it is to. */
  async resize(group: GroupState, terminate: readonly string[], extra: number): Promise<void> {
    const desired = this.baseOf(group);
    const before = group.desired - desired;
    const remember = (now: number) => this.#byGroup.set(group.name, { extra: now, capacity: desired + now });
    let surge = before;
    for (const instanceId of terminate) {
      this.#onTerminate(instanceId);
      const shrinks = surge > extra;
      await this.#emulated.terminate(instanceId, shrinks);
      if (shrinks) remember(--surge);
    }
    if (surge !== extra) {
      await this.#emulated.setDesired(group.name, desired + extra);
      remember(extra);
    }
    const launches = terminate.length + extra - before;
    if (launches > 0) this.#owed.set(group.name, (this.#owed.get(group.name) ?? 0) + launches);
  }

  /** Whether the launch that is about to begin is due to a refresh; each is asked for once. */
  isOwed(groupName: string): boolean {
    const count = this.#owed.get(groupName) ?? 0;
    this.#owed.set(groupName, Math.max(0, count - 1));
    return count > 0;
  }

  /** Its refresh is over: what is launched from now on is due to something else. */
  settle(groupName: string): void {
    this.#owed.delete(groupName);
  }
}
