/** A page of a real browser in which somebody is signed in. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { User } from "../../../../runtime/contract/user.ts";
import type { TestWeb } from "./web.ts";

/**
 * @param fields of the user, where they differ from the usual one's.
 * @returns the page, and what it complains of in its console as it goes.
 */
export async function openPage(
  browser: Browser,
  web: TestWeb,
  options: BrowserContextOptions = {},
  fields: Partial<User> = {},
): Promise<{ page: Page; errors: string[] }> {
  const client = await web.signedIn(fields);
  const context = await browser.newContext(options);
  await context.addCookies(
    [...client.cookies]
      .filter(([name]) => name === "gas")
      .map(([name, { value }]) => ({ name, value, url: web.origin })),
  );
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}
