/**
 * Saves as it goes: soon after something has changed, and mostly no more than a quarter of the time.
 *
 *     idle ──changed──▶ waiting ──pause over──▶ saving ──changed meanwhile──▶ waiting
 *                                                  └────nothing changed─────▶ idle
 */
import type { GatewayCall } from "../../types.ts";

export interface Saving {
  /** Something has changed that should outlive the run. */
  changed(): void;
  /** No save begins until `resume`; resolves when the one under way is over, one way or the other. */
  pause(): Promise<void>;
  resume(): void;
  /** The last save. @throws what it fails of. */
  finish(): Promise<void>;
}

/** Milliseconds from a change to the save that has it: at least `soon`, and three times what the last save took, so that a busy machine is left to its work, but never beyond `most`. */
const pauses = { soon: 200, most: 5_000, timesLastSave: 3 };

/**
 * A save that fails is tried again, with what has changed meanwhile.
 *
 * @param onError told of each save that has failed but the first of a row: that one may have met an emulator under load.
 */
export function startSaving(save: () => Promise<unknown>, onError: (error: unknown) => void): Saving {
  let due = false;
  let paused = false;
  let over = false;
  let rest: number = pauses.soon;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;

  function failed(error: unknown): void {
    due = true;
    failures += 1;
    if (failures > 1) onError(error);
  }

  async function once(): Promise<void> {
    due = false;
    const begun = performance.now();
    try {
      await save();
      failures = 0;
    } finally {
      rest = Math.min(pauses.most, Math.max(pauses.soon, (performance.now() - begun) * pauses.timesLastSave));
    }
  }

  function arrange(): void {
    if (!due || paused || over || timer !== undefined || running !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      running = once()
        .catch(failed)
        .finally(() => {
          running = undefined;
          arrange();
        });
    }, rest).unref();
  }

  async function hold(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await running;
  }

  return {
    changed() {
      due = true;
      arrange();
    },
    pause() {
      paused = true;
      return hold();
    },
    resume() {
      paused = false;
      arrange();
    },
    async finish() {
      over = true;
      await hold();
      if (!paused) await save().catch(save);
    },
  };
}

const kept = new Set(["dynamodb", "glacier", "s3"]);
const reads = /^(BatchGet|Describe|Get|Head|List|Options|Query|Scan|Select|TransactGet)/;

/** Whether a call may have changed what is saved. A lost answer counts: the emulator has done it. */
export function changes({ service, action, status }: GatewayCall): boolean {
  return kept.has(service) && !reads.test(action) && status < 400;
}
