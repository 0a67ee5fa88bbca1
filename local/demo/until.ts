import { setTimeout as delay } from "node:timers/promises";

const intervalMilliseconds = 200;
/** Far above what any step takes on a slow machine: it ends a demo that would never go on. */
const limitSeconds = 600;

/**
 * Looks again and again, as a waiting reader reloads a page, until `look` finds something.
 *
 * @throws {Error} after ten minutes, saying what was waited for and what was seen last.
 */
export async function until<Found>(
  what: string,
  look: (seen: (text: string) => void) => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
  const deadline = Date.now() + limitSeconds * 1000;
  let last = "nothing";
  for (;;) {
    const found = await look((text) => {
      last = text;
    });
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited ${limitSeconds} s for ${what}; seen last: ${last}`);
    await delay(intervalMilliseconds);
  }
}
