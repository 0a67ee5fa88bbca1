import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  SetInstanceProtectionCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import test from "ava";
import { filteredLogs } from "../../../../../local/aws/cloudwatch/filtered-logs.ts";
import { readLogFilter } from "../../../../../local/aws/cloudwatch/log-filter.ts";
import { diskUse } from "../../../../../local/aws/ec2/instances/disk-watch.ts";
import type { Emulator, InstanceCredentials } from "../../../../../local/types.ts";
import { isAlive } from "../../../../../plan/process/alive.ts";
import { diskFillingPattern } from "../../../../../runtime/contract/disk.ts";
import { clientOptions, testEmulator } from "../../../../support/emulator.ts";
import { fixturePort } from "../../../../support/farm.ts";
import { type RunningFarm, runFarm } from "../../../../support/running-farm.ts";
import { until } from "../../../../support/until.ts";

let emulator: Emulator;
const farms: RunningFarm[] = [];
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(async () => {
  await Promise.all(farms.map((farm) => farm.stop()));
  await emulator?.stop();
});

async function farm(options: Parameters<typeof runFarm>[1]): Promise<RunningFarm> {
  const running = await runFarm(emulator, options);
  farms.push(running);
  return running;
}
const asOf = ({ expiration, ...credentials }: InstanceCredentials) => ({
  ...credentials,
  expiration: new Date(expiration),
});
const missing = (path: string) =>
  access(path).then(
    () => false,
    () => true,
  );

test.serial("a service sees what is declared and what its instance is, and nothing of its user's", async (t) => {
  const { get, untilHealthy, directory } = await farm({ name: "plain", size: 1 });
  const [id = ""] = await untilHealthy(1);
  const environment = JSON.parse(await get("/environment")) as Record<string, string>;
  t.deepEqual(Object.keys(environment).sort(), [
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
    "GREETING",
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "PORT",
    "STATE_DIRECTORY",
    "TMPDIR",
    "TZ",
    "USER",
  ]);
  t.is(environment.GREETING, "hello");
  t.is(environment.HOME, join(directory, "instances", id, "fixture", "home"), "the user's ~/.aws is out of sight");
  t.not(environment.PORT, String(fixturePort), "a free port stands in for the declared one");
  t.is(await get("/address"), "127.0.0.1", "it listens on all interfaces, and this machine alone is let in");
  t.is(await get("/"), id);
  t.is(await get("/name"), "plain-instance");
  t.is(await get("/lifecycle"), "InService");
  t.regex(await readFile(join(directory, "logs", id, "fixture.log"), "utf8"), /answers on \d+/);
});

