// What others ask of a group through the gateway acts on what runs, as on AWS, or is refused.
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  PutLifecycleHookCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import test, { type ExecutionContext } from "ava";
import type { Emulator } from "../../../../local/types.ts";
import { testEmulator } from "../../../support/emulator.ts";
import { type RunningFarm, runFarm } from "../../../support/running-farm.ts";
import { until } from "../../../support/until.ts";
import { refusalOf } from "../../gateway/world.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

async function farmOf(t: ExecutionContext, options: Parameters<typeof runFarm>[1]) {
  const farm = await runFarm(emulator, options);
  t.teardown(() => farm.stop());
  const { endpoint, administrator: credentials } = farm.gateway;
  const client = new AutoScalingClient({ region: emulator.region, endpoint, credentials, maxAttempts: 1 });
  const AutoScalingGroupName = options.name;
  return {
    farm,
    client,
    AutoScalingGroupName,
    desired: (DesiredCapacity: number, more: { HonorCooldown?: boolean } = {}) =>
      client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity, ...more })),
    suspend: (...ScalingProcesses: string[]) =>
      client.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses })),
    resume: (...ScalingProcesses: string[]) =>
      client.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses })),
  };
}

const idsOf = (farm: RunningFarm) => farm.hypervisor.instances().map(({ instanceId }) => instanceId);
/** The group has looked at what stands and done what there is to do. */
const looked = (farm: RunningFarm) => farm.groups.reconcile();

test.serial("SuspendProcesses: no launch, no termination, until they are resumed", async (t) => {
  const { farm, desired, suspend, resume } = await farmOf(t, { name: "halted", size: 1 });
  const [first = ""] = await farm.untilHealthy(1);
  await suspend("Launch");
  await desired(2);
  await looked(farm);
  t.deepEqual(idsOf(farm), [first], "nothing is launched");
  await resume("Launch");
  await farm.untilHealthy(2);

  await suspend("Terminate");
  await desired(1);
  await looked(farm);
  t.is((await farm.untilHealthy(2)).length, 2, "nothing is terminated");
  await resume();
  await farm.untilHealthy(1);
});

test.serial("SuspendProcesses: HealthCheck alone and ReplaceUnhealthy keep a lost instance", async (t) => {
  const { farm, client, suspend, resume } = await farmOf(t, { name: "unchecked", size: 1 });
  const [first = ""] = await farm.untilHealthy(1);
  await suspend("HealthCheck");
  await looked(farm);
  farm.hypervisor.kill(first);
  await looked(farm);
  t.deepEqual(idsOf(farm), [first], "no check notices that it is gone");
  await suspend("ReplaceUnhealthy");
  const said = { InstanceId: first, HealthStatus: "Unhealthy", ShouldRespectGracePeriod: false };
  await client.send(new SetInstanceHealthCommand(said));
  await looked(farm);
  t.deepEqual(idsOf(farm), [first], "what a user says of it replaces nothing");
  await resume("ReplaceUnhealthy");
  await until("it was replaced", async () => !(await farm.untilHealthy(1)).includes(first));
  const [activity] = farm.groups.activities("unchecked").filter(({ description }) => description.includes(first));
  t.regex(activity?.cause ?? "", /in response to a user health-check/);
});

test.serial("SuspendProcesses: what was launched without AddToLoadBalancer stays out of the balancer", async (t) => {
  const { farm, desired, suspend, resume } = await farmOf(t, { name: "apart", size: 1 });
  const [first = ""] = await farm.untilHealthy(1);
  await suspend("AddToLoadBalancer");
  await desired(2);
  await until("both are in service", () => farm.events.filter(({ kind }) => kind === "in-service").length === 2);
  await looked(farm);
  await resume();
  await looked(farm);
  t.deepEqual(
    farm.balancer.targets().map(({ instanceId }) => instanceId),
    [first],
  );
});

test.serial("SuspendProcesses and ResumeProcesses know AWS's processes only, and groups that are there", async (t) => {
  const { client, suspend, resume, AutoScalingGroupName } = await farmOf(t, { name: "named", size: 0 });
  for (const call of [suspend, resume]) {
    const refusal = await refusalOf(call("Sleep"));
    t.is(refusal.name, "ValidationError");
    t.regex(refusal.message, /Sleep is not a scaling process; give some of .*AZRebalance/);
  }
  const missing = { AutoScalingGroupName: "nowhere" };
  t.regex(
    (await refusalOf(client.send(new SuspendProcessesCommand(missing)))).message,
    /no Auto Scaling group nowhere/,
  );
  await suspend();
  const { AutoScalingGroups: [group] = [] } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
  );
  t.is(group?.SuspendedProcesses?.length, 9, "none named: all of them");
});

