// The launch template's user data, run: a Debian with systemd as its first process, metadata, and stand-ins for Amazon's tools. What a
// service finds there is what it finds in the local run.
import { appendFileSync, existsSync, statSync } from "node:fs";
import anyTest, { type TestFn } from "ava";
import { userData } from "../../components/group/user-data.ts";
import type { BootService } from "../../runtime/contract/boot.ts";
import { cannotBoot } from "../support/boot/debian.ts";
import { startHere } from "../support/boot/here.ts";
import { bootInstance, type Instance, instanceId } from "../support/boot/instance.ts";
import { manifestOf, oddEntry, probeObjects, probeService } from "../support/boot/services.ts";
import { until } from "../support/until.ts";

const register = anyTest as TestFn<{ instance: Instance }>;
const why = cannotBoot();
const test = why === undefined ? register.serial : register.serial.skip;
if (why !== undefined) console.warn(why);
else {
  register.before(async (t) => {
    const tell = (line: string) => t.log(line);
    t.context.instance = await bootInstance({ objects: probeObjects(), tell });
  });
  register.after.always((t) => t.context.instance?.stop());
}

/** Values that a shell, systemd or JSON reads as something else unless they are quoted. */
const declared = {
  LINES: "first\nsecond\\n\n\tlast\n",
  QUOTES: `it's "so" \\" \`x\` \\`,
  DOLLARS: "$HOME $" + "{HOME} $$ $(id) %h %% %n",
  BLANKS: "  # ; = ",
  EMPTY: "",
  UNICODE: "é \u{1F9EC} \u2028",
  TMP: "of the service's own",
};

const probe = "http://127.0.0.1:8080";
const services = [
  probeService("probe", 8080, { environment: { ...declared, AWS_REGION: "us-east-1", PORT: "8080" } }),
  probeService("second", 8081, {
    entry: oddEntry,
    roleArn: "arn:aws:iam::123456789012:role/second",
  }),
];

const launchHook = { group: "gas-web", name: "gas-web-launch", seconds: 120 };
const answered = (result: string) => ({
  tool: "aws",
  args: [
    ...["autoscaling", "complete-lifecycle-action", "--auto-scaling-group-name", launchHook.group],
    ...["--lifecycle-hook-name", launchHook.name, "--instance-id", instanceId, "--lifecycle-action-result", result],
  ],
});

/** A condition of the instance that is asked until it holds: `get` fails while a service is restarted. */
const pidOf = (instance: Instance) => instance.get(`${probe}/pid`);

test("a boot that cannot be completed says so once, in its output and to the group", async (t) => {
  const { instance } = t.context;
  const wrong = { bucket: "gas-code", key: "bundles/probe.tgz", sha256: "0".repeat(64) };
  const lost = { ...wrong, key: "bundles/gone.tgz" };
  const failures = [
    {
      // Neither jq, by which the manifest is read, nor repositories: an image of somebody's own.
      async prepare() {
        appendFileSync(instance.file("srv/no-packages"), "");
        await instance.command("mv", "/usr/bin/jq", "/usr/bin/jq.absent");
      },
      bundle: lost,
      says: /Failed to download metadata/,
      why: /^the image lacks nodejs24 jq amazon-cloudwatch-agent, and dnf cannot install it: use an image that has it, or the/,
    },
    {
      prepare: () => instance.command("rm", "/srv/no-packages"),
      bundle: lost,
      says: /Key does not exist/,
      at: "aws s3 cp",
    },
    {
      prepare: () => instance.command("userdel", "annofarm"),
      bundle: wrong,
      says: /computed checksum did NOT match/,
      at: "sha256sum",
    },
  ];
  for (const { prepare, bundle, says, ...failure } of failures) {
    await prepare();
    const before = { calls: instance.calls().length, output: instance.output().length };
    const script = userData({ ...manifestOf(probeService("probe", 8080, { bundle })), launchHook });
    t.false(await instance.runUserData(script));
    const output = instance.output().slice(before.output);
    t.regex(output, says);
    const [why, ...more] = [...output.matchAll(/annofarm: boot failed: (.*)/g)].map(([, each]) => String(each));
    t.is(more.length, 0, output);
    if ("why" in failure) t.regex(why ?? "", failure.why);
    else {
      const line = Number(/^line (\d+)/.exec(why ?? "")?.[1]);
      t.true(script.split("\n")[line - 1]?.includes(failure.at), `${why} is not that of ${failure.at}`);
    }
    const reports = instance
      .calls()
      .slice(before.calls)
      .filter(({ args }) => args[0] === "autoscaling");
    t.deepEqual(reports, [
      answered("ABANDON"),
      {
        tool: "aws",
        args: [
          ...["autoscaling", "set-instance-health", "--instance-id", instanceId, "--health-status", "Unhealthy"],
          "--no-should-respect-grace-period",
        ],
      },
    ]);
  }
  await instance.command("userdel", "annofarm");
});

