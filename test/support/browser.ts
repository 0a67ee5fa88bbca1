/** Chromium of the system, driven by playwright-core. Tests that need it say clearly why they did not run without it. */
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../bin/chromium.ts";
import { limitMilliseconds } from "./until.ts";

export { findChromium };

export const noChromium =
  "no Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM to its path; browser tests were skipped";

/** @throws {Error} saying how to install it, when there is no Chromium. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(noChromium);
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(limitMilliseconds);
    return context;
  };
  return browser;
}
