/** The system's Chromium: where it is, and a picture of a page by it. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse } from "node-html-parser";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Path of an installed Chromium: `CHROMIUM` where set, else the first found on the search path. */
export function findChromium(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const folders = (environment.PATH ?? "").split(delimiter);
  const candidates = environment.CHROMIUM
    ? [environment.CHROMIUM]
    : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((file) => existsSync(file));
}

/** @throws {Error} saying what to do, when there is none. */
export function requireChromium(what = "--png", instead = "take --html"): string {
  const found = findChromium();
  if (found !== undefined) return found;
  throw new Error(`${what} needs a Chromium, and none was found: install it, set CHROMIUM to its path, or ${instead}`);
}

const width = 960;
const timeout = 300_000;
/** Pages are longer than any screen; a picture this long is still one that can be opened. */
const heightMost = 16_000;

/** A picture of a whole page that needs nothing from outside, as PNG. */
export async function pictureOf(chromium: string, html: string): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-png-"));
  const [page, picture] = [join(directory, "page.html"), join(directory, "page.png")];
  const run = (...args: string[]) =>
    promisify(execFile)(
      chromium,
      [
        ...["--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", `--user-data-dir=${directory}`],
        // Chromium refuses to run as root inside of its sandbox.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        ...args,
        pathToFileURL(page).href,
      ],
      { timeout, maxBuffer: 64 * 1024 * 1024 },
    );
  try {
    // The page tells its height first: a screenshot is as long as its window.
    writeFileSync(
      page,
      `${html}<script>document.documentElement.dataset.height = document.documentElement.scrollHeight</script>`,
    );
    const { stdout } = await run(`--window-size=${width},800`, "--dump-dom");
    const height = Math.min(
      heightMost,
      Number(parse(stdout).querySelector("html")?.getAttribute("data-height") ?? 2_000),
    );
    await run(`--window-size=${width},${height}`, "--force-device-scale-factor=2", `--screenshot=${picture}`);
    return readFileSync(picture);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
