// Calls that the emulator would accept without any effect on what runs here.
import {
  AttachInstancesCommand,
  AttachLoadBalancersCommand,
  AutoScalingClient,
  CreateLaunchConfigurationCommand,
  DeleteLaunchConfigurationCommand,
  DeletePolicyCommand,
  DeleteWarmPoolCommand,
  DescribeAutoScalingGroupsCommand,
  DetachInstancesCommand,
  DetachLoadBalancersCommand,
  EnterStandbyCommand,
  ExecutePolicyCommand,
  ExitStandbyCommand,
  PutNotificationConfigurationCommand,
  PutScalingPolicyCommand,
  PutWarmPoolCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  DescribeInstancesCommand,
  EC2Client,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DeregisterTargetsCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
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
  PutScalingPolicy: new PutScalingPolicyCommand({ AutoScalingGroupName, PolicyName: "out" }),
  DeletePolicy: new DeletePolicyCommand({ AutoScalingGroupName, PolicyName: "out" }),
  AttachLoadBalancers: new AttachLoadBalancersCommand({ AutoScalingGroupName, LoadBalancerNames: ["old"] }),
  DetachLoadBalancers: new DetachLoadBalancersCommand({ AutoScalingGroupName, LoadBalancerNames: ["old"] }),
  DeleteWarmPool: new DeleteWarmPoolCommand({ AutoScalingGroupName }),
  DeleteLaunchConfiguration: new DeleteLaunchConfigurationCommand({ LaunchConfigurationName: "old" }),
  CreateLaunchConfiguration: new CreateLaunchConfigurationCommand({ LaunchConfigurationName: "old" }),
};
const ec2 = {
  RebootInstances: new RebootInstancesCommand({ InstanceIds }),
  RunInstances: new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1 }),
  StartInstances: new StartInstancesCommand({ InstanceIds }),
  StopInstances: new StopInstancesCommand({ InstanceIds }),
  TerminateInstances: new TerminateInstancesCommand({ InstanceIds }),
};
const AlarmNames = ["busy"];
const monitoring = {
  DeleteAlarms: new DeleteAlarmsCommand({ AlarmNames }),
  DisableAlarmActions: new DisableAlarmActionsCommand({ AlarmNames }),
  EnableAlarmActions: new EnableAlarmActionsCommand({ AlarmNames }),
  PutMetricAlarm: new PutMetricAlarmCommand({
    AlarmName: "busy",
    ComparisonOperator: "GreaterThanThreshold",
    EvaluationPeriods: 1,
  }),
};
const targets = {
  TargetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/t/1",
  Targets: [{ Id: "i-1" }],
};
const elasticloadbalancing = {
  DeregisterTargets: new DeregisterTargetsCommand(targets),
  RegisterTargets: new RegisterTargetsCommand(targets),
};

test("each is refused by its name, with what to do instead", async (t) => {
  const options = world.through(world.gateway.administrator);
  const services = {
    autoscaling: [autoScaling, new AutoScalingClient(options)],
    ec2: [ec2, new EC2Client(options)],
    elasticloadbalancing: [elasticloadbalancing, new ElasticLoadBalancingV2Client(options)],
    monitoring: [monitoring, new CloudWatchClient(options)],
  } as const;
  t.deepEqual(Object.keys(services).sort(), Object.keys(notPlayed).sort());
  const calls = Object.entries(services).flatMap(([service, [commands, client]]) => {
    t.deepEqual(Object.keys(commands).sort(), Object.keys(notPlayed[service as keyof typeof notPlayed]).sort());
    return Object.entries(commands).map(
      ([name, command]) => [`${service}:${name}`, () => (client as EC2Client).send(command as never)] as const,
    );
  });
  for (const [name, call] of calls) {
    const refusal = await refusalOf(call());
    t.is(refusal.$metadata?.httpStatusCode, 501, name);
    t.is(refusal.name, "NotImplemented", name);
    const [said = "", instead = ""] = refusal.message.split("; ");
    t.is(said, `${name} would have no effect on this machine`);
    t.regex(
      instead,
      /set-desired-capacity|declare it in the program|aws cloudwatch set-alarm-state|target groups|launch templates/,
      name,
    );
  }
});

test("to look is no deed: what describes is answered", async (t) => {
  const options = world.through(world.gateway.administrator);
  await t.notThrowsAsync(new AutoScalingClient(options).send(new DescribeAutoScalingGroupsCommand({})));
  await t.notThrowsAsync(new EC2Client(options).send(new DescribeInstancesCommand({})));
});
