import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";

const launcher = fileURLToPath(new URL("../../bin/annofarm.js", import.meta.url));
const program = fileURLToPath(new URL("../plan/programs/complete", import.meta.url));

function cost(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, "cost", ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const complete = ["-C", program, "-s", "test", "-c", "owner=o1", "--region", "us-east-1"];

test("somebody else's program is priced as well; --json is complete and all that is printed", async (t) => {
  const { code, stdout, stderr } = await cost(
    ...complete,
    "--json",
    "--jobs",
    "10",
    "--input-size",
    "5MB",
    "--stacks",
    "3",
  );
  t.is(code, 0, stderr);
  const report = JSON.parse(stdout);
  t.is(report.usage.jobs, 10);
  t.is(report.usage.inputBytes, 5_000_000);
  t.is(report.totalOfAll, 3 * report.total.monthlyUsd);
  t.is(report.prices.sources.length > 0, true);
  t.deepEqual([...report.free, ...report.notPriced].map(({ urn }: { urn: string }) => urn.split("::").at(-1)).sort(), [
    "bundle",
    "farm-inner-queue",
    "results",
  ]);
  t.deepEqual(
    report.dominant.flatMap(({ changedBy }: { changedBy: unknown[] }) => changedBy),
    [],
  );
});

test("nonsense is refused before the program runs, with the value, the bounds and the fix", async (t) => {
  const refused = async (message: RegExp, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await cost(...args);
    t.is(code, 1);
    t.is(stdout, "");
    t.regex(stderr, message);
    t.notRegex(stderr, /the program speaks/);
  };
  await refused(/--jobs -5: give 0 to 1,000,000,000 jobs/, ...complete, "--jobs", "-5");
  await refused(/'many' is invalid.*a number/, ...complete, "--jobs", "many");
  await refused(/'5 parsecs' is invalid.*5MB/, ...complete, "--input-size", "5 parsecs");
  await refused(/'0\.5' is invalid.*whole number from 1/, ...complete, "--stacks", "0.5");
  await refused(/Allowed choices are min, max, expected/, ...complete, "--at", "noon");
  await refused(
    /no price table for "mars-north-1"; there is one for eu-central-1/,
    ...complete,
    "--region",
    "mars-north-1",
  );
});
