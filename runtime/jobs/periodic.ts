import type { LoopHealth } from "./health.ts";
import type { Clock, Log, Page } from "./ports.ts";

/** Runs `run` now and then `seconds` after each end, until `signal` aborts. A failed run is logged; the next one comes. */
export async function periodically(options: {
  readonly name: string;
  readonly seconds: number;
  readonly run: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly health?: LoopHealth;
}): Promise<void> {
  const { name, seconds, run, clock, log, signal, health } = options;
  while (!signal.aborted) {
    try {
      await run();
      health?.beat();
    } catch (err) {
      log.error({ err, sweep: name }, "sweep failed");
      health?.beat(`${name}: the last sweep failed`);
    }
    await clock.sleep(seconds * 1000, signal);
  }
}

/** Every item of a paged list, to its very end. */
export async function* everyItem<Item>(
  list: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
  limit = 100,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page: Page<Item> = await list({ limit, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
