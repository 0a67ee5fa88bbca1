// Instance refreshes on real processes, asked for and told of by the API that AWS has for them.
import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeInstanceRefreshesCommand,
  RollbackInstanceRefreshCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
  type StartInstanceRefreshCommandInput,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import test from "ava";
import { createResources, handlerOf } from "../../../../local/resources/driver.ts";
import type { Emulator } from "../../../../local/types.ts";
import { clientOptions, testEmulator } from "../../../support/emulator.ts";
import { type RunningFarm, runFarm } from "../../../support/running-farm.ts";
import { until } from "../../../support/until.ts";

let emulator: Emulator;
let farm: RunningFarm;
let api: AutoScalingClient;
test.before(async () => {
  emulator = await testEmulator();
  // An hour is six seconds, a warm-up of 60 s a tenth of one.
  farm = await runFarm(emulator, { name: "rolled", size: 2, speed: 600, leastGraceMilliseconds: 6_000 });
  const { endpoint, administrator: credentials } = farm.gateway;
  api = new AutoScalingClient({ region: emulator.region, endpoint, credentials, maxAttempts: 1 });
});
test.after.always(async () => {
  await farm?.stop();
  await emulator?.stop();
});

const AutoScalingGroupName = "rolled";

function start(version: string | undefined, preferences: StartInstanceRefreshCommandInput["Preferences"] = {}) {
  const { launchTemplateId: LaunchTemplateId } = farm;
  return api.send(
    new StartInstanceRefreshCommand({
      AutoScalingGroupName,
      ...(version === undefined
        ? {}
        : { DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId, Version: version } } }),
      Preferences: { MinHealthyPercentage: 50, ...preferences },
    }),
  );
}

async function described() {
  const answer = await api.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }));
  const [latest] = answer.InstanceRefreshes ?? [];
  if (latest === undefined) throw new Error("no refresh is described");
  return latest;
}

const untilStatus = (status: string) =>
  until(`the refresh is ${status}`, async () => {
    const latest = await described();
    if (latest.Status !== status && latest.EndTime !== undefined) throw new Error(JSON.stringify(latest));
    return latest.Status === status && latest;
  });

const versions = () => farm.hypervisor.instances().map(({ template }) => template.version);
const greeting = async () => (JSON.parse(await farm.get("/environment")) as { GREETING: string }).GREETING;

async function groupVersion() {
  const client = new AutoScalingClient(clientOptions(emulator));
  const { AutoScalingGroups: groups } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
  );
  return groups?.[0]?.LaunchTemplate?.Version;
}

test.serial("a new version rolls through the group, one instance after the other", async (t) => {
  const before = await farm.untilHealthy(2);
  const version = await farm.newVersion({ environment: { GREETING: "good evening" } });
  const { InstanceRefreshId: id } = await start(version, { AutoRollback: true });
  t.is(await groupVersion(), "1", "the group stays as it is until then");
  const done = await untilStatus("Successful");
  t.like(done, { InstanceRefreshId: id, PercentageComplete: 100, InstancesToUpdate: 0, Strategy: "Rolling" });
  t.like(done.Preferences, { MinHealthyPercentage: 50, InstanceWarmup: 60, AutoRollback: true, SkipMatching: false });
  t.like(done.DesiredConfiguration?.LaunchTemplate, { LaunchTemplateId: farm.launchTemplateId, Version: version });
  t.true(done.EndTime instanceof Date && done.StartTime instanceof Date && done.EndTime >= done.StartTime);
  const after = await farm.untilHealthy(2);
  t.false(after.some((each) => before.includes(each)));
  t.deepEqual(versions(), [version, version]);
  const { AutoScalingInstances: told } = await api.send(new DescribeAutoScalingInstancesCommand({}));
  t.deepEqual(
    told?.map(({ LaunchTemplate }) => LaunchTemplate?.Version),
    [version, version],
    "the emulator would say 1, the template's default",
  );
  t.is(await greeting(), "good evening");
  t.is(await groupVersion(), version, "and is of the new version from then on");
  const causes = farm.groups.activities("rolled").map(({ cause }) => cause);
  for (const each of before) {
    const told = new RegExp(
      `out of service in response to an instance refresh\\.  At \\S+Z instance ${each} was selected for termination\\.$`,
    );
    t.true(
      causes.some((cause) => told.test(cause)),
      causes.join("\n"),
    );
  }
  t.is(causes.filter((cause) => /was launched in response to an instance refresh\.$/.test(cause)).length, 2);
});

