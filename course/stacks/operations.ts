/** Operations one stack at a time, for what decides about stacks by itself: brakes and the ends of leases. */
import type { StackOperation } from "./events.ts";
import type { Ledger } from "./ledger.ts";
import type { Performer } from "./perform.ts";
import type { SizesBefore } from "./sizes.ts";

export interface OperationsOptions {
  readonly performer: Performer;
  readonly ledger: Ledger;
  readonly now: () => Date;
}

/** Each resolves when it is done, or there was nothing to do. @throws {Error} with the cause when it failed. */
export interface StackOperations {
  /** Every group to its minimum, and held there. */
  minimum(stack: string): Promise<void>;
  /** Every group to nothing, and held there; its sizes are remembered. */
  freeze(stack: string): Promise<void>;
  /** Every group to the size that it had. */
  unfreeze(stack: string): Promise<void>;
  /** All that the stack has goes. */
  destroy(stack: string): Promise<void>;
  /** Groups are held by somebody who could not wait for the ledger; `sizes`: from before, as far as they are not remembered. */
  held(stack: string, operation: "minimum" | "freeze", sizes: SizesBefore): Promise<void>;
  /** The lease ends then. `expiresAt`: ISO 8601, UTC. */
  extend(stack: string, expiresAt: string, why: string): Promise<void>;
}

export function openOperations({ performer, ledger, now }: OperationsOptions): StackOperations {
  const does = (operation: StackOperation) => async (stack: string) => {
    const { outcome, why } = await performer.perform(stack, operation);
    if (outcome === "failed" || outcome === "stopped") throw new Error(`${operation} of ${stack}: ${why ?? outcome}`);
  };
  return {
    minimum: does("minimum"),
    freeze: does("freeze"),
    unfreeze: does("unfreeze"),
    destroy: does("down"),
    async held(stack, operation, sizes) {
      const at = now().toISOString();
      ledger.add({ kind: "sizes", at, stack, sizes });
      ledger.add({ kind: "begun", at, stack, operation, pid: process.pid });
      ledger.add({ kind: "done", at, stack, operation, seconds: 0 });
    },
    async extend(stack, expiresAt, why) {
      ledger.add({ kind: "lease", at: now().toISOString(), stack, expiresAt, why });
    },
  };
}
