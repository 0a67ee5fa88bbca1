// The search for settings as a command: the same answer on any number of threads, what is set, and one line for what cannot be.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const root = fileURLToPath(new URL("../..", import.meta.url));

function tune(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["bin/annofarm.js", "tune", ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const files = mkdtempSync(join(tmpdir(), "annofarm-tune-"));
test.after.always(() => rmSync(files, { recursive: true }));

/** Five minutes of 1/s, ten of 6/s, on instances of 2/s. */
const mine = join(files, "mine.json");
writeFileSync(
  mine,
  JSON.stringify({
    farm: "web",
    duration: "15 min",
    load: {
      kind: "arrivals",
      from: "1/s",
      stages: [
        { for: "5 min", to: "1/s" },
        { for: "0 s", to: "6/s" },
        { for: "10 min", to: "6/s" },
      ],
    },
    service: { rate: "2/s" },
  }),
);
const wanted = ["--slo", "p95 < 15 s, failed < 1 %", "--vary", "webMin=3|4|5|6", "--runs", "39"] as const;

test.serial("the same answer on one thread as on three, the settings to change, and a page", async (t) => {
  const page = join(files, "page.html");
  const one = await tune(mine, ...wanted, "--threads", "1", "--json");
  t.is(one.code, 0, one.stderr);
  const { found, diff, commands, settings, heldOut, declared } = JSON.parse(one.stdout);
  t.is(found.config.webMin, "4", "three are too few in some runs");
  t.is(found.met, 39);
  t.true(declared.met < 39);
  t.deepEqual(diff, ["-  annofarm:webMin: 2", "+  annofarm:webMin: 4"]);
  t.deepEqual(commands, ["pulumi config set annofarm:webMin 4 --stack dev"]);
  t.is(settings.length, 5);
  t.deepEqual(
    heldOut.map(({ load }: { load: string }) => load),
    ["20 % more", "20 % less"],
  );
  const three = await tune(mine, ...wanted, "--threads", "3", "--json", "--html", page);
  t.is(three.stdout, one.stdout);
  t.regex(readFileSync(page, "utf8"), /<h1>Found: webMin 4<\/h1>/);
});

test.serial("what is not within the budget is not found: exit code 2, and the nearest", async (t) => {
  const { code, stdout } = await tune(mine, ...wanted, "--budget", "1 USD/month");
  t.is(code, 2);
  t.regex(stdout, /Objectives: p95 < 15 s, failed < 1 %, at most USD 1 a month; in nine of ten runs/);
  t.regex(stdout, /Not found: none of the 5 settings/);
});

test.serial("what cannot be searched is told in one line, and leaves no page", async (t) => {
  const page = join(files, "none.html");
  for (const [args, message] of [
    [["web"], /say what is to be met: --slo/],
    [["web", "--slo", "p95 < 1 s", "--vary", "webMin=2|3", "--keep", "pool"], /give no --keep with it/],
    [["web", "--slo", "p95 < 1 s", "--bounds", "2-4", "--keep", "bounds"], /--keep bounds leaves them; give one/],
    [
      [mine, "--slo", "p95 < 1 s", "--vary", "annotatorMin=2|3", "--html", page],
      /no setting changes what the program declares for this group/,
    ],
    [
      [mine, "--slo", "p95 < 1 s", "--vary", "webScaling=best|worst"],
      /takes none of the 2 settings.*"best" is unknown/s,
    ],
  ] as const) {
    const { code, stdout, stderr } = await tune(...args);
    t.is(code, 1, args.join(" "));
    t.is(stdout, "");
    t.regex(stderr, message);
    t.false(existsSync(page));
  }
});
