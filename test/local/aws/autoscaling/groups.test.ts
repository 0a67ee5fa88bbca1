import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  SetInstanceProtectionCommand,
} from "@aws-sdk/client-auto-scaling";
import test from "ava";
import type { Emulator } from "../../../../local/types.ts";
import { isAlive } from "../../../../plan/process/alive.ts";
import { clientOptions, testEmulator } from "../../../support/emulator.ts";
import { type RunningFarm, runFarm } from "../../../support/running-farm.ts";
import { until } from "../../../support/until.ts";

let emulator: Emulator;
let farm: RunningFarm;
test.before(async () => {
  emulator = await testEmulator();
  farm = await runFarm(emulator, { name: "farm", size: 2 });
});
test.after.always(async () => {
  await farm?.stop();
  await emulator?.stop();
});

const pids = () => farm.hypervisor.instances().flatMap((instance) => instance.services.map(({ pid }) => pid));

test.serial("a declared group of two comes up and shares the requests in turn", async (t) => {
  const ids = await farm.untilHealthy(2);
  const answers = [];
  for (let n = 0; n < 6; n++) answers.push(await farm.get("/"));
  t.deepEqual([...new Set(answers)].sort(), [...ids].sort());
  for (const id of ids) t.is(answers.filter((answer) => answer === id).length, 3, "each got every second request");
  t.true(farm.hypervisor.instances().every((instance) => instance.state === "InService"));
});

test.serial("an instance that loses its power is replaced by another", async (t) => {
  const [first = "", second = ""] = await farm.untilHealthy(2);
  farm.hypervisor.kill(first);
  await until("another is there", async () => {
    const ids = await farm.untilHealthy(2);
    return !ids.includes(first) && ids.includes(second);
  });
  const [activity] = farm.groups.activities("farm").filter(({ description }) => description.includes(first));
  t.regex(activity?.cause ?? "", /out of service in response to an EC2 health check indicating it has been terminated/);
  t.is(activity?.status, "Successful");
});

test.serial("a service whose process is killed is started again on the same instance", async (t) => {
  const before = await farm.untilHealthy(2);
  for (const pid of pids()) process.kill(pid ?? 0, "SIGKILL");
  await until("each was started again", () =>
    farm.hypervisor.instances().every(({ services }) => services.every((each) => each.restarts === 1)),
  );
  t.deepEqual((await farm.untilHealthy(2)).sort(), [...before].sort());
});

test.serial("all instances lost at once all come back", async (t) => {
  const before = await farm.untilHealthy(2);
  for (const id of before) farm.hypervisor.kill(id);
  const after = await until("all are new", async () => {
    const ids = await farm.untilHealthy(2);
    return !ids.some((id) => before.includes(id)) && ids;
  });
  t.true(after.includes(await farm.get("/")));
});

test.serial("desired capacity is what runs, up and down; a request on its way is answered", async (t) => {
  await farm.untilHealthy(2);
  await farm.groups.setDesired("farm", 3, "a test");
  const [up] = farm.groups.activities("farm");
  t.regex(up?.cause ?? "", /a test, changing the desired capacity from 2 to 3/);
  const ids = await farm.untilHealthy(3);
  const held = fetch(`${farm.balancer.url}/hold`);
  const holder = await until("somebody has the request", () =>
    farm.balancer.targets().find((target) => target.outstanding === 1),
  );
  await farm.groups.setDesired("farm", 0);
  await until("only the holder is left", () => farm.hypervisor.instances().length === 1);
  t.is(farm.balancer.health(holder.instanceId), "draining");
  t.is((await fetch(farm.balancer.url)).status, 503, "a draining target gets nothing new");
  t.is(await (await fetch(`http://127.0.0.1:${holder.port}/lifecycle`)).text(), "Terminated");
  await fetch(`http://127.0.0.1:${holder.port}/release`);
  t.is(await (await held).text(), "held");
  await until("all are gone", () => farm.hypervisor.instances().length === 0);
  t.is(ids.length, 3);
  await farm.groups.setDesired("farm", 2);
  await farm.untilHealthy(2);
});

test.serial("whoever changes the group in the emulator changes what runs", async (t) => {
  await farm.untilHealthy(2);
  const cli = new AutoScalingClient(clientOptions(emulator));
  await cli.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: "farm", DesiredCapacity: 1 }));
  const [last] = await farm.untilHealthy(1);
  const { AutoScalingGroups: groups } = await cli.send(new DescribeAutoScalingGroupsCommand({}));
  t.is(groups?.[0]?.Instances?.[0]?.InstanceId, last);
  await farm.groups.setDesired("farm", 2);
  await farm.untilHealthy(2);
});

