type Falsy = false | 0 | "" | null | undefined;

/**
 * Waits until something that has no event of its own to wait for (another process, a log file) has come true.
 *
 * @throws {Error} that names what was waited for, after `milliseconds`; the last error of `condition` is its cause.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  milliseconds = 20_000,
): Promise<Exclude<T, Falsy>> {
  const deadline = performance.now() + milliseconds;
  let cause: unknown;
  for (;;) {
    try {
      const found = await condition();
      if (found) return found as Exclude<T, Falsy>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${milliseconds} ms in vain until ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
