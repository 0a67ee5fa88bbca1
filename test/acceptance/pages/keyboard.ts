/** Going through a page by the Tab key alone. */
import type { Page } from "playwright-core";

interface Stop {
  /** Its place among all that can be reached, in the order of the document; -1: it should not have been reached. */
  readonly place: number;
  readonly what: string;
  readonly isSeen: boolean;
}

/** Everything that a keyboard has to reach, in the order of the document, kept in the page. */
const collect = `globalThis.reachable = [...document.querySelectorAll(
  'a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary, [tabindex="0"]',
)].filter((each) => each.checkVisibility() && getComputedStyle(each).visibility !== "hidden"); reachable.length`;

/** Focus is seen by the browser's outline or one of ours, on the element or on the label around it. */
const look = `(() => {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return undefined;
  const isMarked = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  };
  const shown = focused.getBoundingClientRect().width > 2 ? focused : (focused.closest("label") ?? focused);
  const { top, bottom, left, right } = shown.getBoundingClientRect();
  const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const words = (focused.textContent || focused.name || focused.tagName).trim().slice(0, 40);
  return { place: reachable.indexOf(focused), what: focused.tagName + " " + words, isSeen: isMarked(shown) && isInside };
})()`;

/** @returns what is wrong, in words: out of order, not reached, not seen, or held fast. */
export async function tabFaults(page: Page, name: string): Promise<string[]> {
  const count = Number(await page.evaluate(collect));
  const faults: string[] = [];
  for (let expected = 0; expected <= count; expected++) {
    await page.keyboard.press("Tab");
    const stop = (await page.evaluate(look)) as Stop | undefined;
    if (stop === undefined) {
      if (expected < count) faults.push(`${name}: ${count - expected} of ${count} are not reached`);
      return faults;
    }
    if (expected === count) {
      // From the last one to the browser's own controls, or to the first one again.
      return stop.place === 0 ? faults : [...faults, `${name}: after the last, focus is held by ${stop.what}`];
    }
    if (stop.place !== expected) {
      faults.push(`${name}: ${stop.what} is number ${stop.place} of the document and ${expected} by the keyboard`);
      return faults;
    }
    if (!stop.isSeen) faults.push(`${name}: focus is not seen on ${stop.what}`);
  }
  return faults;
}
