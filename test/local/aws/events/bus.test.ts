// What Auto Scaling tells reaches the topics of the rules that ask for it.
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import type { Activity } from "../../../../local/aws/autoscaling/activities.ts";
import { activityEvent, groupArn, refreshEvent } from "../../../../local/aws/autoscaling/events.ts";
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

test("nothing is told of what goes on, and each end of a refresh has its word", (t) => {
  t.is(activityEvent(launch("web", {}), "arn"), undefined);
  const wordOf = (status: RefreshStatus) =>
    refreshEvent({ id: "r", groupName: "web", status } as InstanceRefresh, "arn", 0)?.["detail-type"];
  t.is(wordOf("Pending"), undefined);
  t.is(wordOf("Failed"), "EC2 Auto Scaling Instance Refresh Failed");
  t.is(wordOf("RollbackInProgress"), "EC2 Auto Scaling Instance Refresh Rollback Started");
});
