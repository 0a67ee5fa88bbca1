import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { userData, userDataBytesMax } from "../../components/group/user-data.ts";
import { readLogFilter } from "../../local/aws/cloudwatch/log-filter.ts";
import { type BootManifest, readBootManifest } from "../../runtime/contract/boot.ts";
import { type DiskUse, diskFillingLine, diskFillingPattern } from "../../runtime/contract/disk.ts";

const service = (name: string, environment: Record<string, string> = {}) => ({
  name,
  bundle: { bucket: "gas-code", key: `bundles/${name}.tgz`, sha256: "0".repeat(64) },
  entry: "main.mjs",
  environment: { AWS_REGION: "us-east-1", PORT: "8080", ...environment },
  port: 8080,
  healthPath: "/healthz",
  stopSeconds: 30,
});

const manifest = (...services: ReturnType<typeof service>[]): BootManifest => ({
  version: 1,
  region: "us-east-1",
  logGroup: "gas",
  services,
});

test("the manifest is read back as it was written, whatever stands in it", (t) => {
  const tricky = {
    A: "$(rm -rf /)",
    B: "`x`",
    C: 'it\'s "so"',
    D: "$HOME @MANIFEST_PATH@ $&",
    E: "ANNOFARM_BOOT_MANIFEST",
  };
  const written = manifest(service("web", tricky), {
    ...service("archiver"),
    roleArn: "arn:aws:iam::1:role/r",
  } as never);
  t.deepEqual(readBootManifest(userData(written)), written);
});

test("the script is one a shell accepts", (t) => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: userData(manifest(service("web"))), encoding: "utf8" });
  t.is(status, 0, stderr);
});

test("user data that EC2 would refuse is refused before", (t) => {
  const environment = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`NAME_${i}`, "x".repeat(60)]));
  t.throws(() => userData(manifest(service("web", environment))), {
    instanceOf: RangeError,
    message: new RegExp(`user data is \\d+ bytes and EC2 takes ${userDataBytesMax}; shorten`),
  });
});

/** A directory of programs that the script calls, each of which notes what it is called with. */
function stage(t: ExecutionContext, curl: string) {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-boot-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const calls = join(directory, "calls");
  writeFileSync(calls, "");
  const programs = { aws: `echo "$@" >>${calls}`, curl, systemctl: `echo systemctl "$@" >>${calls}` };
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(directory, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
  }
  return {
    directory,
    run: (script: string, ...args: string[]) =>
      spawnSync("bash", ["-c", script, "watch", ...args], {
        encoding: "utf8",
        env: { PATH: `${directory}:${process.env.PATH}` },
      }),
    told: () => readFileSync(calls, "utf8").trim().split("\n").filter(Boolean),
  };
}

const hooked: BootManifest = {
  ...manifest(service("web")),
  launchHook: { group: "gas-web", name: "gas-web-launch", seconds: 600 },
};

/** The part of the script that ends the boot, on a manifest at `path`; the rest needs a machine. */
function bootEnd(path: string): string {
  const text = userData(hooked);
  const part = (begin: string, end: string) => text.slice(text.indexOf(begin), text.indexOf(end));
  return [
    "set -Eeuo pipefail",
    `manifest=${path} logs=/var/log instance=i-1`,
    part("# answer_launch RESULT", "install_packages() {"),
    part("# field SERVICE FILTER", "fetch_bundle() {"),
    part("# Waits for as long", "install_packages\n"),
    "await_health web",
    "answer_launch CONTINUE",
  ].join("\n");
}

const jq = spawnSync("bash", ["-c", "command -v jq"]).status === 0;
const withJq = jq ? test : test.skip;

