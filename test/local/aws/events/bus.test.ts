// What Auto Scaling tells reaches the topics of the rules that ask for it.
import { CreateKeyCommand, KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import type { Activity } from "../../../../local/aws/autoscaling/activities.ts";
import { activityEvent, groupArn, refreshEvent } from "../../../../local/aws/autoscaling/events.ts";
import { createAlarmBoard } from "../../../../local/aws/cloudwatch/alarms.ts";
import { createEventBus } from "../../../../local/aws/events/bus.ts";
import type { Emulator } from "../../../../local/types.ts";
import type { InstanceRefresh, RefreshStatus } from "../../../../scaling/refresh/refresh.ts";
import { testEmulator } from "../../../support/emulator.ts";
import { livesIn } from "../../resources/life.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

const launch = (groupName: string, change: Partial<Activity>): Activity => ({
  activityId: "a-1",
  groupName,
  description: "Launching a new EC2 instance: i-0123",
  cause: "At 2026-11-27T00:00:00Z someone asked for it.",
  startTime: 0,
  status: "InProgress",
  ...change,
});

test("a failed launch of a group is delivered, another group's and a success are not", async (t) => {
  const lives = livesIn(emulator);
  const topic = await lives.create("aws:sns/topic:Topic", { name: "told" });
  const queue = await lives.create("aws:sqs/queue:Queue", { name: "reader" });
  await lives.create("aws:sns/topicSubscription:TopicSubscription", {
    ...{ topic: topic.outputs.arn, protocol: "sqs", endpoint: queue.outputs.arn, rawMessageDelivery: true },
  });
  const eventPattern = JSON.stringify({
    "detail-type": ["EC2 Instance Launch Unsuccessful", "EC2 Auto Scaling Instance Refresh Failed"],
    detail: { AutoScalingGroupName: ["web"] },
  });
  const rule = await lives.create("aws:cloudwatch/eventRule:EventRule", { name: "failures", eventPattern });
  t.is(rule.outputs.arn, "arn:aws:events:us-east-1:123456789012:rule/failures");
  const target = { rule: "failures", targetId: "one", arn: topic.outputs.arn };
  await lives.create("aws:cloudwatch/eventTarget:EventTarget", target);

  const bus = createEventBus(emulator, (error) => t.fail(String(error)));
  const failed = { status: "Failed", endTime: 1_000, statusMessage: "no capacity" } as const;
  for (const activity of [
    launch("annotator", failed),
    launch("web", { status: "Successful", endTime: 1_000 }),
    launch("web", failed),
  ]) {
    const event = activityEvent(activity, groupArn(emulator, activity.groupName));
    if (event !== undefined) await bus.put(event);
  }
  bus.destroy();

  const sqs = lives.context.client(SQSClient);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queue.id, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  const [message, more] = Messages.map(({ Body = "" }) => JSON.parse(Body));
  t.is(more, undefined);
  t.like(message, {
    "detail-type": "EC2 Instance Launch Unsuccessful",
    source: "aws.autoscaling",
    account: "123456789012",
    time: "1970-01-01T00:00:01Z",
    resources: ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/web"],
  });
  t.like(message.detail, { AutoScalingGroupName: "web", EC2InstanceId: "i-0123", StatusMessage: "no capacity" });
});

test("an encrypted topic is told only by services that its key's policy lets in", async (t) => {
  const lives = livesIn(emulator);
  const kms = lives.context.client(KMSClient);
  const { KeyMetadata: { Arn: key = "", KeyId = "" } = {} } = await kms.send(new CreateKeyCommand({}));
  const sealed = await lives.create("aws:sns/topic:Topic", { name: "sealed", kmsMasterKeyId: key });
  const ofAws = await lives.create("aws:sns/topic:Topic", { name: "of-aws", kmsMasterKeyId: "alias/aws/sns" });
  const queue = await lives.create("aws:sqs/queue:Queue", { name: "sealed-reader" });
  await lives.create("aws:sns/topicSubscription:TopicSubscription", {
    ...{ topic: sealed.outputs.arn, protocol: "sqs", endpoint: queue.outputs.arn, rawMessageDelivery: true },
  });
  const eventPattern = JSON.stringify({ source: ["aws.autoscaling"], detail: { AutoScalingGroupName: ["sealed"] } });
  await lives.create("aws:cloudwatch/eventRule:EventRule", { name: "sealed", eventPattern });
  await lives.create("aws:cloudwatch/eventTarget:EventTarget", {
    rule: "sealed",
    targetId: "one",
    arn: sealed.outputs.arn,
  });

  const errors: string[] = [];
  const onError = (error: unknown) => void errors.push(String(error));
  const [bus, board] = [createEventBus(emulator, onError), createAlarmBoard(emulator, onError)];
  const activity = launch("sealed", { status: "Failed", endTime: 1_000, statusMessage: "no capacity" });
  const event = activityEvent(activity, "arn");
  const tell = async () => {
    if (event !== undefined) await bus.put(event);
    await board.notify({
      at: 0,
      alarm: "high",
      state: "ALARM",
      reason: "a test",
      actions: [String(sealed.outputs.arn)],
    });
    return errors.splice(0);
  };
  const refused = await tell();
  t.is(refused.length, 2);
  for (const [index, service] of ["events", "cloudwatch"].entries()) {
    t.regex(
      refused[index] ?? "",
      new RegExp(
        `KMSAccessDenied: .*:sealed was not told .* does not allow ${service}\\.amazonaws\\.com kms:GenerateDataKey and kms:Decrypt`,
      ),
    );
  }
  const statement = (service: string) => ({
    ...{ Effect: "Allow", Action: ["kms:GenerateDataKey*", "kms:Decrypt"], Resource: "*" },
    Principal: { Service: `${service}.amazonaws.com` },
  });
  const allow = (...names: string[]) =>
    kms.send(
      new PutKeyPolicyCommand({
        KeyId,
        PolicyName: "default",
        Policy: JSON.stringify({ Statement: names.map(statement) }),
      }),
    );
  await allow("events");
  t.regex((await tell()).join(), /does not allow cloudwatch\.amazonaws\.com/);
  await allow("events", "cloudwatch");
  t.deepEqual(await tell(), []);
  await board.notify({ at: 0, alarm: "high", state: "OK", reason: "a test", actions: [String(ofAws.outputs.arn)] });
  t.regex(errors.join(), /of-aws was not told .*alias\/aws\/sns is AWS's own/);
  bus.destroy();
  board.destroy();
  const { Messages = [] } = await lives.context
    .client(SQSClient)
    .send(new ReceiveMessageCommand({ QueueUrl: queue.id, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
  t.is(Messages.length, 3, "of the rule twice, of the alarm once");
});

test("nothing is told of what goes on, and each end of a refresh has its word", (t) => {
  t.is(activityEvent(launch("web", {}), "arn"), undefined);
  const wordOf = (status: RefreshStatus) =>
    refreshEvent({ id: "r", groupName: "web", status } as InstanceRefresh, "arn", 0)?.["detail-type"];
  t.is(wordOf("Pending"), undefined);
  t.is(wordOf("Failed"), "EC2 Auto Scaling Instance Refresh Failed");
  t.is(wordOf("RollbackInProgress"), "EC2 Auto Scaling Instance Refresh Rollback Started");
});