test.serial("activities and their causes are told by the API that AWS has for it", async (t) => {
  const { endpoint, administrator: credentials } = farm.gateway;
  const client = new AutoScalingClient({ region: emulator.region, endpoint, credentials });
  const { Activities: told = [] } = await client.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: "farm", MaxRecords: 100 }),
  );
  const own = farm.groups.activities("farm");
  t.deepEqual(
    told.map(({ ActivityId, Cause, StatusCode }) => [ActivityId, Cause, StatusCode]),
    own.map(({ activityId, cause, status }) => [activityId, cause, status]),
  );
  t.true(told.some(({ Cause: cause }) => /a test, changing the desired capacity from 2 to 3\.$/.test(cause ?? "")));
  t.true(told.every(({ EndTime: end }) => end instanceof Date));
  t.deepEqual((await client.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: "no" }))).Activities, []);
});

test.serial("desired capacity outside of the bounds is refused", async (t) => {
  await t.throwsAsync(farm.groups.setDesired("farm", 11), {
    instanceOf: RangeError,
    message: "desired capacity 11 of farm is not between its bounds 0 and 10",
  });
  await t.throwsAsync(farm.groups.setDesired("nowhere", 1), { message: "there is no Auto Scaling group nowhere" });
});

test.serial("an instance that the balancer calls unhealthy is replaced after its grace", async (t) => {
  const sick = await runFarm(emulator, { name: "sick", size: 1, leastGraceMilliseconds: 0 });
  const [first = ""] = await sick.untilHealthy(1);
  const { HOME: home = "" } = JSON.parse(await sick.get("/environment")) as { HOME: string };
  spawnSync("touch", [`${home}/sick`]);
  await until("it was replaced", async () => !(await sick.untilHealthy(1)).includes(first));
  const causes = sick.groups.activities("sick").map(({ cause }) => cause);
  t.true(
    causes.some((cause) => /in response to an ELB system health check failure\.$/.test(cause)),
    causes.join("\n"),
  );
  await sick.stop();
});

test.serial(
  "an instance that somebody calls unhealthy is replaced, but not within its grace unless told to",
  async (t) => {
    const called = await runFarm(emulator, { name: "called", size: 1 });
    t.teardown(() => called.stop());
    const [first = ""] = await called.untilHealthy(1);
    const { endpoint, administrator: credentials } = called.gateway;
    const client = new AutoScalingClient({ region: emulator.region, endpoint, credentials });
    const call = (ShouldRespectGracePeriod?: boolean) =>
      client.send(
        new SetInstanceHealthCommand({
          InstanceId: first,
          HealthStatus: "Unhealthy",
          ...(ShouldRespectGracePeriod === undefined ? {} : { ShouldRespectGracePeriod }),
        }),
      );
    const health = async () =>
      (await client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [first] }))).AutoScalingInstances?.[0]
        ?.HealthStatus;
    t.true(called.groups.inGrace(first));
    await call();
    t.regex((await health()) ?? "", /^healthy$/i, "within the grace nobody takes notice of it");
    // As the boot script says it of an instance that could not boot.
    await call(false);
    await until("it was replaced", async () => !(await called.untilHealthy(1)).includes(first));
    const [activity] = called.groups.activities("called").filter(({ description }) => description.includes(first));
    t.regex(activity?.cause ?? "", /in response to a user health-check/);
  },
);

test.serial("an instance that waits for its hook belongs to its group until the hook is completed", async (t) => {
  const waiting = await runFarm(emulator, { name: "waiting", size: 1, hookHeartbeatSeconds: 3_600 });
  const [id = ""] = await waiting.untilHealthy(1);
  const { endpoint, administrator: credentials } = waiting.gateway;
  const client = new AutoScalingClient({ region: emulator.region, endpoint, credentials });
  const told = async () =>
    (await client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [id] }))).AutoScalingInstances?.map(
      ({ AutoScalingGroupName, LifecycleState }) => [AutoScalingGroupName, LifecycleState],
    );
  t.deepEqual(await told(), [["waiting", "InService"]]);
  await waiting.groups.setDesired("waiting", 0);
  t.deepEqual(await told(), [["waiting", "Terminating:Wait"]]);
  const { LifecycleHooks: hooks = [] } = await client.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: "waiting" }),
  );
  await client.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: "waiting",
      LifecycleHookName: hooks[0]?.LifecycleHookName,
      InstanceId: id,
      LifecycleActionResult: "CONTINUE",
    }),
  );
  await until("it is gone", () => waiting.hypervisor.instances().length === 0);
  t.deepEqual(await told(), []);
  await waiting.stop();
});

/** As described by AWS's API: state and health of each member. */
function describer({ gateway, groupName }: RunningFarm) {
  const { endpoint, administrator: credentials } = gateway;
  const client = new AutoScalingClient({ region: emulator.region, endpoint, credentials });
  return async () => {
    const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] });
    const [group] = (await client.send(asked)).AutoScalingGroups ?? [];
    return (group?.Instances ?? []).map(({ LifecycleState }) => LifecycleState);
  };
}