withJq("the boot completes its launch hook once its services are healthy, and abandons it when they are not", (t) => {
  for (const [curl, result] of [
    ["exit 0", "CONTINUE"],
    ["exit 22", "ABANDON"],
  ] as const) {
    const { directory, run, told } = stage(t, curl);
    const path = join(directory, "boot.json");
    writeFileSync(path, JSON.stringify(hooked));
    const { status, stdout, stderr } = run(bootEnd(path));
    t.is(status, result === "CONTINUE" ? 0 : 1, stdout + stderr);
    const hook = "--auto-scaling-group-name gas-web --lifecycle-hook-name gas-web-launch --instance-id i-1";
    t.is(told()[0], `autoscaling complete-lifecycle-action ${hook} --lifecycle-action-result ${result}`);
    const unhealthy =
      "autoscaling set-instance-health --instance-id i-1 --health-status Unhealthy --no-should-respect-grace-period";
    t.deepEqual(told().slice(1), result === "CONTINUE" ? [] : [unhealthy]);
  }
});

test("a hook's names are the shell's words, whatever stands in them; without a hook nobody is answered", (t) => {
  const answerOf = (given: BootManifest) => {
    const text = userData(given);
    const part = text.slice(text.indexOf("answer_launch() {"), text.indexOf("# An instance that cannot boot"));
    const { directory, run, told } = stage(t, "exit 0");
    // No jq: an image may lack it, and dnf may be what has failed.
    writeFileSync(join(directory, "jq"), "#!/bin/bash\nexit 127\n", { mode: 0o755 });
    t.is(run(`set -Eeuo pipefail\ninstance=i-1\n${part}\nanswer_launch ABANDON`).status, 0);
    return told();
  };
  t.deepEqual(answerOf(manifest(service("web"))), []);
  const odd = { ...hooked, launchHook: { group: "gas's $web", name: "a;b", seconds: 600 } };
  t.deepEqual(answerOf(odd), [
    "autoscaling complete-lifecycle-action --auto-scaling-group-name gas's $web --lifecycle-hook-name a;b " +
      "--instance-id i-1 --lifecycle-action-result ABANDON",
  ]);
});

withJq("a file system that fills, of bytes or of inodes, is a line of JSON that the alarm's filter takes", (t) => {
  const { directory, run } = stage(t, "exit 0");
  const [path, log] = [join(directory, "boot.json"), join(directory, "log")];
  writeFileSync(path, JSON.stringify(hooked));
  const rows = [
    " Use% IUse% Mounted on",
    "  84%   84% /",
    "  85%    1% /data one",
    "   3%   91% /mail",
    "  12%     - /boot/efi",
  ];
  writeFileSync(join(directory, "df"), `#!/bin/bash\ncat <<'END'\n${rows.join("\n")}\nEND\n`, { mode: 0o755 });
  const text = userData(hooked);
  const watch = text
    .slice(text.indexOf("#!/bin/bash\njq"), text.indexOf("\nWATCH\n"))
    .replaceAll("/run/", `${directory}/`);
  t.is(run(watch, path, "i-1", log).status, 0);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const written = [
    { mount: "/data one", usedPercent: 85, inodesPercent: 1 },
    { mount: "/mail", usedPercent: 3, inodesPercent: 91 },
  ];
  for (const [index, line] of lines.entries()) {
    const { time } = JSON.parse(line) as { time: string };
    t.is(line, diskFillingLine(written[index] as DiskUse, time), "as the local run has it");
    t.true(Math.abs(Date.parse(time) - Date.now()) < 600_000);
    const filter = { logGroupName: "gas", pattern: diskFillingPattern, metricTransformation: { value: "1" } };
    t.true(readLogFilter(filter).matches(line));
  }
  t.is(lines.length, written.length);
});

withJq("the watch restarts what has hung for three minutes, and calls the instance sick after ten", (t) => {
  const { directory, run, told } = stage(t, "exit 28");
  const path = join(directory, "boot.json");
  writeFileSync(path, JSON.stringify(hooked));
  const text = userData(hooked);
  const watch = text
    .slice(text.indexOf("#!/bin/bash\njq"), text.indexOf("\nWATCH\n"))
    .replaceAll("/run/", `${directory}/`);
  const minutes = (count: number) => {
    for (let minute = 0; minute < count; minute++) t.is(run(watch, path, "i-1", join(directory, "log")).status, 0);
  };
  minutes(2);
  t.deepEqual(told(), []);
  minutes(7);
  t.deepEqual(told(), Array(3).fill("systemctl restart annofarm-web.service"));
  minutes(1);
  t.is(
    told().at(-1),
    "autoscaling set-instance-health --instance-id i-1 --health-status Unhealthy --no-should-respect-grace-period",
  );
});

