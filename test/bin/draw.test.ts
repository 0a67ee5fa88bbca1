import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { findChromium } from "../../bin/chromium.ts";

const launcher = fileURLToPath(new URL("../../bin/annofarm.js", import.meta.url));
const program = fileURLToPath(new URL("../plan/programs/complete", import.meta.url));
const ours = ["-C", program, "-s", "test", "-c", "owner=o1"];

interface Drawn {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const draw = (...args: readonly string[]): Promise<Drawn> => drawIn({}, ...args);

function drawIn(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Drawn> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, "draw", ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

test("the picture is all of standard output, or is in the file", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "draw-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, "picture.svg");
  const [printed, written] = await Promise.all([draw(...ours), draw(...ours, "-o", file)]);
  t.is(printed.code, 0, printed.stderr);
  t.regex(printed.stdout, /^<svg [\s\S]*<\/svg>\n$/);
  t.is(written.code, 0, written.stderr);
  t.is(written.stdout, "");
  t.is(await readFile(file, "utf8"), printed.stdout);
});

test("an unknown theme or level names those there are, a place that cannot be written to is named", async (t) => {
  const [theme, detail, place] = await Promise.all([
    draw("--theme", "pink"),
    draw("--detail", "some"),
    draw(...ours, "-o", join(program, "no/such/folder.svg")),
  ]);
  for (const { code, stdout } of [theme, detail, place]) {
    t.is(code, 1);
    t.is(stdout, "");
  }
  t.regex(theme.stderr, /'pink' is invalid. Allowed choices are auto, light, dark/);
  t.regex(detail.stderr, /'some' is invalid. Allowed choices are overview, full/);
  t.regex(
    place.stderr,
    /annofarm: --output .*no\/such\/folder\.svg: there is no directory .*; make it, or name another place/,
  );
});

(findChromium() === undefined ? test.skip : test)("a file that ends in .png is a PNG", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "draw-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, "picture.PNG");
  const { code, stdout, stderr } = await draw(...ours, "--theme", "dark", "-o", file);
  t.is(code, 0, stderr);
  t.is(stdout, "");
  t.is((await readFile(file)).toString("latin1", 1, 4), "PNG");
});

test("no picture that cannot be made: another ending, and a PNG without a Chromium, are one line before the program runs", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "draw-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const [jpg, png] = [join(folder, "picture.jpg"), join(folder, "picture.png")];
  const [ending, missing] = await Promise.all([
    draw(...ours, "-o", jpg),
    drawIn({ CHROMIUM: join(folder, "none") }, ...ours, "-o", png),
  ]);
  t.is(ending.code, 1);
  t.regex(
    ending.stderr,
    /picture\.jpg' is invalid\. Give a name that ends in \.svg or \.png, for example architecture\.svg\./,
  );
  t.is(missing.code, 1);
  t.is(
    missing.stderr,
    `annofarm: --output ${png} needs a Chromium, and none was found: install it, set CHROMIUM to its path, or give a file that ends in .svg\n`,
  );
  t.false(existsSync(jpg) || existsSync(png));
});