test.serial("instances that run the version already are skipped", async (t) => {
  const before = await farm.untilHealthy(2);
  await start(await groupVersion(), { SkipMatching: true });
  await untilStatus("Successful");
  t.deepEqual((await farm.untilHealthy(2)).sort(), [...before].sort());
});

test.serial("a version that does not start is rolled back, and one instance serves all the time", async (t) => {
  const before = await farm.untilHealthy(2);
  const old = await groupVersion();
  const broken = await farm.newVersion({ environment: { BROKEN: "yes" } });
  await start(broken, { AutoRollback: true });
  const answers: number[] = [];
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      answers.push((await fetch(farm.balancer.url)).status);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const rolled = await untilStatus("RollbackSuccessful").finally(() => over.abort());
  await asking;
  t.regex(rolled.RollbackDetails?.RollbackReason ?? "", /^Automatic rollback was initiated\. .*for one hour/);
  t.like(rolled, { PercentageComplete: 0, InstancesToUpdate: 1 });
  const after = await farm.untilHealthy(2);
  t.is(after.filter((each) => before.includes(each)).length, 1);
  t.deepEqual(versions(), [old, old]);
  t.is(await groupVersion(), old);
  t.is(await greeting(), "good evening");
  t.true(answers.length > 20);
  t.deepEqual(
    answers.filter((status) => status !== 200),
    [],
  );
});

test.serial(
  "workers without a balancer: a version that does not start is rolled back by its launch hook",
  async (t) => {
    const workers = await runFarm(emulator, {
      name: "workers",
      size: 1,
      checkedByBalancer: false,
      protectedFromScaleIn: true,
      launchHookHeartbeatSeconds: 7_200,
      speed: 600,
      leastGraceMilliseconds: 6_000,
    });
    t.teardown(() => workers.stop());
    await workers.untilHealthy(1);
    const { endpoint, administrator: credentials } = workers.gateway;
    const client = new AutoScalingClient({ region: emulator.region, endpoint, credentials });
    const named = { AutoScalingGroupName: "workers" };
    const LaunchTemplate = {
      LaunchTemplateId: workers.launchTemplateId,
      Version: await workers.newVersion({ environment: { BROKEN: "yes" } }),
    };
    await client.send(
      new StartInstanceRefreshCommand({
        ...named,
        DesiredConfiguration: { LaunchTemplate },
        Preferences: { MinHealthyPercentage: 0, AutoRollback: true, ScaleInProtectedInstances: "Refresh" },
      }),
    );
    const ended = await until("the refresh has ended", async () => {
      const { InstanceRefreshes = [] } = await client.send(new DescribeInstanceRefreshesCommand(named));
      return InstanceRefreshes.find(({ EndTime }) => EndTime !== undefined);
    });
    t.is(ended.Status, "RollbackSuccessful", ended.StatusReason);
    await workers.untilHealthy(1);
    t.deepEqual(
      workers.hypervisor.instances().map(({ template }) => template.version),
      ["1"],
    );
  },
);

test.serial("it can be cancelled, and rolled back by hand; one at a time", async (t) => {
  await farm.untilHealthy(2);
  const old = (await groupVersion()) ?? "";
  const version = await farm.newVersion({ environment: { GREETING: "good night" } });
  const { InstanceRefreshId: id } = await start(version);
  await t.throwsAsync(start(version), { name: "InstanceRefreshInProgressFault", message: /already in progress/ });
  await until("one is replaced", () => versions().includes(version));
  t.is((await api.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName }))).InstanceRefreshId, id);
  await untilStatus("Cancelled");
  await farm.untilHealthy(2);
  t.deepEqual(versions().sort(), [old, version].sort());
  await t.throwsAsync(api.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName })), {
    name: "ActiveInstanceRefreshNotFoundFault",
  });

  await start(version, { SkipMatching: true });
  await until("the other is replaced", () => versions().every((each) => each === version));
  await api.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName }));
  const rolled = await untilStatus("RollbackSuccessful");
  t.is(rolled.RollbackDetails?.RollbackReason, "Rollback was initiated due to user request.");
  await farm.untilHealthy(2);
  // The one that was skipped was not the refresh's doing.
  t.deepEqual(versions().sort(), [old, version].sort());

  await start(version);
  await api.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName, WaitForTransitioningInstances: false }));
  t.is((await described()).Status, "Cancelled", "who does not wait for what is on its way has it at once");
  await farm.groups.reconcile(); // what had begun by then is on its way
});