test.serial(
  "SetDesiredCapacity and UpdateAutoScalingGroup: the group's termination policy says who goes",
  async (t) => {
    const { farm, client, desired, AutoScalingGroupName } = await farmOf(t, {
      name: "picky",
      size: 1,
      terminationPolicies: ["NewestInstance"],
      zones: ["a"], // of several, the fullest comes first
    });
    const [oldest = ""] = await farm.untilHealthy(1);
    await desired(2);
    const two = await farm.untilHealthy(2);
    await desired(3);
    const third = (await farm.untilHealthy(3)).find((id) => !two.includes(id)) ?? "";
    await desired(2);
    t.deepEqual((await farm.untilHealthy(2)).sort(), [...two].sort(), "the newest has gone");
    const [activity] = farm.groups.activities("picky").filter(({ description }) => description.includes(third));
    t.regex(activity?.cause ?? "", /in response to a user request, changing the desired capacity from 3 to 2\.$/);
    await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MaxSize: 1 }));
    t.deepEqual(await farm.untilHealthy(1), [oldest]);
  },
);

test.serial("sizes outside of what AWS takes are refused, and so is what the emulator would drop", async (t) => {
  const { farm, client, desired, AutoScalingGroupName } = await farmOf(t, { name: "bounded", size: 0, sizeMax: 2 });
  const update = (sizes: object) => client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...sizes }));
  for (const [call, message] of [
    [() => desired(3), /desired capacity 3 of bounded is not between its bounds 0 and 2/],
    [() => update({ MinSize: 3 }), /bounds 3 and 2 of bounded are not whole numbers, the least first/],
    [
      () => update({ MaxSize: 1, DesiredCapacity: 2 }),
      /desired capacity 2 of bounded is not between its bounds 0 and 1/,
    ],
  ] as const) {
    const refusal = await refusalOf(call());
    t.is(refusal.name, "ValidationError");
    t.regex(refusal.message, message);
  }
  const dropped = await refusalOf(update({ TerminationPolicies: ["OldestInstance"] }));
  t.is(dropped.name, "NotImplemented");
  t.regex(dropped.message, /^TerminationPolicies of autoscaling:UpdateAutoScalingGroup would have no effect/);
  farm.gateway.attach({ isCooling: () => true });
  t.is((await refusalOf(desired(1, { HonorCooldown: true }))).name, "ScalingActivityInProgressFault");
  await t.notThrowsAsync(desired(0), "unless told to, a user does not heed it");
});

test.serial("TerminateInstanceInAutoScalingGroup: members only, and not below the least size", async (t) => {
  const { farm, client, AutoScalingGroupName } = await farmOf(t, { name: "ended", size: 1 });
  const [first = ""] = await farm.untilHealthy(1);
  await client.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 1 }));
  const end = (InstanceId: string, ShouldDecrementDesiredCapacity: boolean) =>
    client.send(new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }));
  t.regex((await refusalOf(end("i-0123456789abcdef0", false))).message, /no group has an instance i-0123456789abcdef0/);
  t.regex((await refusalOf(end(first, true))).message, /ended has its least size, 1; do not decrement/);
  await end(first, false);
  await until("another is there", async () => !(await farm.untilHealthy(1)).includes(first));
  const [activity] = farm.groups.activities("ended").filter(({ description }) => description.includes(first));
  t.regex(activity?.cause ?? "", /taken out of service in response to a user request/);
});

test.serial(
  "a launch hook holds an instance back from service and balancer; an abandoned one is replaced",
  async (t) => {
    const { farm, client, desired, AutoScalingGroupName } = await farmOf(t, { name: "held", size: 0 });
    const hook = { AutoScalingGroupName, LifecycleHookName: "prepare" };
    await client.send(
      new PutLifecycleHookCommand({
        ...hook,
        LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
        HeartbeatTimeout: 3_600,
        DefaultResult: "CONTINUE",
      }),
    );
    await desired(1);
    const healthy = () => farm.events.filter(({ kind }) => kind === "service-healthy");
    const answer = (InstanceId: string, LifecycleActionResult: string) =>
      client.send(new CompleteLifecycleActionCommand({ ...hook, InstanceId, LifecycleActionResult }));
    const [first = ""] = await until("it answers", () => healthy().length === 1 && idsOf(farm));
    await looked(farm);
    t.deepEqual(farm.balancer.targets(), []);
    t.is(farm.hypervisor.instances()[0]?.state, "Pending");

    await answer(first, "ABANDON");
    const [second = ""] = await until(
      "another answers",
      () => healthy().length === 2 && !idsOf(farm).includes(first) && idsOf(farm),
    );
    const [ended] = farm.groups.activities("held").filter(({ description }) => /^Terminating/.test(description));
    t.regex(
      ended?.cause ?? "",
      new RegExp(`${first} was taken out of service in response to an abandoned lifecycle hook prepare`),
    );
    await answer(second, "CONTINUE");
    t.deepEqual(await farm.untilHealthy(1), [second]);
  },
);
