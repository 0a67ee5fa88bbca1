// The page of a result in a real browser: by keyboard, without scripts, at both widths, light and dark.
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { findChromium, launchBrowser, noChromium } from "../../support/browser.ts";
import { openPage } from "./support/page.ts";
import { putResult, sampleText } from "./support/result-job.ts";
import { startWeb } from "./support/web.ts";

const register = anyTest as TestFn<{ browser: Browser }>;
const test = findChromium() === undefined ? register.skip : register.serial;
if (findChromium() === undefined) console.warn(noChromium);
else {
  register.before(async (t) => {
    t.context.browser = await launchBrowser();
  });
  register.after.always((t) => t.context.browser?.close());
}

async function opened(t: ExecutionContext<{ browser: Browser }>, options: BrowserContextOptions) {
  const web = await startWeb();
  t.teardown(web.close);
  const job = await putResult(web, await sampleText());
  const { page, errors } = await openPage(t.context.browser, web, options);
  return { page, errors, base: `${web.origin}/annotations/${job.job_id}/result` };
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [390, 1280]) {
    test(`no sideways scrolling and nothing that the policy refuses: ${width} px, ${colorScheme}`, async (t) => {
      const { page, errors, base } = await opened(t, { viewport: { width, height: 900 }, colorScheme });
      for (const part of ["", "?significance=Pathogenic&genotype=het", "/variants/300"]) {
        await page.goto(base + part);
        const beyond = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        t.is(beyond, 0, part);
      }
      t.deepEqual(errors, []);
    });
  }
}

test("by keyboard alone and without scripts: search, filter, open a record", async (t) => {
  const { page, base } = await opened(t, { javaScriptEnabled: false });
  const positions = () => page.locator("table.records tbody th").allInnerTexts();
  await page.goto(base);
  await page.locator("#q").focus();
  await page.keyboard.type("17");
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?&]q=17(&|$)/);
  const onChromosome = await positions();
  t.true(onChromosome.length > 5 && onChromosome.every((position) => position.startsWith("chr17:")));
  await page.locator("summary", { hasText: "Filters" }).focus();
  await page.keyboard.press("Enter");
  await page.locator('input[name="type"][value="deletion"]').focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.waitForURL(/type=deletion/);
  const deletions = await positions();
  t.true(deletions.length > 0 && deletions.length < onChromosome.length);
  await page.locator("table.records tbody th a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/variants\/\d+$/);
  t.true((await page.locator("h1").innerText()).startsWith(deletions[0] ?? "none"));
});