test("the services of the manifest come up and answer their health path", async (t) => {
  const { instance } = t.context;
  const before = { calls: instance.calls().length, output: instance.output().length };
  t.true(await instance.runUserData(userData({ ...manifestOf(...services), launchHook })), instance.output());
  const output = instance.output().slice(before.output);
  for (const { name } of services) t.regex(output, new RegExp(`annofarm: ${name} is healthy \\d+ s after boot began`));
  t.notRegex(output, /boot failed/);
  const calls = instance.calls().slice(before.calls);
  t.deepEqual(
    calls.filter(({ tool }) => tool === "dnf"),
    [],
    "what the image has is not asked for",
  );
  t.deepEqual(calls[0], { tool: "alternatives", args: ["--set", "node", "/usr/bin/node-24"] });
  t.deepEqual(
    instance.calls().filter(({ tool }) => tool === "dnf"),
    Array(2).fill({ tool: "dnf", args: ["install", "-y", "-q", "nodejs24", "jq", "amazon-cloudwatch-agent"] }),
  );
  t.deepEqual(
    calls.filter(({ args }) => args[0] === "autoscaling"),
    [answered("CONTINUE")],
  );
  for (const { name, port, healthPath } of services) {
    t.is(await instance.get(`http://127.0.0.1:${port}${healthPath}`), "well");
    t.is(await instance.property(`annofarm-${name}.service`, "ActiveState"), "active");
    t.is(await instance.property(`annofarm-${name}.service`, "UnitFileState"), "enabled");
  }
  const agent =
    calls
      .find(({ tool }) => tool === "amazon-cloudwatch-agent-ctl")
      ?.args.at(-1)
      ?.replace("file:/", "") ?? "";
  t.deepEqual(
    JSON.parse(instance.read(agent)).logs.logs_collected.files.collect_list,
    [...services.map(({ name }) => name), "_instance"].map((name) => ({
      file_path: `/var/log/annofarm/${name}.log`,
      log_group_name: "gas",
      log_stream_name: `{instance_id}/${name}`,
    })),
  );
  t.is(await instance.command("systemctl", "--failed", "--plain", "--no-legend"), "");
  const journal = await instance.command("journalctl", "--no-pager", "-q", "-p", "warning", "-o", "cat");
  t.deepEqual(
    journal.split("\n").filter((line) => line.includes("annofarm")),
    [],
  );
});

/** What the probe says of itself. */
interface Seen {
  readonly environment: Readonly<Record<string, string>>;
  readonly [fact: string]: unknown;
}

/** By nature another in each place: docs/local.md says how. */
const ownVariables = {
  instance: ["INVOCATION_ID", "SYSTEMD_EXEC_PID"],
  here: ["AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"],
  both: ["HOME", "PATH", "PORT", "STATE_DIRECTORY", "TMPDIR"],
};
const ownFacts = [
  "capabilities",
  "directory",
  "directoryWritable",
  "environment",
  "home",
  "openFiles",
  "temporary",
  "uid",
];

