import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const root = fileURLToPath(new URL("../..", import.meta.url));

function compare(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["bin/annofarm.js", "compare", ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const files = mkdtempSync(join(tmpdir(), "annofarm-compare-"));
test.after.always(() => rmSync(files, { recursive: true }));

test.serial("a scenario under the program's own configurations: JSON with prices, and a page", async (t) => {
  const path = join(files, "mine.json");
  const stages = [
    { for: "10 min", to: "5/s" },
    { for: "0 s", to: "30/s" },
    { for: "20 min", to: "30/s" },
  ];
  const service = { rate: "10/s" };
  writeFileSync(
    path,
    JSON.stringify({ farm: "web", duration: "30 min", load: { kind: "arrivals", from: "5/s", stages }, service }),
  );
  const page = join(files, "page.html");
  const larger = "larger: webMin=4, webScaling=course";
  const { code, stdout, stderr } = await compare(
    path,
    "--json",
    "--html",
    page,
    "--variant",
    larger,
    "--variant",
    "as it is: webMin=2",
  );
  t.is(code, 0, stderr);
  const { group, need, variants } = JSON.parse(stdout);
  t.is(group, "gas-web--dev");
  t.is(need.most, 3);
  t.deepEqual(
    variants.map(({ name, config }: { name: string; config: object }) => [name, config]),
    [
      ["larger", { webMin: "4", webScaling: "course" }],
      ["as it is", { webMin: "2" }],
    ],
  );
  t.true(variants[0].measures.cost.middle > variants[1].measures.cost.middle);
  t.regex(readFileSync(page, "utf8"), /<h2>Configuration of each variant<\/h2>.*webScaling: course/s);
});

test.serial("a warm pool costs its disks while it is stopped, and what it runs else", async (t) => {
  const path = join(files, "pooled.json");
  const stages = [{ for: "60 min", to: "1/s" }];
  const load = { kind: "arrivals", from: "1/s", stages };
  writeFileSync(path, JSON.stringify({ farm: "web", duration: "60 min", load, service: { rate: "10/s" } }));
  const pools = ["none", "Stopped", "Stopped:4", "Running"].flatMap((pool) => ["--warm-pool", pool]);
  const { code, stdout, stderr } = await compare(path, "--json", ...pools);
  t.is(code, 0, stderr);
  const { variants } = JSON.parse(stdout);
  const [none, stopped, four, running] = variants.map(
    ({ measures }: { measures: { cost: { middle: number } } }) => measures.cost.middle,
  );
  // Eight of ten wait, or two of four; nothing is ever started.
  t.true(Math.abs((stopped - none) / (four - none) - 4) < 1e-6, `${stopped} ${four} ${none}`);
  t.true(stopped - none < (running - none) / 5 && running > 3 * none, `${stopped} ${running} ${none}`);
});

test.serial("what cannot be compared is told in one line, and leaves no page", async (t) => {
  const page = join(files, "none.html");
  for (const [args, message] of [
    [["nothing.json", "--html", page], /there is no scenario nothing\.json: give web, annotator, course or the path/],
    [["course", "--load", "ramp", "--html", page], /--load ramp is for web and annotator/],
    [
      ["web", "--load", "nothing.log", "--html", page],
      /there is no file nothing\.log; name a file, a directory or a pattern/,
    ],
    [["web", "--load", "ramp", "--load-scale", "2", "--html", page], /--load-scale is for a recorded load/],
    [["web", "--html", page, "--variant", "a: webMin=2", "--variant", "a: webMin=3"], /two variants are called a/],
    [
      ["web", "--html", page, "--variant", "a: webScaling=best"],
      /variant a: [\s\S]*webScaling: "best" is unknown; give one of/,
    ],
    [["web", "--html", page, "--variant", "a: webSchedule=daily"], /webSchedule: "daily" is no scheduled size/],
  ] as const) {
    const { code, stdout, stderr } = await compare(...args);
    t.is(code, 1, args.join(" "));
    t.is(stdout, "");
    t.regex(stderr, message);
    t.false(existsSync(page));
  }
});
