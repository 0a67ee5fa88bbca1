/** Runs something for each of many, as many at a time as there is room for. */

export interface PoolOptions<Item> {
  /** What there is to do, in this order. */
  readonly items: readonly Item[];
  /** Asked before each start, with how many run. Asked again whenever one has ended and on each `again`. */
  readonly room: (running: number) => boolean;
  /** What goes wrong with one item is that item's and no failure; a failure is the end of them all. */
  readonly run: (item: Item) => Promise<void>;
  /** Once it is aborted, nothing more begins. */
  readonly stop: AbortSignal;
  /** Calls back when there may be room where there was none. @returns ends that. */
  readonly again: (ask: () => void) => () => void;
}

/**
 * Resolves when everything that has begun has ended: all, or what had begun when `stop` was aborted.
 *
 * @throws the first error of a `run`; nothing more begins after it.
 */
export async function runPool<Item>({ items, room, run, stop, again }: PoolOptions<Item>): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  let running = 0;
  let finish = () => {};
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const ended = () => {
    running--;
    look();
  };

  function look(): void {
    const over = () => waiting.length === 0 || stop.aborted || failures.length > 0;
    while (!over() && room(running)) {
      running++;
      void run(waiting.shift() as Item)
        .catch((error: unknown) => failures.push(error))
        .then(ended);
    }
    if (running === 0 && over()) finish();
  }

  const end = again(look);
  stop.addEventListener("abort", look);
  try {
    look();
    await over;
  } finally {
    end();
    stop.removeEventListener("abort", look);
  }
  if (failures.length > 0) throw failures[0];
}