test.serial(
  "a disk that fills is a line a minute in the instance's own log, which the alarm's filter counts",
  async (t) => {
    let usedPercent = 84;
    const running = await farm({
      ...{ name: "filling", size: 1, speed: 600 },
      diskUse: async () => ({ mount: "/", usedPercent, inodesPercent: 3 }),
    });
    const [id = ""] = await running.untilHealthy(1);
    const metricTransformation = { namespace: "annofarm", name: "filling", value: "1" };
    const filter = readLogFilter({ logGroupName: "/farm/filling", pattern: diskFillingPattern, metricTransformation });
    const measure = filteredLogs(
      () => [filter],
      () => running.hypervisor.instances(),
    );
    t.deepEqual(await measure([0]), []);
    usedPercent = 85;
    const [series] = await until("it is counted", async () => {
      const found = await measure([0]);
      return found.length > 0 && found;
    });
    t.like(series?.data[0], { MetricName: "filling", Values: [1] });
    const log = await readFile(join(running.directory, "logs", id, "_instance.log"), "utf8");
    t.regex(log, /^{"level":"warn",.*"disk":{"state":"filling","mount":"\/","usedPercent":85,"inodesPercent":3}/);
  },
);

test("a folder's file system is as full as df has it", async (t) => {
  const { stdout } = await promisify(execFile)("df", ["--output=pcent,ipcent", tmpdir()]);
  const [used = 0, inodes = 0] = [...stdout.matchAll(/(\d+)%/g)].map(([, figure]) => Number(figure));
  const found = await diskUse(tmpdir());
  // Others write meanwhile.
  t.true(Math.abs(found.usedPercent - used) <= 1, `${found.usedPercent} of ${used}`);
  t.true(Math.abs(found.inodesPercent - inodes) <= 1, `${found.inodesPercent} of ${inodes}`);
});

test.serial("a service with a role of its own assumes it from the instance's", async (t) => {
  const iam = new IAMClient(clientOptions(emulator));
  const { Role: role } = await iam.send(
    new CreateRoleCommand({
      RoleName: "archiver-role",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${emulator.accountId}:role/role-role` },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    }),
  );
  const sts = createRequire(import.meta.url).resolve("@aws-sdk/client-sts");
  const { get, untilHealthy } = await farm({
    name: "role",
    size: 1,
    service: { roleArn: role?.Arn ?? "", environment: { STS_MODULE: sts } },
  });
  await untilHealthy(1);
  t.regex(await get("/identity"), /^arn:aws:sts::\d{12}:assumed-role\/archiver-role\//);
});

test.serial("a bundle whose checksum is not the manifest's is a boot failure, and is told", async (t) => {
  const bundle = { bucket: "bundles-forged", key: "", sha256: "0".repeat(64) };
  const plain = farms[0];
  const forged = await farm({
    name: "forged",
    size: 1,
    launchHookHeartbeatSeconds: 7_200,
    service: { bundle: { ...bundle, key: `${plain?.bundleSha256}.tgz` } },
  });
  const failed = await until("the boot has failed", () => forged.events.find(({ kind }) => kind === "boot-failed"));
  const reason = failed.kind === "boot-failed" ? failed.reason : "";
  t.is(
    reason,
    `bundle s3://bundles-forged/${plain?.bundleSha256}.tgz has SHA-256 ${plain?.bundleSha256}, ` +
      `the boot manifest says ${"0".repeat(64)}`,
  );
  const activities = () =>
    forged.groups.activities("forged").filter(({ description }) => description.includes(failed.instanceId));
  t.like(activities().at(-1), { status: "Failed", statusMessage: reason });
  await until("it was replaced", () => activities().length === 2);
  t.regex(activities()[0]?.cause ?? "", /in response to an abandoned lifecycle hook boot/);
  t.false(forged.events.some(({ kind }) => kind === "in-service"));
});

test.serial("a bundle that is not there is told with the role that asked for it", async (t) => {
  const absent = await farm({
    name: "absent",
    size: 1,
    service: { bundle: { bucket: "bundles-absent", key: "none.tgz", sha256: "1".repeat(64) } },
  });
  const failed = await until("the boot has failed", () => absent.events.find(({ kind }) => kind === "boot-failed"));
  t.regex(
    failed.kind === "boot-failed" ? failed.reason : "",
    /role\/absent-role cannot read bundle s3:\/\/bundles-absent\/none\.tgz \(NoSuchKey/,
  );
});

test.serial("a service that ends is started again, with a growing pause", async (t) => {
  const broken = await farm({ name: "broken", size: 1, service: { environment: { BROKEN: "1" } } });
  const second = await until("it has ended twice", () => {
    const exits = broken.events.filter((event) => event.kind === "service-exited");
    return exits.length === 2 && exits[1];
  });
  t.deepEqual(second.kind === "service-exited" && second.exit, { code: 3, signal: null });
  const [view] = broken.hypervisor.instances();
  t.is(view?.services[0]?.restarts, 1);
  t.is(view?.services[0]?.health, "stopped");
  t.is(broken.hypervisor.failure(view?.instanceId ?? ""), undefined, "twice is no loop yet");
  const log = await readFile(view?.services[0]?.logFile ?? "", "utf8");
  t.is(log.match(/cannot work like this/g)?.length, 2);
});

test.serial("an instance with a termination hook lives until its action is completed", async (t) => {
  const hooked = await farm({ name: "hooked", size: 1, hookHeartbeatSeconds: 7_200 });
  const [id = ""] = await hooked.untilHealthy(1);
  const port = hooked.hypervisor.target(id, fixturePort)?.port;
  const pid = hooked.hypervisor.instances()[0]?.services[0]?.pid;
  await hooked.groups.setDesired("hooked", 0);
  await until("it waits", () => hooked.hypervisor.lifecycle.waiting().length === 1);
  t.is(await (await fetch(`http://127.0.0.1:${port}/lifecycle`)).text(), "Terminated");
  t.is(hooked.hypervisor.instances()[0]?.state, "Terminating");
  t.true(isAlive(pid));
  const role = `arn:aws:iam::${emulator.accountId}:role/hooked-role`;
  const credentials = hooked.gateway.credentialsFor(role);
  const asInstance = { region: emulator.region, endpoint: hooked.gateway.endpoint, credentials: asOf(credentials) };
  await new AutoScalingClient(asInstance).send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: "hooked",
      LifecycleHookName: "drain",
      InstanceId: id,
      LifecycleActionResult: "CONTINUE",
    }),
  );
  await until("it is gone", () => hooked.hypervisor.instances().length === 0);
  t.false(isAlive(pid));
  const log = await readFile(join(hooked.directory, "logs", id, "fixture.log"), "utf8");
  t.regex(log, /stopping\n$/, "it was asked to stop, not killed");
  t.true(await missing(join(hooked.directory, "instances", id)), "its disk is gone with it");
});

test.serial("an instance protected from scale-in stays until it is protected no longer", async (t) => {
  const safe = await farm({ name: "safe", size: 1, protectedFromScaleIn: true });
  const [id = ""] = await safe.untilHealthy(1);
  t.true(safe.hypervisor.instances()[0]?.protectedFromScaleIn);
  await safe.groups.setDesired("safe", 0);
  t.is(safe.hypervisor.instances()[0]?.state, "InService");
  await new AutoScalingClient(clientOptions(emulator)).send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: "safe",
      InstanceIds: [id],
      ProtectedFromScaleIn: false,
    }),
  );
  await until("it is gone", () => safe.hypervisor.instances().length === 0);
  t.is(safe.groups.groups()[0]?.desired, 0);
});
