/**
 * Removes leftovers: in order, what uses something before what it uses; and again and again, for AWS removes instances, interfaces and
 * gateways when it comes to it, and refuses until then whatever they stand in.
 *
 * ```
 *   waiting ──removed, or gone already──▶ removed
 *      │ ▲
 *      │ └──still used by something else: next round
 *      └──refused, or still used when patience ends──▶ kept, with the reason
 * ```
 */
import { grouped } from "../grouped.ts";
import { forEachOf } from "../pool.ts";
import type { Leftover } from "./evidence.ts";
import { CannotRemove, saysAbsent } from "./lister.ts";

/** What became of one leftover. */
export interface Swept {
  readonly leftover: Leftover;
  /** Why it is still there. Absent: it is removed, or AWS has promised to. */
  readonly kept?: string;
}

export interface SweepOptions {
  readonly onProgress?: (leftover: Leftover, text: string) => void;
  /** Between rounds, in milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** How long something may be in use while nothing else gets removed, in seconds. */
  readonly patienceSeconds: number;
}

/** By name: still used by something else, or too much at a time for the service. */
const later =
  /DependencyViolation|InUse|DeleteConflict|ScalingActivityInProgress|ResourceContention|IncorrectState|BucketNotEmpty|OperationAborted|ConcurrentModification|PriorRequestNotComplete|LimitExceeded|Throttl|TooManyRequests|SlowDown/;
/** EC2 says it of interfaces under the name of a wrong parameter. */
const currentlyInUse = /currently in use/;

/** Whether the same call may succeed once something else is gone. */
const isInUse = ({ name, message }: Error) => later.test(name) || currentlyInUse.test(message);

const roundSeconds = 5;
/** Calls at a time, of one kind. */
const together = 4;

type Outcome = { readonly state: "removed" } | { readonly state: "kept" | "waits"; readonly why: string };

async function removeOne(leftover: Leftover, onProgress: (text: string) => void): Promise<Outcome> {
  if (leftover.remove === undefined) {
    return {
      state: "kept",
      why: `nothing here knows how to remove a resource of ${leftover.kind}: ${leftover.command}`,
    };
  }
  try {
    await leftover.remove(onProgress);
    return { state: "removed" };
  } catch (error) {
    if (saysAbsent(error)) return { state: "removed" };
    if (error instanceof CannotRemove) return { state: "kept", why: error.message };
    if (!(error instanceof Error)) return { state: "kept", why: String(error) };
    return { state: isInUse(error) ? "waits" : "kept", why: `${error.name}: ${error.message}` };
  }
}

/** Goes through all once, kind by kind. */
async function round(
  leftovers: readonly Leftover[],
  onProgress: SweepOptions["onProgress"],
): Promise<Map<Leftover, Outcome>> {
  const outcomes = new Map<Leftover, Outcome>();
  const inOrder = [...leftovers].sort((a, b) => a.order - b.order);
  for (const same of grouped(inOrder, ({ order }) => String(order)).values()) {
    await forEachOf(same, together, async (leftover) => {
      const outcome = await removeOne(leftover, (text) => onProgress?.(leftover, text));
      outcomes.set(leftover, outcome);
      onProgress?.(leftover, outcome.state === "removed" ? "removed" : outcome.why);
    });
  }
  return outcomes;
}

/** Removes what it can; nothing that is in use keeps the rest from being removed. */
export async function sweep(leftovers: readonly Leftover[], options: SweepOptions): Promise<Swept[]> {
  const swept: Swept[] = [];
  let waiting = [...leftovers];
  let idleSeconds = 0;
  while (waiting.length > 0) {
    const outcomes = await round(waiting, options.onProgress);
    const before = waiting.length;
    const isLast = idleSeconds >= options.patienceSeconds;
    waiting = [];
    for (const [leftover, outcome] of outcomes) {
      if (outcome.state === "removed") swept.push({ leftover });
      else if (outcome.state === "kept") swept.push({ leftover, kept: outcome.why });
      else if (isLast)
        swept.push({ leftover, kept: `still in use after ${options.patienceSeconds} s. ${outcome.why}` });
      else waiting.push(leftover);
    }
    if (waiting.length === 0) break;
    // What was removed may have been what the rest waits for.
    idleSeconds = waiting.length < before ? 0 : idleSeconds + roundSeconds;
    await options.wait(roundSeconds * 1000);
  }
  return swept;
}
