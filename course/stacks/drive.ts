/** One operation on many stacks: as many at a time as there is room for, each in the ledger, one's failure nobody else's. */
import type { Children } from "./children.ts";
import type { StackOperation } from "./events.ts";
import type { Listener, Performer } from "./perform.ts";
import { runPool } from "./pool.ts";
import type { Progress } from "./progress.ts";
import type { StackResult } from "./result.ts";

export interface DriveOptions {
  readonly operation: StackOperation;
  readonly stacks: readonly string[];
  readonly performer: (listener: Listener) => Performer;
  readonly children: Children;
  readonly progress: Progress;
  /** Once it is aborted, nothing more begins; what is under way comes to its end. */
  readonly stop: AbortSignal;
}

export interface Driven {
  /** In the order in which they ended. */
  readonly results: readonly StackResult[];
  /** Stacks that had not begun when the command was stopped. */
  readonly left: readonly string[];
  /** The most that one child has held with all that it had started; bytes. */
  readonly peakOfChild: number;
}

/** @throws when something cannot be written down; what was under way has ended by then. */
export async function drive(options: DriveOptions): Promise<Driven> {
  const { operation, stacks, children, progress, stop } = options;
  const results: StackResult[] = [];
  let peakOfChild = 0;
  const performer = options.performer({
    begun: progress.begun,
    progress: progress.resources,
    process: children.started,
  });
  try {
    await runPool({
      items: stacks,
      room: children.room,
      again: children.again,
      stop,
      async run(stack) {
        const result = await performer.perform(stack, operation);
        peakOfChild = Math.max(peakOfChild, children.ended(stack));
        results.push(result);
        progress.ended(result);
      },
    });
  } finally {
    progress.close();
  }
  const dealtWith = new Set(results.map(({ stack }) => stack));
  return { results, left: stacks.filter((stack) => !dealtWith.has(stack)), peakOfChild };
}
