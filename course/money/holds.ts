/**
 * Holds of stacks by the brake. They go to Auto Scaling at once: an update that has the course, and its ledger, for half an hour must not
 * keep a brake from braking. What has to be known for the way back is in the brake's own log first, and goes to the ledger once it is free.
 */
import type { HoldStep, Operations, SizesBefore } from "../operations.ts";
import type { BrakeLog } from "./brake-log.ts";
import { freezeGroups, type GroupControl, shrinkGroups } from "./sizes.ts";

export interface HoldTools {
  readonly control: GroupControl;
  readonly log: BrakeLog;
  readonly operations: Pick<Operations, "held">;
  now(): Date;
  tell(line: string): void;
}

export interface Holds {
  /** @param before what the ledger remembers. */
  hold(stack: string, step: HoldStep, before: SizesBefore, why: string): Promise<void>;
  /** Tells the ledger of what it does not know yet. */
  note(): Promise<void>;
}

export function createHolds({ control, log, operations, now, tell }: HoldTools): Holds {
  const at = () => now().toISOString();
  return {
    async hold(stack, step, before, why) {
      const options = {
        control,
        before: { ...log.sizes(stack), ...before },
        remember: (sizes: SizesBefore) => log.append([{ kind: "sizes", at: at(), stack, sizes }]),
      };
      await (step === "freeze" ? freezeGroups(stack, options) : shrinkGroups(stack, options));
      await log.append([{ kind: "held", at: at(), stack, step, why }]);
    },
    async note() {
      for (const { stack, step, why } of log.unnoted()) {
        try {
          await operations.held(stack, step, log.sizes(stack), why);
        } catch (error) {
          tell(`${stack} is held, and the ledger does not know yet: ${(error as Error).message}`);
          continue;
        }
        await log.append([{ kind: "noted", at: at(), stack }]);
      }
    },
  };
}
