import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const launcher = fileURLToPath(new URL("../../bin/annofarm.js", import.meta.url));
const program = fileURLToPath(new URL("../plan/programs/complete", import.meta.url));
const ours = ["-C", program, "-s", "test", "-c", "owner=o1"];

function draw(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, "draw", ...args], (error, stdout, stderr) => {
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
