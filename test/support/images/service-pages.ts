/** Pictures of a running service's pages: a free user's finished job, and the console after it. */
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { ConsoleView } from "../../../local/console/view.ts";
import { startTestService, type TestService } from "../local-service.ts";
import { until } from "../until.ts";

const sample = fileURLToPath(new URL("../../../local/demo/data/clinvar-sample.vcf", import.meta.url));
const width = 1280;
/** Minutes of AWS's time that the console's plots show. */
const plotted = 20;

async function finishJob(page: Page, { url, person }: TestService): Promise<void> {
  await page.goto(url);
  await page
    .getByRole("link", { name: /sign in/i })
    .first()
    .click();
  await page.getByRole("button", { name: person("free_user").name }).click();
  await page.waitForURL(`${url}/**`);
  await page.goto(`${url}/annotate`);
  await page.setInputFiles("#file", sample);
  await page.getByRole("button", { name: /^Annotate/ }).click();
  await page.waitForURL("**/annotations/*");
  await page.getByText("The result is ready").waitFor();
}

async function untilPlotted({ consoleUrl }: TestService): Promise<void> {
  await until(`the console has ${plotted} minutes to plot`, async () => {
    const view = (await (await fetch(`${consoleUrl}/view.json`)).json()) as ConsoleView;
    return view.history.minutes.length >= plotted;
  });
}

/** @param files - where each picture goes; one without a path is not taken. */
export async function takePages(
  browser: Browser,
  files: { readonly "console.png"?: string; readonly "job.png"?: string },
): Promise<void> {
  const service = await startTestService(19_400);
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: "light", locale: "en-US" });
  try {
    const page = await context.newPage();
    await finishJob(page, service);
    if (files["job.png"] !== undefined) await page.screenshot({ path: files["job.png"], animations: "disabled" });
    if (files["console.png"] === undefined) return;
    await untilPlotted(service);
    await page.goto(service.consoleUrl);
    await page.getByRole("status").getByText("live").waitFor();
    await page.getByTitle("clinvar-sample.vcf").first().waitFor();
    await page.setViewportSize({ width, height: 1040 });
    await page.screenshot({ path: files["console.png"], animations: "disabled" });
  } finally {
    await context.close();
    await service.stop();
  }
}