test("a value that systemd would leave out is refused, tab and new line are not", (t) => {
  for (const [value, found] of [
    ["a\r\n", "U+000D at 1"],
    ["\u0000", "U+0000 at 0"],
    ["\u001b[1m", "U+001B at 0"],
    ["half \ud83e", "U+D83E at 5"],
  ] as const) {
    t.throws(() => userData(manifest(service("web"), service("own", { COLOUR: value }))), {
      instanceOf: RangeError,
      message: `service own: environment.COLOUR has the character ${found}, which systemd does not take; use text with no control characters but tab and new line, for example base64 of it`,
    });
  }
  t.notThrows(() => userData(manifest(service("own", { TABLE: "a\tb\nc \u{1f9ec}" }))));
});

const pooled: BootManifest = { ...hooked, warmPool: true };

test("the script of a group with a warm pool is one a shell accepts, and starts no service by itself", (t) => {
  const script = userData(pooled);
  const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
  t.is(status, 0, stderr);
  t.false(script.includes('enable --now "annofarm-$name.service"'));
  t.true(userData(hooked).includes('enable --now "annofarm-$name.service"'));
  t.deepEqual(readBootManifest(script), pooled);
});

/** What a machine does beyond its installation, with `wants` what the group wants of it at each question. */
function warmEnd(path: string, asked: string, ...wants: string[]): string {
  const text = userData(pooled);
  const part = (begin: string, end: string) => text.slice(text.indexOf(begin), text.indexOf(end));
  const answers = wants.map((state, index) => `[ $(wc -l <${asked}) -gt ${index + 1} ] || { echo ${state}; return; }`);
  return [
    "set -Eeuo pipefail",
    `manifest=${path} logs=/var/log instance=i-1 config=$(dirname ${path}) metadata=http://none; services=(web)`,
    part("# answer_launch RESULT", "install_packages() {"),
    part("# field SERVICE FILTER", "fetch_bundle() {"),
    part("# Waits for as long", "# What the group wants"),
    part("# Waits for the day", 'if [ "$' + "{1"),
    `wanted() { echo >>${asked}; ${answers.join("; ")}; echo InService; }`,
    "sleep() { :; }; watch_services() { echo watch >>$(dirname $manifest)/calls; }",
    "join_group",
  ].join("\n");
}

withJq(
  "an instance of a warm pool starts its services when its group wants it in service, and then completes its hook",
  (t) => {
    const { directory, run, told } = stage(t, "exit 0");
    const path = join(directory, "boot.json");
    const asked = join(directory, "asked");
    writeFileSync(path, JSON.stringify(pooled));
    writeFileSync(asked, "");
    const { status, stdout, stderr } = run(warmEnd(path, asked, "Warmed:Stopped", "Warmed:Stopped"));
    t.is(status, 0, stdout + stderr);
    t.is(readFileSync(asked, "utf8").length, 3, "it asked until it was wanted");
    const hook = "--auto-scaling-group-name gas-web --lifecycle-hook-name gas-web-launch --instance-id i-1";
    t.deepEqual(told(), [
      "systemctl start annofarm-web.service",
      "watch",
      `autoscaling complete-lifecycle-action ${hook} --lifecycle-action-result CONTINUE`,
    ]);
  },
);

test("on its way into the pool the boot completes the hook before anything serves", (t) => {
  const script = userData(pooled);
  const end = script.slice(script.indexOf("keep_joining\ncase"));
  const { directory, run, told } = stage(t, "exit 0");
  const boot = (state: string) =>
    run(
      `keep_joining() { :; }; wanted() { echo ${state}; }; answer_launch() { echo answer $1 >>${directory}/calls; }\n${end}`,
    );
  t.is(boot("Warmed:Stopped").status, 0);
  t.deepEqual(told(), ["answer CONTINUE", "systemctl start --no-block annofarm-join.service"]);
  boot("InService");
  t.deepEqual(told().slice(2), ["systemctl start --no-block annofarm-join.service"]);
});
