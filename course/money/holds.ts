/**
 * Holds of stacks by the brake. They go to Auto Scaling at once: an update that has the course, and its ledger, for half an hour must not
 * keep a brake from braking. What has to be known for the way back is in the brake's own log first, and goes to the ledger once it is free.
 */
import { causeOf } from "../cause.ts";
import type { HoldStep, Operations } from "../operations.ts";
import { freezeGroups, type GroupControl, type SizesBefore, shrinkGroups } from "../stacks/sizes.ts";
import type { SeenGroup } from "./account.ts";
import type { BrakeLog, Held } from "./brake-log.ts";

export interface HoldTools {
  readonly control: GroupControl;
  /** Those of the course, as they are now. */
  groups(): Promise<readonly SeenGroup[]>;
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
  /**
   * Freezes before a destruction: the ledger is told now or never, since what it hears after the destruction would make a frozen stack of
   * one that is gone.
   */
  freezeToDestroy(stack: string, before: SizesBefore, why: string): Promise<void>;
}

export function createHolds({ control, groups, log, operations, now, tell }: HoldTools): Holds {
  const at = () => now().toISOString();

  async function hold(stack: string, step: HoldStep, before: SizesBefore, why: string): Promise<void> {
    const options = {
      control,
      before: { ...log.sizes(stack), ...before },
      remember: (sizes: SizesBefore) => log.append([{ kind: "sizes", at: at(), stack, sizes }]),
    };
    const own = (await groups()).filter(({ owner }) => owner === stack);
    await (step === "freeze" ? freezeGroups(own, options) : shrinkGroups(own, options));
    await log.append([{ kind: "held", at: at(), stack, step, why }]);
  }

  async function tellLedger({ stack, step, why }: Held): Promise<void> {
    await operations.held(stack, step, log.sizes(stack), why);
    await log.append([{ kind: "noted", at: at(), stack }]);
  }

  return {
    hold,
    async note() {
      for (const held of log.unnoted()) {
        await tellLedger(held).catch((error: unknown) => {
          tell(`${held.stack} is held, and the ledger does not know yet: ${causeOf(error)}`);
        });
      }
    },
    async freezeToDestroy(stack, before, why) {
      await hold(stack, "freeze", before, why);
      const held = log.unnoted().find((each) => each.stack === stack);
      if (held === undefined) return;
      await tellLedger(held).catch(() => log.append([{ kind: "noted", at: at(), stack }]));
    },
  };
}
