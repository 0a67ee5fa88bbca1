import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import type { Plan } from "../../plan/types.ts";

const launcher = fileURLToPath(new URL("../../bin/annofarm.js", import.meta.url));
const program = fileURLToPath(new URL("../plan/programs/complete", import.meta.url));

function annofarm(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

test("--help lists the commands", async (t) => {
  const { code, stdout } = await annofarm("--help");
  t.is(code, 0);
  t.regex(stdout, /plan .*show what the program declares/);
});

test("plan --json is all that is printed, whatever the program prints", async (t) => {
  const { code, stdout, stderr } = await annofarm("plan", "-C", program, "-s", "test", "-c", "owner=o1", "--json");
  t.is(code, 0, stderr);
  const plan = JSON.parse(stdout) as Plan;
  t.is(plan.config["complete:owner"], "o1");
  t.true(plan.resources.some(({ id }) => id === "o1-results"));
  t.regex(stderr, /the program speaks/);
});

test("an error is one message and exit code 1, without a stack", async (t) => {
  const { code, stdout, stderr } = await annofarm("plan", "-C", program, "-s", "nowhere");
  t.is(code, 1);
  t.is(stdout, "");
  t.regex(stderr, /^annofarm: there is no stack nowhere in .*; there is test .*\n$/);
});

test("a malformed option says its form", async (t) => {
  const { code, stderr } = await annofarm("plan", "-c", "owner");
  t.is(code, 1);
  t.regex(stderr, /key=value/);
});

test("local: a capacity that cannot be is one message, and nothing has been started or made by then", async (t) => {
  const state = join(tmpdir(), `annofarm-no-state-${process.pid}`);
  const malformed = await annofarm("local", "--state", state, "--instance-capacity", "web=0rps");
  t.is(malformed.code, 1);
  t.regex(malformed.stderr, /^annofarm: instance capacity "web=0rps": 0rps is not above 0/);
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const unknown = await annofarm("local", "-C", root, "--state", state, "--instance-capacity", "wbe=4.9rps");
  t.is(unknown.code, 1);
  t.regex(
    unknown.stderr,
    /^annofarm: .*no group or service "wbe"; it has gas-annotator--local \(annotator\), gas-web--local \(web\)/,
  );
  t.is(unknown.stdout, "");
  t.false(existsSync(state));
});

test("permissions: a program without roles says so; a document without markers is left alone", async (t) => {
  const asked = ["permissions", "-C", program, "-s", "test"];
  const shown = await annofarm(...asked);
  t.is(shown.code, 0, shown.stderr);
  t.is(shown.stdout, "stack test declares no roles\n");
  const file = fileURLToPath(new URL("../plan/programs/complete/Pulumi.yaml", import.meta.url));
  const { code, stderr } = await annofarm(...asked, "--update", file);
  t.is(code, 1);
  t.regex(stderr, /^annofarm: .*Pulumi\.yaml has no line "<!-- generated/m);
  t.regex((await annofarm(...asked, "--json", "--markdown")).stderr, /cannot be used with option/);
});