test.serial("with a maximum above 100 % replacements come first", async (t) => {
  const before = await farm.untilHealthy(2);
  const version = await farm.newVersion({ environment: { GREETING: "hello again" } });
  let healthyLeast = 2;
  const watch = setInterval(() => {
    const healthy = farm.balancer.targets().filter(({ health }) => health === "healthy").length;
    healthyLeast = Math.min(healthyLeast, healthy);
  }, 5);
  await start(version, { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 });
  await untilStatus("Successful");
  clearInterval(watch);
  t.is(healthyLeast, 2);
  const after = await farm.untilHealthy(2);
  t.false(after.some((each) => before.includes(each)));
  t.deepEqual(versions(), [version, version]);
  t.is(farm.groups.groups()[0]?.desired, 2);
});

test.serial("an alarm during the bake time rolls back; until then the group keeps its configuration", async (t) => {
  const before = await farm.untilHealthy(2);
  const old = (await groupVersion()) ?? "";
  const version = await farm.newVersion({ environment: { GREETING: "answers with errors" } });
  const cloudwatch = new CloudWatchClient(clientOptions(emulator));
  const alarm = {
    AlarmName: "failing",
    EvaluationPeriods: 1,
    Threshold: 5,
    ComparisonOperator: "GreaterThanThreshold",
  };
  const metric = {
    Namespace: "AWS/ApplicationELB",
    MetricName: "HTTPCode_Target_5XX_Count",
    Statistic: "Sum",
  } as const;
  await cloudwatch.send(new PutMetricAlarmCommand({ ...alarm, ...metric, Period: 60 } as never));
  const say = (StateValue: "OK" | "ALARM") =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "failing", StateValue, StateReason: "a test says so" }));
  await say("OK");
  const rolling = { MinHealthyPercentage: 100, MaxHealthyPercentage: 150, AutoRollback: true };
  const preferences = { ...rolling, BakeTime: 172_800, AlarmSpecification: { Alarms: ["failing"] } };
  await start(version, preferences);
  const baking = await untilStatus("Baking");
  t.like(baking, { PercentageComplete: 100, InstancesToUpdate: 0, EndTime: undefined });
  t.like(baking.Preferences, { BakeTime: 172_800, AlarmSpecification: { Alarms: ["failing"] } });
  // What was replaced is out of service by then, and its process may still be on its way out.
  await until("both instances to be of the new version", () => versions().join() === [version, version].join());
  t.is(await groupVersion(), old);
  const LaunchTemplate = { LaunchTemplateId: farm.launchTemplateId, Version: version };
  await t.throwsAsync(api.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, LaunchTemplate })), {
    message: /An active instance refresh with a desired configuration exists/,
  });
  await say("ALARM");
  const rolled = await untilStatus("RollbackSuccessful");
  t.regex(rolled.RollbackDetails?.RollbackReason ?? "", /alarm failing is in the ALARM state/);
  const after = await farm.untilHealthy(2);
  t.false(after.some((each) => before.includes(each)));
  await until("both instances to be of the old version", () => versions().join() === [old, old].join());
  t.is(await groupVersion(), old);
  await t.throwsAsync(start(version, preferences), { message: /failing is in the ALARM state; it must be in the OK/ });
  cloudwatch.destroy();
});

test.serial(
  "a roll at the group's maximum launches first all the same; cut off at once, it leaves the size as it was",
  async (t) => {
    await farm.untilHealthy(2);
    const version = await farm.newVersion({ environment: { GREETING: "at full size" } });
    const bounds = (MaxSize: number) => api.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MaxSize }));
    await bounds(2);
    const seen = { healthyLeast: 2, most: 2 };
    const watch = setInterval(() => {
      const healthy = farm.balancer.targets().filter(({ health }) => health === "healthy").length;
      seen.healthyLeast = Math.min(seen.healthyLeast, healthy);
      seen.most = Math.max(seen.most, farm.hypervisor.instances().length);
    }, 5);
    await start(version, { MinHealthyPercentage: 100, MaxHealthyPercentage: 125 });
    await until("one is over", () => seen.most > 2);
    t.is((await farm.groups.observe())[0]?.desired, 2, "policies see the capacity that was decided");
    await untilStatus("Successful");
    clearInterval(watch);
    t.is(seen.healthyLeast, 2);
    await farm.untilHealthy(2);
    t.deepEqual(versions(), [version, version]);
    await start(await farm.newVersion({}), { MinHealthyPercentage: 100, MaxHealthyPercentage: 125 });
    await until("one is over again", () => farm.groups.groups()[0]?.desired === 3);
    await api.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName, WaitForTransitioningInstances: false }));
    await until("the size is as before", async () => {
      await farm.groups.reconcile();
      return farm.groups.groups()[0]?.desired === 2;
    });
    await bounds(10);
    await api.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 2 }));
  },
);

