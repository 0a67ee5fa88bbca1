/** The children of a command that updates stacks: how much memory they hold, and so whether there is room for another. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { TargetAccount } from "./account.ts";
import { freeMemory, treesInUse } from "./memory.ts";
import { needBy, roomForAnother, withPeak } from "./room.ts";

export interface Children {
  /** For a pool: whether there is room beside so many that run. */
  room(running: number): boolean;
  /** For a pool: looks at the children again and again, and asks after each look. @returns ends that. */
  again(ask: () => void): () => void;
  started(stack: string, pid: number): void;
  /** @returns the most that it held with all that it had started; bytes; 0 when it was too quick to be looked at. */
  ended(stack: string): number;
  /** What a child is taken to need. Bytes. */
  need(): number;
}

const everyMilliseconds = 1_000;

interface Child {
  readonly pid: number;
  held: number;
  peak: number;
}

const remembered = z.record(z.string(), z.array(z.number()));

/** Peaks of earlier commands: a first guess that has been measured. */
function openPeaks(stateDirectory: string, kind: TargetAccount["kind"]) {
  const file = join(stateDirectory, "memory.json");
  const read = (): Record<string, number[]> => {
    try {
      return remembered.parse(JSON.parse(readFileSync(file, "utf8")));
    } catch {
      return {}; // none yet; and a damaged one is worth no more
    }
  };
  let peaks: readonly number[] = read()[kind] ?? [];
  return {
    need: () => needBy(peaks),
    add(peak: number) {
      peaks = withPeak(peaks, peak);
      mkdirSync(stateDirectory, { recursive: true });
      writeFileSync(`${file}.new`, `${JSON.stringify({ ...read(), [kind]: peaks })}\n`);
      renameSync(`${file}.new`, file);
    },
  };
}

export function watchChildren(stateDirectory: string, kind: TargetAccount["kind"], parallel: number): Children {
  const children = new Map<string, Child>();
  const peaks = openPeaks(stateDirectory, kind);

  async function look(): Promise<void> {
    const held = await treesInUse([...children.values()].map(({ pid }) => pid));
    for (const child of children.values()) {
      child.held = held.get(child.pid) ?? 0;
      child.peak = Math.max(child.peak, child.held);
    }
  }

  return {
    room(running) {
      const known = [...children.values()].map(({ held }) => held);
      // One that was let in a moment ago has no process yet, and all its need before it.
      const unknown = Array.from({ length: Math.max(0, running - known.length) }, () => 0);
      return roomForAnother({ inUse: [...known, ...unknown], need: peaks.need(), free: freeMemory(), parallel });
    },
    again(ask) {
      const timer = setInterval(() => void look().then(ask, ask), everyMilliseconds);
      return () => clearInterval(timer);
    },
    started: (stack, pid) => void children.set(stack, { pid, held: 0, peak: 0 }),
    ended(stack) {
      const peak = children.get(stack)?.peak ?? 0;
      children.delete(stack);
      if (peak > 0) peaks.add(peak);
      return peak;
    },
    need: peaks.need,
  };
}
