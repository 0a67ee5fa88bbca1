/** What a brake and the end of a lease ask of the ledger and of the engine: a port, so that both are decided and tried without them. */
import type { BrakeStep } from "./course-file/course.ts";
import type { SizesBefore } from "./stacks/sizes.ts";

export interface Operations {
  /**
   * Writes into the ledger that the stack's groups are held, and those sizes from before that it does not remember already. It has
   * happened, and nobody waited for the ledger: while another command has it, this rejects and is asked again.
   */
  held(stack: string, step: HoldStep, sizes: SizesBefore, why: string): Promise<void>;
  /** All that the stack has goes. */
  destroy(stack: string, why: string): Promise<void>;
  /** What the stacks share goes, if none of them is left; nothing otherwise. */
  endShared(): Promise<void>;
  /** The lease ends then. `expiresAt`: ISO 8601, UTC. */
  extend(stack: string, expiresAt: string, why: string): Promise<void>;
}

export type HoldStep = Extract<BrakeStep, "minimum" | "freeze">;