/** The declared group with these versions, through the handler that a deployment uses. */
async function update(before: string, after: string, { running = true, instanceRefresh = true } = {}) {
  const resources = createResources({
    emulator,
    projectDirectory: import.meta.dirname,
    ...(running ? { gateway: farm.gateway } : {}),
  });
  const inputs = (version: string) => ({
    name: AutoScalingGroupName,
    minSize: 0,
    maxSize: 10,
    healthCheckType: "ELB",
    healthCheckGracePeriod: 60,
    targetGroupArns: [farm.targetGroupArn],
    launchTemplate: { id: farm.launchTemplateId, version },
    ...(instanceRefresh
      ? {
          instanceRefresh: {
            strategy: "Rolling",
            preferences: { minHealthyPercentage: 50, autoRollback: true, skipMatching: true, instanceWarmup: "30" },
          },
        }
      : {}),
  });
  const handler = await handlerOf("aws:autoscaling/group:Group");
  const context = resources.contextOf({ urn: "urn:test", name: "test" });
  await handler.update({ id: AutoScalingGroupName, inputs: inputs(before) }, inputs(after), context);
  resources.close();
}

const refreshCount = () => farm.groups.refreshes.list(AutoScalingGroupName).length;

test.serial(
  "a declared group whose launch template has changed is refreshed, and a refresh under way makes room",
  async (t) => {
    await farm.untilHealthy(2);
    const old = (await groupVersion()) ?? "";
    const next = await farm.newVersion({ environment: { GREETING: "first" } });
    const last = await farm.newVersion({ environment: { GREETING: "second" } });
    const count = refreshCount();
    await update(old, next);
    t.is((await described()).DesiredConfiguration?.LaunchTemplate?.Version, next);
    t.is(await groupVersion(), old, "the refresh has it, not yet the group");
    await update(next, last);
    const done = await untilStatus("Successful");
    t.is(done.DesiredConfiguration?.LaunchTemplate?.Version, last);
    t.like(done.Preferences, { InstanceWarmup: 30, ScaleInProtectedInstances: "Ignore", StandbyInstances: "Ignore" });
    const statuses = farm.groups.refreshes.list(AutoScalingGroupName).map(({ status }) => status);
    t.deepEqual(statuses.slice(0, 2), ["Successful", "Cancelled"]);
    t.is(refreshCount(), count + 2);
    await farm.untilHealthy(2);
    t.is(await greeting(), "second");
  },
);

test.serial(
  "what says nothing of the launch template leaves it as it is; without a refresh it is the group's at once",
  async (t) => {
    const present = (await groupVersion()) ?? "";
    const other = await farm.newVersion({ environment: { GREETING: "third" } });
    const count = refreshCount();
    // A deployment whose version was rolled back: the program still declares it.
    await update(other, other);
    t.is(await groupVersion(), present);
    await update(present, other, { running: false });
    t.is(await groupVersion(), other, "nobody runs instances: those to come are of the new version");
    await update(other, present, { instanceRefresh: false });
    t.is(await groupVersion(), present);
    t.is(refreshCount(), count);
  },
);

test.serial("what is refused says why", async (t) => {
  await t.throwsAsync(start(undefined, { AutoRollback: true }), { message: /DesiredConfiguration parameter is empty/ });
  await t.throwsAsync(start("2", { MinHealthyPercentage: 101 }), { message: /minHealthyPercentage is 101/ });
  await t.throwsAsync(start("2", { BakeTime: 172_801 }), { message: /bakeTime is 172801; give a whole number from 0/ });
  const unknown = { AlarmSpecification: { Alarms: ["nobody"] } };
  await t.throwsAsync(start("2", unknown), { message: /alarm nobody does not exist/ });
  const nobody = { AutoScalingGroupName: "nobody" };
  await t.throwsAsync(api.send(new StartInstanceRefreshCommand(nobody)), { message: /nobody not found/ });
  t.deepEqual(farm.errors, []);
});
