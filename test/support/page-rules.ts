/**
 * What every page of the product keeps to, looked at in a real browser: WCAG 2.2 AA and good practice as axe judges them, a title, a
 * language, one main heading, and nothing wider than a telephone.
 *
 * SCREENSHOTS=1 leaves a picture of each page in .annofarm/screenshots.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Page } from "playwright-core";

const pictures = process.env.SCREENSHOTS === "1";
const folder = fileURLToPath(new URL("../../.annofarm/screenshots", import.meta.url));
if (pictures) mkdirSync(folder, { recursive: true });

const height = 900;
const light = "light";
const dark = "dark";
/** Colours do not depend on the width: two looks show a page in both. The next page has the other two, so that the frame of the pages
 * is seen in all four, for half of the processor's time. */
const looks = [
  [
    { width: 390, colorScheme: light },
    { width: 1280, colorScheme: dark },
  ],
  [
    { width: 390, colorScheme: dark },
    { width: 1280, colorScheme: light },
  ],
] as const;
let looked = 0;

const judged = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The page's frames are pages of their own: mails are visited by their own address. */
async function axeFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    `axe.run({ runOnly: ${JSON.stringify(judged)}, iframes: false, resultTypes: ["violations"] })`,
  )) as axe.AxeResults;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id} (${help}) at ${target.join(" ")} ${any[0]?.message ?? ""}`.trim()),
  );
}

async function plainFaults(page: Page): Promise<string[]> {
  const seen = await page.evaluate(() => ({
    title: document.title.trim(),
    lang: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  return [
    ...(seen.title === "" ? ["no title"] : []),
    ...(seen.lang === "" ? ["no language"] : []),
    ...(seen.headings === 1 ? [] : [`${seen.headings} main headings`]),
    ...(seen.beyond === 0 ? [] : [`${seen.beyond} pixels wider than the window`]),
  ];
}

/**
 * Looks at the page at both widths and in both schemes, and leaves it as it was.
 *
 * @param name of the page, for its pictures and its faults.
 * @returns each fault with the name and the look; empty for a page that keeps to the rules.
 */
export async function faultsOf(page: Page, name: string): Promise<string[]> {
  const before = page.viewportSize();
  const faults: string[] = [];
  const chosen = pictures ? looks.flat() : (looks[looked++ % looks.length] ?? []);
  for (const { width, colorScheme } of chosen) {
    await page.setViewportSize({ width, height });
    // A colour on its way to another one is neither.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const found = [...(await plainFaults(page)), ...(await axeFaults(page))];
    faults.push(...found.map((fault) => `${name}, ${width} px, ${colorScheme}: ${fault}`));
    if (pictures) {
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  if (before !== null) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return faults;
}
