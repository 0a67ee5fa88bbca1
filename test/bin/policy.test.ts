import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";

const launcher = fileURLToPath(new URL("../../bin/annofarm.js", import.meta.url));
/** A bucket without any setting, a queue without encryption. */
const program = fileURLToPath(new URL("../plan/programs/complete", import.meta.url));

function policy(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, "policy", "-C", program, "-s", "test", ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

test("a violation is exit code 1 and stands in the report, within 80 columns", async (t) => {
  const { code, stdout } = await policy();
  t.is(code, 1);
  t.regex(stdout, /^complete test under AWS Foundational Security Best Practices\n {2}\d+ violated, /);
  t.regex(stdout, /SQS\.1 \(Medium\).*\n {4}farm-inner-queue \(sqs Queue\)\n {6}property {2}sqsManagedSseEnabled/);
  const wide = stdout.split("\n").filter((line) => line.length > 80 && !/^ +source +https:\S+$/.test(line));
  t.deepEqual(wide, []);
});

test("only the chosen controls, as JSON; none violated is exit code 0", async (t) => {
  const { code, stdout } = await policy("--control", "s3.12", "--control", "ELB.1", "--json");
  t.is(code, 0);
  const { controls, counts } = JSON.parse(stdout) as { controls: { id: string; status: string }[]; counts: object };
  t.deepEqual(
    controls.map(({ id, status }) => [id, status]),
    [
      ["S3.12", "passed"],
      ["ELB.1", "not applicable"],
    ],
  );
  t.deepEqual(counts, { violated: 0, excepted: 0, passed: 1, "not applicable": 1 });
});

test("an unknown control is one message, before the program runs", async (t) => {
  const { code, stdout, stderr } = await policy("--control", "ELB.99");
  t.is(code, 1);
  t.is(stdout, "");
  t.regex(stderr, /^annofarm: there is no control "ELB\.99" here; of that service are ELB\.1, .*ELB\.17\n$/);
});