test.serial(
  "a launch hook holds an instance back until its boot completes it, which is once it is healthy",
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "annofarm-late-"));
    t.teardown(() => rm(directory, { recursive: true }));
    const ready = join(directory, "ready");
    const late = await runFarm(emulator, {
      name: "late",
      size: 1,
      checkedByBalancer: false,
      launchHookHeartbeatSeconds: 7_200,
      service: { environment: { WAITS_FOR: ready } },
    });
    t.teardown(() => late.stop());
    const described = describer(late);
    const [instance] = await until("it runs", () => {
      const [only] = late.hypervisor.instances();
      return only?.services[0]?.pid !== undefined && [only];
    });
    const { endpoint, administrator: credentials } = late.gateway;
    const client = new AutoScalingClient({ region: emulator.region, endpoint, credentials });
    t.deepEqual(await described(), ["Pending:Wait"]);
    const InstanceIds = [instance.instanceId];
    const { AutoScalingInstances: told = [] } = await client.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds }),
    );
    t.is(told[0]?.LifecycleState, "Pending:Wait");
    const protect = { AutoScalingGroupName: "late", InstanceIds, ProtectedFromScaleIn: true };
    await t.throwsAsync(client.send(new SetInstanceProtectionCommand(protect)), {
      name: "ValidationError",
      message: new RegExp(`The instance ${instance.instanceId} is not in InService .* It is Pending:Wait`),
    });
    t.deepEqual(
      (await late.groups.observe()).flatMap(({ instances }) => instances.map(({ phase }) => phase)),
      ["Pending"],
      "nor do the scaling policies count it",
    );
    await writeFile(ready, "");
    await until("it is in service", () => late.events.some(({ kind }) => kind === "in-service"));
    t.deepEqual(await described(), ["InService"]);
    await client.send(new SetInstanceProtectionCommand(protect));
  },
);

test.serial("without a launch hook an instance is in service as soon as it runs, as on AWS", async (t) => {
  const early = await runFarm(emulator, {
    name: "early",
    size: 1,
    checkedByBalancer: false,
    service: { environment: { WAITS_FOR: "/nowhere" } },
  });
  t.teardown(() => early.stop());
  const described = describer(early);
  await until("it is in service", async () => (await described())[0] === "InService");
  t.deepEqual(
    early.balancer.targets().filter(({ health }) => health === "healthy"),
    [],
  );
});

test.serial("a launch whose services do not start is abandoned by its boot, and replaced", async (t) => {
  const broken = await runFarm(emulator, {
    name: "broken",
    size: 1,
    checkedByBalancer: false,
    launchHookHeartbeatSeconds: 7_200,
    service: { environment: { BROKEN: "yes" } },
  });
  t.teardown(() => broken.stop());
  const abandoned = await until("it is abandoned", () => broken.events.find(({ kind }) => kind === "launch-abandoned"));
  await until("another is there", () =>
    broken.hypervisor.instances().some(({ instanceId }) => instanceId !== abandoned.instanceId),
  );
  // On a busy machine the next one may have been abandoned by now, and so on.
  const causes = broken.groups.activities("broken").map(({ cause }) => cause);
  t.regex(causes.join("\n"), /in response to an abandoned lifecycle hook boot/);
  t.false(broken.events.some(({ kind }) => kind === "in-service"));
});

test.serial("a worker that keeps ending calls its instance unhealthy, and protection does not keep it", async (t) => {
  const sick = await runFarm(emulator, {
    name: "crashing",
    size: 1,
    checkedByBalancer: false,
    protectedFromScaleIn: true,
    launchHookHeartbeatSeconds: 7_200,
  });
  t.teardown(() => sick.stop());
  const [first = ""] = await sick.untilHealthy(1);
  t.true(sick.hypervisor.instances()[0]?.protectedFromScaleIn);
  const looping = setInterval(() => {
    const pid = sick.hypervisor.instances().find(({ instanceId }) => instanceId === first)?.services[0]?.pid;
    if (pid !== undefined && isAlive(pid)) process.kill(pid, "SIGKILL");
  }, 5);
  await until("it is gone", () => !sick.hypervisor.instances().some(({ instanceId }) => instanceId === first)).finally(
    () => clearInterval(looping),
  );
  const [ended] = sick.groups.activities("crashing").filter(({ description }) => /^Terminating/.test(description));
  t.regex(ended?.cause ?? "", /in response to a user health-check/);
  t.not((await sick.untilHealthy(1))[0], first);
});

test.serial("the loop survives an emulator that does not answer", async (t) => {
  const ids = await farm.untilHealthy(2);
  const gone = await testEmulator();
  const lost = await runFarm(gone, { name: "lost", size: 1 });
  await lost.untilHealthy(1);
  await gone.stop();
  await until("an error was told", () => lost.errors.length > 0);
  await lost.groups.reconcile();
  t.is(lost.hypervisor.instances().length, 1, "what runs keeps running");
  await lost.stop();
  t.deepEqual((await farm.untilHealthy(2)).sort(), [...ids].sort());
});

test.serial("after stop no process is left", async (t) => {
  await farm.untilHealthy(2);
  const running = pids();
  t.is(running.length, 2);
  await farm.stop();
  t.false(running.some((pid) => isAlive(pid)));
});