const without = (values: object, names: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

test("a service finds the same on an instance as in the local run", async (t) => {
  const { instance } = t.context;
  const here = await startHere(services[0] as BootService, instanceId);
  t.teardown(here.stop);
  const [there, local] = [await instance.get(`${probe}/sees`), await here.get("/sees")].map(
    (text) => JSON.parse(text) as Seen,
  ) as [Seen, Seen];

  const names = (one: Seen, other: Seen) => Object.keys(one.environment).filter((name) => !(name in other.environment));
  t.deepEqual(names(there, local).sort(), ownVariables.instance);
  t.deepEqual(names(local, there).sort(), ownVariables.here);
  const own = Object.values(ownVariables).flat();
  t.deepEqual(without(there.environment, own), without(local.environment, own));
  t.like(there.environment, declared);
  t.deepEqual(without(there, ownFacts), without(local, ownFacts));

  t.like(there, {
    directory: "/opt/annofarm/probe",
    directoryWritable: "EROFS",
    codeWritable: "EACCES",
    home: "/var/lib/annofarm/probe",
    homeWritable: "yes",
    temporary: "/var/tmp",
    temporaryWritable: "yes",
    tool: "ran",
    dataExecutable: "EACCES",
    umask: 0o022,
    stdin: 0,
    argv: [],
    noNewPrivileges: "1",
    capabilities: "0000000000000000",
  });
  t.not(there.uid, 0);
  t.is(local.directoryWritable, "EACCES");
  t.is(local.uid, process.getuid?.());
});

test("a service that has died is started again; what it kept is there, its temporary files are not", async (t) => {
  const { instance } = t.context;
  const here = await startHere(services[0] as BootService, instanceId);
  t.teardown(here.stop);
  for (const get of [(path: string) => instance.get(probe + path), here.get]) {
    await get("/leave");
    const before = await get("/pid");
    await (get === here.get ? process.kill(Number(before), "SIGKILL") : instance.command("kill", "-9", before));
    t.not(await until("it answers again", () => get("/pid")), before);
    t.deepEqual((JSON.parse(await get("/sees")) as Seen).before, [["left"], []]);
  }
  t.is(await instance.property("annofarm-probe.service", "RestartPreventExitStatus"), "78");
});

test("a service that hangs is restarted by the watch timer, one that answers is not", async (t) => {
  const { instance } = t.context;
  t.regex((await instance.property("annofarm-watch.timer", "TimersMonotonic")) ?? "", /OnActiveUSec=3min/);
  t.is(await instance.property("annofarm-watch.timer", "ActiveState"), "active");
  const before = { probe: await pidOf(instance), second: await instance.get("http://127.0.0.1:8081/pid") };
  // The minutes of the timer are seconds now.
  const faster = "[Timer]\nOnActiveSec=\nOnUnitInactiveSec=\nOnActiveSec=1s\nOnUnitInactiveSec=1s\nAccuracySec=100ms\n";
  await instance.command("mkdir", "-p", "/etc/systemd/system/annofarm-watch.timer.d");
  appendFileSync(instance.file("etc/systemd/system/annofarm-watch.timer.d/faster.conf"), faster);
  await instance.command("systemctl", "daemon-reload");
  await instance.command("systemctl", "restart", "annofarm-watch.timer");
  await t.throwsAsync(instance.get(`${probe}/hang`), { message: /timed out/i });
  const after = await until("it answers again", () => pidOf(instance));
  t.not(after, before.probe);
  t.is(await instance.get("http://127.0.0.1:8081/pid"), before.second);
  await until(
    "nothing is missed any more",
    async () => (await instance.command("ls", "/run")).match(/missed/) === null,
  );
});

test("a disk that fills is told by the watch, in the instance's own log", async (t) => {
  const { instance } = t.context;
  const log = "var/log/annofarm/_instance.log";
  await until("the watch has looked", () => existsSync(instance.file(log)));
  // The disk is this machine's; of what df says of it, one figure is another.
  const fuller = "#!/bin/sh\n/usr/bin/df \"$@\" | sed '2s/^ *[0-9]*%/ 91%/'\n";
  appendFileSync(instance.file("usr/local/bin/df"), fuller, { mode: 0o755 });
  const last = () => instance.read(log).trim().split("\n").at(-1) ?? "";
  const line = await until("it is told", () => last().includes('"usedPercent":91') && last());
  t.like(JSON.parse(line), { level: "warn", disk: { state: "filling", usedPercent: 91 } });
  await instance.command("rm", "/usr/local/bin/df");
});

test("a log is rotated once it is large, and the service writes on", async (t) => {
  const { instance } = t.context;
  const log = "var/log/annofarm/probe.log";
  t.regex(
    (await instance.property("logrotate.timer", "TimersCalendar")) ?? "",
    /OnCalendar=\*:00\/10:00|OnCalendar=\*-\*-\* \*:00\/10:00/,
  );
  t.is(await instance.property("logrotate.timer", "ActiveState"), "active");
  await instance.get(`${probe}/log`);
  await until("all is written", () => statSync(instance.file(log)).size >= 60 * 1024 * 1024);
  for (const _ of Array(3)) {
    await instance.command("systemctl", "start", "logrotate.service");
    await instance.get(`${probe}/say`);
  }
  await until("the service writes on", () => instance.read(log).startsWith("said\n"));
  t.true(statSync(instance.file(`${log}.1`)).size >= 60 * 1024 * 1024);
  t.false(existsSync(instance.file(`${log}.2`)), "a small log stays");
});

test("after a reboot the services come up by themselves", async (t) => {
  const { instance } = t.context;
  await instance.reboot();
  for (const { port, healthPath } of services) {
    t.is(await until("it answers", () => instance.get(`http://127.0.0.1:${port}${healthPath}`)), "well");
  }
  t.is(await instance.property("annofarm-watch.timer", "ActiveState"), "active");
});
