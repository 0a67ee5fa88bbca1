/** Far above what anything takes on a machine many times slower: it ends a test that would never go on. */
export const limitMilliseconds = 600_000;

type Falsy = false | 0 | "" | null | undefined;

/**
 * Waits until something that has no event of its own to wait for (another process, a log file) has come true.
 *
 * @throws {Error} that names what was waited for, after ten minutes; the last error of `condition` is its cause.
 */
export async function until<T>(what: string, condition: () => T | Promise<T>): Promise<Exclude<T, Falsy>> {
  const deadline = performance.now() + limitMilliseconds;
  let cause: unknown;
  for (;;) {
    try {
      const found = await condition();
      if (found) return found as Exclude<T, Falsy>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${limitMilliseconds} ms in vain until ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
