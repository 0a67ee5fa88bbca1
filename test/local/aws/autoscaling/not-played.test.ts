// Calls that the emulator would accept without any effect on what runs here.
import {
  AttachInstancesCommand,
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DetachInstancesCommand,
  EnterStandbyCommand,
  ExecutePolicyCommand,
  ExitStandbyCommand,
  PutNotificationConfigurationCommand,
  PutWarmPoolCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstancesCommand,
  EC2Client,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import test from "ava";
import { notPlayed } from "../../../../local/aws/autoscaling/not-played.ts";
import { type GatewayWorld, gatewayWorld, refusalOf } from "../../gateway/world.ts";

let world: GatewayWorld;
test.before(async () => {
  world = await gatewayWorld();
});
test.after.always(() => world?.stop());

const AutoScalingGroupName = "farm";
const InstanceIds = ["i-0123456789abcdef0"];
const autoScaling = {
  AttachInstances: new AttachInstancesCommand({ AutoScalingGroupName, InstanceIds }),
  DetachInstances: new DetachInstancesCommand({
    AutoScalingGroupName,
    InstanceIds,
    ShouldDecrementDesiredCapacity: true,
  }),
  EnterStandby: new EnterStandbyCommand({ AutoScalingGroupName, InstanceIds, ShouldDecrementDesiredCapacity: true }),
  ExitStandby: new ExitStandbyCommand({ AutoScalingGroupName, InstanceIds }),
  PutNotificationConfiguration: new PutNotificationConfigurationCommand({
    AutoScalingGroupName,
    TopicARN: "arn:aws:sns:us-east-1:123456789012:t",
    NotificationTypes: ["autoscaling:EC2_INSTANCE_LAUNCH"],
  }),
  PutWarmPool: new PutWarmPoolCommand({ AutoScalingGroupName }),
  ExecutePolicy: new ExecutePolicyCommand({ AutoScalingGroupName, PolicyName: "out" }),
};
const ec2 = {
  RebootInstances: new RebootInstancesCommand({ InstanceIds }),
  RunInstances: new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1 }),
  StartInstances: new StartInstancesCommand({ InstanceIds }),
  StopInstances: new StopInstancesCommand({ InstanceIds }),
  TerminateInstances: new TerminateInstancesCommand({ InstanceIds }),
};

test("each is refused by its name, with what to do instead", async (t) => {
  t.deepEqual(Object.keys(autoScaling).sort(), Object.keys(notPlayed.autoscaling).sort());
  t.deepEqual(Object.keys(ec2).sort(), Object.keys(notPlayed.ec2).sort());
  const options = world.through(world.gateway.administrator);
  const [scaling, machines] = [new AutoScalingClient(options), new EC2Client(options)];
  const calls = [
    ...Object.entries(autoScaling).map(([name, command]) => [
      `autoscaling:${name}`,
      () => scaling.send(command as never),
    ]),
    ...Object.entries(ec2).map(([name, command]) => [`ec2:${name}`, () => machines.send(command as never)]),
  ] as [string, () => Promise<unknown>][];
  for (const [name, call] of calls) {
    const refusal = await refusalOf(call());
    t.is(refusal.$metadata?.httpStatusCode, 501, name);
    t.is(refusal.name, "NotImplemented", name);
    const [said = "", instead = ""] = refusal.message.split("; ");
    t.is(said, `${name} would have no effect on this machine`);
    t.regex(instead, /set-desired-capacity|declare it in the program|aws cloudwatch set-alarm-state/, name);
  }
});

test("to look is no deed: what describes is answered", async (t) => {
  const options = world.through(world.gateway.administrator);
  await t.notThrowsAsync(new AutoScalingClient(options).send(new DescribeAutoScalingGroupsCommand({})));
  await t.notThrowsAsync(new EC2Client(options).send(new DescribeInstancesCommand({})));
});
