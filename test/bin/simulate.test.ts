import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { metricData } from "../loadtest/exports/written.ts";
import { findChromium, noChromium } from "../support/browser.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

type Output = Promise<{ code: number; stdout: string; stderr: string }>;

function simulateIn(env: Readonly<Record<string, string | undefined>>, ...args: readonly string[]): Output {
  const options = { cwd: root, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, ["bin/annofarm.js", "simulate", ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}
const simulate = (...args: readonly string[]) => simulateIn({}, ...args);

const files = mkdtempSync(join(tmpdir(), "annofarm-simulate-"));
test.after.always(() => rmSync(files, { recursive: true }));
function scenario(name: string, text: string): string {
  const path = join(files, name);
  writeFileSync(path, text);
  return path;
}

test.serial(
  "a scenario under the project's own declaration: a trace beside it, settings of it, JSON out, a page written",
  async (t) => {
    scenario("arrivals.csv", "minute,requests\n1,400\n2,400\n3,400\n");
    const path = scenario(
      "mine.json",
      JSON.stringify({
        farm: "web",
        duration: "30 min",
        load: { kind: "trace", file: "arrivals.csv" },
        config: { webMin: "1", webMax: "2", webScaling: "course" },
      }),
    );
    const page = join(files, "page.html");
    const { code, stdout, stderr } = await simulate(path, "--json", "--html", page, "--runs", "2");
    t.is(code, 0, stderr);
    const { group, run, runs } = JSON.parse(stdout);
    t.is(group, "gas-web--dev");
    t.is(runs, 2);
    t.is(run.totals.ended, 1200);
    t.deepEqual(
      run.decisions
        .filter(({ kind }: { kind: string }) => kind === "desired")
        .map(({ from, to }: Record<string, number>) => [from, to]),
      [
        [1, 2],
        [2, 1],
      ],
    );
    t.regex(readFileSync(page, "utf8"), /^<!doctype html>/);
  },
);

for (const [what, args, message] of [
  ["no such scenario", ["lunch"], /there is no scenario lunch: give web, annotator, course or the path/],
  ["no JSON", [scenario("broken.json", "{")], /broken\.json is not valid JSON/],
  [
    "a scenario with mistakes",
    [scenario("bad.json", '{"farm":"web","duration":"soon"}')],
    /duration: "soon" is not a duration/,
  ],
  ["two outputs", ["web", "--json", "--csv"], /give one of them/],
] as const) {
  test.serial(`refused at once: ${what}`, async (t) => {
    const { code, stdout, stderr } = await simulate(...args);
    t.is(code, 1);
    t.is(stdout, "");
    t.regex(stderr, message);
  });
}

if (findChromium() === undefined) console.warn(noChromium);
(findChromium() === undefined ? test.serial.skip : test.serial)("a picture of the whole page", async (t) => {
  const picture = join(files, "page.png");
  const { code, stderr } = await simulate("web", "--png", picture);
  t.is(code, 0, stderr);
  const bytes = readFileSync(picture);
  t.is(bytes.toString("latin1", 1, 4), "PNG");
  t.is(bytes.readUInt32BE(16), 1920);
  t.true(bytes.readUInt32BE(20) > 2000, "longer than a screen");
});

test.serial("without a Chromium there is no picture, and no file of it", async (t) => {
  const picture = join(files, "none.png");
  const { code, stdout, stderr } = await simulateIn({ CHROMIUM: join(files, "none") }, "web", "--png", picture);
  t.is(code, 1);
  t.is(stdout, "");
  t.regex(stderr, /--png needs a Chromium, and none was found: install it, set CHROMIUM/);
  t.false(existsSync(picture));
});

test.serial("a recorded load: at its rates, with what is not known of it; options of one need one", async (t) => {
  const begin = Date.parse("2026-11-20T09:00:00Z");
  const path = join(files, "requests.json");
  writeFileSync(path, JSON.stringify(metricData([60, 1200, 1200, 60], begin)));
  const { code, stdout, stderr } = await simulate("web", "--load", path, "--load-scale", "2", "--json");
  t.is(code, 0, stderr);
  const { run, seconds, notes } = JSON.parse(stdout);
  t.is(seconds, 240);
  const ended = run.rows.map((row: { ended: number }) => row.ended);
  // Poisson: within five standard deviations.
  [120, 2400, 2400, 120].forEach((mean, minute) => {
    t.true(Math.abs(ended[minute] - mean) < 5 * Math.sqrt(mean), `${ended[minute]} in minute ${minute + 1}`);
  });
  t.regex(notes.join("\n"), /metrics of CloudWatch: 2,520 requests, 2 times[\s\S]*Think times/);
  for (const [args, message] of [
    [["web", "--load-scale", "2"], /--load-scale is for a recorded load: give --load a file as well/],
    [["course", "--load", path], /simulate course brings its own load/],
    [["annotator", "--load", path], /has no NumberOfMessagesSent \(Sum\): it has RequestCount Sum 60/],
    [
      ["web", "--load", path, "--load-from", "2026-11-20T10:00Z", "--load-to", "2026-11-20T09:00Z"],
      /is not before --load-to/,
    ],
  ] as const) {
    const refused = await simulate(...args);
    t.is(refused.code, 1, args.join(" "));
    t.regex(refused.stderr, message);
  }
});
