// The command: its script, a backtest of exports of a local run, and what it refuses.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const root = fileURLToPath(new URL("../..", import.meta.url));
const exports = fileURLToPath(new URL("../data/backtest/recommended", import.meta.url));
const files = mkdtempSync(join(tmpdir(), "annofarm-backtest-"));
test.after.always(() => rmSync(files, { recursive: true }));

function backtest(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["bin/annofarm.js", "backtest", ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** As the recorded group was deployed. */
const deployed = ["-s", "local", "-c", "webMin=2", "-c", "webMax=5"];

test.serial("each variant's errors, with whose record they are against, as JSON and on a page", async (t) => {
  const page = join(files, "page.html");
  const variants = ["--variant", "eager: webRequestsPerTarget=20", "--variant", "course: webScaling=course"];
  const { code, stdout, stderr } = await backtest(
    exports,
    "--rate",
    "1/s",
    "--runs",
    "3",
    "--json",
    "--html",
    page,
    ...variants,
    ...deployed,
  );
  t.is(code, 0, stderr);
  const { against, recorded, variants: outcomes, group } = JSON.parse(stdout);
  t.is(group, "gas-web--local");
  t.is(against, "our own loop, annofarm local, and not AWS");
  t.is(recorded.inService.length, 44);
  t.deepEqual(
    outcomes.map(({ name }: { name: string }) => name),
    ["eager", "course"],
  );
  for (const { meanError, coverage, hours } of outcomes) {
    t.true(meanError > 0);
    t.true(coverage >= 0 && coverage <= 1);
    t.true(hours.recorded > 1 && hours.predicted.middle > 1);
  }
  t.not(
    outcomes[0].hours.predicted.middle,
    outcomes[1].hours.predicted.middle,
    "the policies are those of the variants",
  );
  t.regex(
    readFileSync(page, "utf8"),
    /every error is against our own loop[\s\S]*<h2>Recorded scaling activities<\/h2>/,
  );
});

test.serial("the script is one that a shell reads, and says how it is used", async (t) => {
  const { code, stdout } = await backtest("--how");
  t.is(code, 0);
  const script = join(files, "export.sh");
  writeFileSync(script, stdout);
  execFileSync("sh", ["-n", script]);
  const used = t.throws(() => execFileSync("sh", [script], { stdio: "pipe" })) as Error & { stderr: Buffer };
  t.regex(String(used.stderr), /usage: sh export.sh GROUP FROM TO DIRECTORY/);
});

test.serial("what cannot be replayed is told in one line, and leaves no page", async (t) => {
  const page = join(files, "none.html");
  const scenario = join(files, "jobs.json");
  writeFileSync(
    scenario,
    JSON.stringify({
      farm: "annotator",
      duration: "1 h",
      load: { kind: "arrivals", stages: [{ for: "1 h", to: "1/min" }] },
    }),
  );
  for (const [args, says] of [
    [["--rate", "2/s"], /give the directory of the exports; annofarm backtest --how/],
    [[exports, ...deployed], /do not say what an instance gets through: give --rate 40\/s/],
    [[exports, "--rate", "fast"], /--rate: "fast" is not a rate/],
    [[exports, "--rate", "2/s", "--scenario", scenario], /give it, or --rate, --job and --boot/],
    [[exports, "--scenario", scenario], /is of annotator, and the exports are of web/],
    [[exports, "--rate", "2/s", "-s", "local"], /instances by the plan, and 2 to 5 by the export: give the settings/],
    [[join(files, "missing"), "--rate", "2/s"], /there is no file .*missing/],
  ] as const) {
    const { code, stdout, stderr } = await backtest(...args, "--html", page);
    t.is(code, 1, args.join(" "));
    t.is(stdout, "");
    t.regex(stderr, says);
    t.false(existsSync(page));
  }
});
