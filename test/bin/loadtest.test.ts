// annofarm loadtest as a user runs it: what it refuses before any load, a whole run, and what an interruption leaves.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from "@aws-sdk/client-auto-scaling";
import register from "ava";
import type { Emulator } from "../../local/types.ts";
import { runCommand, untilGone } from "../support/command.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { k6Path, noK6 } from "../support/k6.ts";
import { type SmallService, startSmallService } from "../support/small-service.ts";
import { until } from "../support/until.ts";

const test = register.serial;
const withK6 = k6Path === undefined ? register.serial.skip : register.serial;
if (k6Path === undefined) console.warn(noK6);

const folder = mkdtempSync(join(tmpdir(), "annofarm-loadtest-test-"));
const report = join(folder, "report.html");
let service: SmallService;
let refusing: SmallService;
let emulator: Emulator;

/** A program that says it is k6 of a version; it runs nothing. */
function fakeK6(name: string, says: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
  return file;
}
const newK6 = fakeK6("new-k6", "k6 v1.1.0 (commit/none)");

test.before(async () => {
  service = await startSmallService();
  refusing = await startSmallService({ health: 503 });
  emulator = await testEmulator();
  const client = new AutoScalingClient(clientOptions(emulator));
  await client.send(
    new CreateLaunchConfigurationCommand({ LaunchConfigurationName: "c", ImageId: "ami-1", InstanceType: "t3.micro" }),
  );
  // What stack dev declares.
  for (const [name, least, most] of [
    ["gas-web--dev", 2, 10],
    ["gas-annotator--dev", 2, 10],
    ["gas-utility--dev", 1, 1],
  ] as const) {
    await client.send(
      new CreateAutoScalingGroupCommand({
        ...{ AutoScalingGroupName: name, LaunchConfigurationName: "c", MinSize: least, MaxSize: most },
        AvailabilityZones: ["us-east-1a"],
      }),
    );
  }
  client.destroy();
});
test.after.always(async () => {
  await Promise.all([service?.stop(), refusing?.stop(), emulator?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const aws = () => ({
  AWS_ENDPOINT_URL: emulator.endpoint,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  ANNOFARM_TOKEN: "",
});

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand(["loadtest", ...args, "--report", report], { ...aws(), ...env });

const at =
  (target: () => SmallService, ...args: string[]) =>
  (): string[] => [...args, "--target", target().url];
const here = (...args: string[]) => at(() => service, ...args);

for (const [what, args, message, env] of [
  ["an unknown scenario", () => ["lunch"], /'lunch' is invalid.*web, annotator, journey, spike, soak/],
  [
    "no k6 on the search path",
    here("web"),
    /no k6 on the search path: install k6 1\.1 or newer.*--k6 PATH/,
    { PATH: folder },
  ],
  ["a k6 that is not there", here("web", "--k6", join(folder, "none")), /--k6 .*none is no program: install k6/],
  ["an old k6", here("web", "--k6", fakeK6("old-k6", "k6 v0.57.0 (go1.23)")), /k6 0\.57\.0 at .* is older than 1\.1/],
  ["a program that is no k6", here("web", "--k6", fakeK6("ls", "coreutils")), /is no k6: `version` says "coreutils/],
  [
    "a target that does not answer",
    () => ["web", "--k6", newK6, "--target", "http://127.0.0.1:1"],
    /nothing answers at http:\/\/127\.0\.0\.1:1 \(\w.*\): is the service up/,
  ],
  [
    "a target that refuses",
    at(() => refusing, "web", "--k6", newK6),
    /refuses: GET \/healthz answers 503; load would only measure its errors/,
  ],
  ["no origin", () => ["web", "--k6", newK6, "--target", "gas"], /--target gas is neither local nor the origin/],
  [
    "an expectation that is none",
    here("web", "-e", "ten by noon"),
    /"ten by noon" is no expectation; write "reached 10 by/,
  ],
  ["a time that is none", here("web", "--after", "later"), /--after later is not a length of time/],
  ["a secret on the command line", here("annotator", "-p", "TOKEN=gas_x"), /Not TOKEN: put it into the environment/],
  ["a pace of its own", here("web", "-p", "SPEED=10"), /Not SPEED: a local run tells its own pace/],
  ["jobs without a token", here("annotator", "--k6", newK6), /put an API token into ANNOFARM_TOKEN/],
] as [string, () => string[], RegExp, Record<string, string>?][]) {
  test(`refused before any load: ${what}`, async (t) => {
    const before = service.requests.length;
    const run = start(args(), env ?? {});
    t.is((await run.ended).code, 1);
    t.regex(run.stderr.replaceAll("\n", " "), message);
    t.is(run.stdout, "");
    t.false(existsSync(report));
    t.is(service.requests.length, before);
  });
}

test("refused before any load: a report that cannot be written", async (t) => {
  const run = runCommand(["loadtest", "web", "--target", service.url, "--report", join(folder, "no", "r.html")], aws());
  t.is((await run.ended).code, 1);
  t.regex(run.stderr, /^annofarm: --report .*r\.html: there is no .*no; name one that is there\n$/);
});

const short = ["-p", "USERS=2", "-p", "RAMP=1", "-p", "PLATEAU=2", "--after", "0s"];

for (const [what, args, message] of [
  ["a parameter out of its bounds", ["-p", "USERS=0"], /USERS=0 is not a whole number of users from 1 to 1000/],
  [
    "a parameter that the scenario does not have",
    ["-p", "USER=5"],
    /has no parameter USER; it has FAILURES, PLATEAU, RAMP, USERS/,
  ],
  ["a rate that is none", ["--rate", "fast"], /service\.rate: "fast" is not a rate/],
  ["two words on an instance", ["--assume", "day.json", "--boot", "9 s"], /--assume day\.json .*; give it, or --boot/],
  ["another stack's groups", ["-c", "owner=other"], /has no group other-/],
] as const) {
  withK6(`refused before any load: ${what}`, async (t) => {
    const before = service.requests.length;
    const run = start(["web", "--k6", k6Path as string, "--target", service.url, ...args]);
    t.is((await run.ended).code, 1);
    t.regex(run.stderr, message);
    t.false(existsSync(report));
    t.is(service.requests.length, before);
  });
}

withK6("a run: progress, a page, its data, a prediction, verdicts that decide the exit code", async (t) => {
  const run = start([
    "web",
    "--k6",
    k6Path as string,
    "--target",
    service.url,
    ...short,
    "--rate",
    "9/s",
    "-e",
    "reached 3 by 1 min",
  ]);
  t.is((await run.ended).code, 1, run.stderr);
  t.regex(run.stderr, /0:01 +2 users +\d+\/min +failed 0 %/);
  t.regex(run.stdout, /failed {2}reached 3 by 1 min \(not reached: at most 2 were in service\)/);
  t.regex(run.stdout, /held {4}never below min or above max/);
  t.deepEqual(
    run.stdout.split("\n").filter((line) => [...line].length > 80 && !line.includes(folder)),
    [],
  );
  t.regex(readFileSync(report, "utf8"), /^<!doctype html>[\s\S]*predicted in service/);
  const data = JSON.parse(readFileSync(report.replace(".html", ".json"), "utf8"));
  t.like(data, { scenario: "web", group: "gas-web--dev", interrupted: false, speed: 1 });
  t.true(data.totals.requests >= 2);
  t.is(data.prediction.runs, 50);
  t.deepEqual(
    readdirSync(folder)
      .filter((name) => name.startsWith("report"))
      .sort(),
    ["report.html", "report.json"],
  );
  rmSync(report);
});

withK6("verdicts that hold: exit code 0", async (t) => {
  const run = start(["web", "--k6", k6Path as string, "--target", service.url, ...short, "-e", "p95 below 30 s"]);
  t.is((await run.ended).code, 0, run.stderr);
  t.regex(run.stdout, /No prediction: nothing says how fast an instance of gas-web--dev is/);
  rmSync(report);
});

withK6("failed checks fail the run", async (t) => {
  const failing = await startSmallService({ status: 500 });
  t.teardown(() => failing.stop());
  const run = start(["web", "--k6", k6Path as string, "--target", failing.url, ...short]);
  t.is((await run.ended).code, 1);
  t.regex(run.stdout, /failed {2}k6: checks rate>=0\.9900/);
  rmSync(report);
});

withK6("Ctrl-C ends k6 and leaves a report that says so; a token is never an argument", async (t) => {
  const token = `gas_${Buffer.from("u-1").toString("base64url")}_${"c".repeat(64)}`;
  const before = service.requests.length;
  const run = start(
    ["annotator", "--k6", k6Path as string, "--target", service.url, "-p", "JOBS=120", "-p", "MINUTES=10"],
    {
      ANNOFARM_TOKEN: token,
    },
  );
  await until("jobs are submitted", () => service.requests.length > before + 2);
  const children = run.descendants();
  t.true(children.length > 0);
  const shown = spawnSync("ps", ["-o", "args=", "-p", children.join(",")], { encoding: "utf8" }).stdout;
  t.regex(shown, /annotator\.ts/);
  t.notRegex(shown, /cccc/);
  run.send("SIGINT");
  t.is((await run.ended).code, 130, run.stderr);
  await untilGone(children);
  t.is(JSON.parse(readFileSync(report.replace(".html", ".json"), "utf8")).interrupted, true);
  t.true(service.tokens.has(token));
  t.false(/cccc/.test(run.stdout + run.stderr + readFileSync(report, "utf8")));
  rmSync(report);
});

withK6("when k6 is killed, what was seen until then is reported, and the run has failed", async (t) => {
  const before = service.requests.length;
  // Two users who think for a second at least: after so many requests k6, which tells once a second, has told of some.
  const slow = ["-p", "USERS=2", "-p", "RAMP=1", "-p", "PLATEAU=600", "--after", "0s"];
  const run = start(["web", "--k6", k6Path as string, "--target", service.url, ...slow]);
  await until("load has been recorded", () => service.requests.length > before + 8);
  const children = run.descendants();
  for (const child of children) process.kill(child, "SIGKILL");
  t.is((await run.ended).code, 1, run.stderr);
  const data = JSON.parse(readFileSync(report.replace(".html", ".json"), "utf8"));
  t.true(data.totals.requests > 0);
  t.like(
    data.verdicts.find(({ what }: { what: string }) => what === "the load ran to its end"),
    { verdict: "failed", detail: "k6 ended by SIGKILL: it said nothing" },
  );
  t.regex(run.stderr, /This machine itself takes [\d.]+ ms for an answer\./);
  rmSync(report);
});

withK6("when the command is killed, k6 ends by itself and no report is left", async (t) => {
  const before = service.requests.length;
  const run = start(["web", "--k6", k6Path as string, "--target", service.url]);
  await until("load has begun", () => service.requests.length > before);
  const children = run.descendants();
  run.send("SIGKILL");
  await run.ended;
  await untilGone(children);
  t.false(existsSync(report));
});
