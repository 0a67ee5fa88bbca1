/**
 * `npm run docs:images`: makes the pictures of docs/images anew, or those that are named, and records what they were made from.
 * Needs Chromium; the pictures of pages are taken from a running service.
 *
 *     npm run docs:images
 *     npm run docs:images -- console.png job.png
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { readPublished } from "../../../bench/figures/records.ts";
import { htmlReport } from "../../../loadtest/measure/report/html.ts";
import type { Report } from "../../../loadtest/measure/report/report.ts";
import { launchBrowser } from "../browser.ts";
import { root } from "../text/kept-files.ts";
import { digestOf, pictures, readRecord, recordFile } from "./pictures.ts";
import { takePages } from "./service-pages.ts";

// As bench/run.ts: no warning of the SDK about Node versions of next year.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const path = (name: string) => join(root, "docs/images", name);

function draw(theme: "dark" | "light"): void {
  const file = path(`architecture-${theme}.svg`);
  execFileSync(process.execPath, ["bin/annofarm.js", "draw", "-s", "dev", "--theme", theme, "-o", file], { cwd: root });
}

/** The report that the benchmark's own run has written, down to the end of its first plot. @throws {Error} when the published record has no run. */
async function takeReport(browser: Browser): Promise<void> {
  const { raw } = readPublished("course-live") as { raw?: { web: Report } };
  if (raw === undefined) {
    throw new Error(
      "course-live.png shows a run, and bench/results/course-live.json is transcribed: run npm run bench -- --publish course-live first",
    );
  }
  const width = 860;
  const page = await browser.newPage({ viewport: { width, height: 480 }, deviceScaleFactor: 2 });
  await page.setContent(htmlReport(raw.web));
  const plot = await page.locator("svg").first().boundingBox();
  if (plot === null) throw new Error("the report has no plot that can be seen");
  const clip = { x: 0, y: 0, width, height: Math.ceil(plot.y + plot.height) + 12 };
  await page.screenshot({ path: path("course-live.png"), fullPage: true, clip });
  await page.close();
}

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : pictures.map(({ name }) => name);
const strange = names.filter((name) => !pictures.some((picture) => picture.name === name));
if (strange.length > 0) {
  throw new Error(
    `there is no picture ${strange.join(", ")}; there are ${pictures.map(({ name }) => name).join(", ")}`,
  );
}

function record(name: string): void {
  const sources = pictures.find((picture) => picture.name === name)?.sources ?? [];
  const digests = sources.length === 0 ? readRecord() : { ...readRecord(), [name]: digestOf(sources) };
  writeFileSync(join(root, recordFile), `${JSON.stringify(digests, Object.keys(digests).sort(), 2)}\n`);
  console.log(`docs/images/${name}`);
}

const problems: string[] = [];
const browser = await launchBrowser();
try {
  for (const theme of ["dark", "light"] as const) {
    if (!names.includes(`architecture-${theme}.svg`)) continue;
    draw(theme);
    record(`architecture-${theme}.svg`);
  }
  const pages = (["console.png", "job.png"] as const).filter((name) => names.includes(name));
  if (pages.length > 0) {
    await takePages(browser, Object.fromEntries(pages.map((name) => [name, path(name)])));
    for (const name of pages) record(name);
  }
  if (names.includes("course-live.png")) {
    await takeReport(browser)
      .then(() => record("course-live.png"))
      .catch((error: Error) => problems.push(error.message));
  }
} finally {
  await browser.close();
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
