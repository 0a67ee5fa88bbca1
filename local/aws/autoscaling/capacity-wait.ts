/**
 * The provider's wait for capacity. After an update that changes the minimum or the desired capacity it waits, ten minutes unless told
 * otherwise, until there are exactly as many healthy instances as the greater of the minimum and the desired capacity that *it
 * remembers* (terraform-provider-aws, `internal/service/autoscaling/group.go`). A group that has scaled since then never has.
 */

interface Bounds {
  readonly minSize: number;
  readonly desiredCapacity?: number;
  /** A duration of Go's; `0`: nothing is waited for. */
  readonly waitForCapacityTimeout?: string;
}

const timeoutDefault = "10m";

const isNothing = (duration: string): boolean => duration.split(/[a-zµ]+/).every((part) => Number(part) === 0);

/**
 * @param remembered desired capacity as the provider last read it.
 * @param comesTo instances that the group will have, as nothing else happens to it.
 * @throws {Error} at once, where the provider would give up when its time is over.
 */
export function waitForCapacity(
  group: string,
  { before, after }: { readonly before: Bounds; readonly after: Bounds },
  remembered: number,
  comesTo: number,
): void {
  const { waitForCapacityTimeout: timeout = timeoutDefault } = after;
  if (isNothing(timeout)) return;
  if (before.minSize === after.minSize && before.desiredCapacity === after.desiredCapacity) return;
  const wanted = Math.max(after.minSize, after.desiredCapacity ?? remembered);
  if (wanted === comesTo) return;
  throw new Error(
    `waiting for Auto Scaling Group (${group}) capacity satisfied: timeout while waiting for state to become 'ok' ` +
      `(last state: 'want exactly ${wanted} healthy instance(s) in Auto Scaling Group, have ${comesTo}', timeout: ${timeout}). ` +
      'The group was changed; waitForCapacityTimeout: "0" waits for nothing',
  );
}
