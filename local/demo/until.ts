import { setTimeout as delay } from "node:timers/promises";

const intervalMilliseconds = 200;

/**
 * Looks again and again, as a waiting reader reloads a page, until `look` finds something.
 *
 * @throws {Error} after `seconds`, saying what was waited for and what was seen last.
 */
export async function until<Found>(
  what: string,
  seconds: number,
  look: (seen: (text: string) => void) => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
  const deadline = Date.now() + seconds * 1000;
  let last = "nothing";
  for (;;) {
    const found = await look((text) => {
      last = text;
    });
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}; seen last: ${last}`);
    await delay(intervalMilliseconds);
  }
}
