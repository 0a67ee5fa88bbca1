/** Why capacities change and instances go, in Auto Scaling's words: what activities tell as their cause. */

/** What activities say first, and what each instance was started or taken out for. */
export interface Cause {
  readonly before: readonly string[];
  readonly because: string;
}

export const difference = "in response to a difference between desired and actual capacity";
const refreshed = "in response to an instance refresh";
const ofDifference: Cause = { before: [], because: difference };

export function createCauses() {
  /** Why the desired capacity of a group was changed last, and why an instance was taken out. */
  const groups = new Map<string, Cause>();
  const instances = new Map<string, string>();

  return {
    /** An instance will be taken out for this. */
    mark: (instanceId: string, cause: string) => void instances.set(instanceId, cause),
    markRefreshed: (instanceId: string) => void instances.set(instanceId, refreshed),
    /** @param owed an instance refresh has ended one, and this one is for it. */
    ofLaunch(groupName: string, owed: boolean): readonly string[] {
      if (owed) return [`an instance was launched ${refreshed}`];
      const { before, because } = groups.get(groupName) ?? ofDifference;
      return [...before, `an instance was started ${because}`];
    },
    /** Forgets what the instance was marked with. */
    ofTermination(groupName: string, instanceId: string): readonly string[] {
      const own = instances.get(instanceId);
      instances.delete(instanceId);
      const { before, because } = groups.get(groupName) ?? ofDifference;
      const selected = `instance ${instanceId} was selected for termination`;
      if (own === refreshed) return [`an instance was taken out of service ${own}`, selected];
      if (own !== undefined) return [`instance ${instanceId} was taken out of service ${own}`];
      if (before.length > 0) return [...before, `an instance was taken out of service ${because}`, selected];
      return [`instance ${instanceId} was taken out of service ${because}`];
    },
    /** What happens to the group while `change` is under way begins with this cause. */
    async during(groupName: string, cause: Cause, change: () => Promise<void>): Promise<void> {
      groups.set(groupName, cause);
      try {
        await change();
      } finally {
        groups.delete(groupName);
      }
    },
  };
}
