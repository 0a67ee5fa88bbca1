// What is read from AWS and asked of it, through the real SDK: more than one page of everything, tags removed and forged.
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  SetInstanceProtectionCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import test from "ava";
import { openJobsSent } from "../../../course/lifetime/jobs-sent.ts";
import { type AccountObserver, openAccount } from "../../../course/money/account.ts";
import { openMail } from "../../../course/money/mail.ts";
import { openGroups } from "../../../course/stacks/groups.ts";
import type { SizesBefore } from "../../../course/stacks/sizes.ts";
import { freezeGroups, isLoose, thawGroups } from "../../../course/stacks/sizes.ts";
import type { Activity } from "../../../local/aws/autoscaling/activities.ts";
import { type GatewayWorld, gatewayWorld } from "../../local/gateway/world.ts";
import { minute } from "./world.ts";

const stack = "gas26-saaaaaa";
const now = Date.now();

/** 250 activities of two groups of the course, one of another's: three pages, newest first. */
const activities = Array.from({ length: 251 }, (_, index): Activity => {
  const instance = `i-${String(Math.floor(index / 2)).padStart(17, "0")}`;
  const launches = index % 2 === 1;
  return {
    activityId: `a-${index}`,
    groupName: index === 250 ? "else-web" : `${stack}-${index % 3 === 0 ? "web" : "annotator"}`,
    description: `${launches ? "Launching a new" : "Terminating"} EC2 instance: ${instance}`,
    cause: "At …",
    startTime: now - (index + 1) * minute,
    ...(index === 0 ? {} : { endTime: now - (index + 1) * minute + 20_000 }),
    status: index === 0 ? "InProgress" : index === 7 ? "Failed" : "Successful",
  };
});

let world: GatewayWorld;
let account: AccountObserver;
test.before(async () => {
  world = await gatewayWorld();
  world.gateway.attach({ activities: () => activities });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: world.gateway.administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: world.gateway.administrator.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: world.gateway.endpoint,
  });
  account = openAccount("us-east-1");
});
test.after.always(async () => {
  account?.close();
  await world?.stop();
});

test("activities of every page are read, and of this course only", async (t) => {
  const found = await account.activities("gas26", 0);
  t.is(found.length, 250);
  t.deepEqual([found[0]?.status, found[0]?.endedAt, found[0]?.what], ["under way", undefined, "terminate"]);
  t.is(found[7]?.status, "failed");
  t.is(found[249]?.instanceId, `i-${"124".padStart(17, "0")}`);
  t.true(found.every(({ owner }) => owner === stack));
  t.is((await account.activities("gas26", now - 120 * minute)).length, 120, "since then");
});

test("instances of every page are read, whatever became of their tags", async (t) => {
  const ec2 = new EC2Client(world.direct);
  // Groups of the other tests have instances too.
  const [course, stack] = ["gas28", "gas28-saaaaaa"];
  const ids: string[] = [];
  for (let n = 0; n < 130; n++) {
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-12c6146b",
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [
          {
            ResourceType: "instance",
            Tags: [
              { Key: "owner", Value: n < 120 ? stack : "else-s" },
              { Key: "aws:autoscaling:groupName", Value: n < 120 ? `${stack}-web` : "else-web" },
            ],
          },
        ],
      }),
    );
    ids.push(Instances[0]?.InstanceId ?? "");
  }
  const [removed = "", forged = "", ended = ""] = ids;
  await ec2.send(new DeleteTagsCommand({ Resources: [removed], Tags: [{ Key: "owner" }] }));
  await ec2.send(
    new CreateTagsCommand({ Resources: [forged], Tags: [{ Key: "owner", Value: `${course}-../../mine` }] }),
  );
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [ended] }));
  const found = await account.instances(course);
  t.deepEqual(found.map(({ id }) => id).sort(), ids.slice(0, 120).sort());
  t.true(found.every(({ owner, type, spot }) => owner === stack && type === "t3.micro" && !spot));
  const gone = found.find(({ id }) => id === ended);
  t.false(gone?.runs ?? true);
  t.true(Math.abs((gone?.endedAt ?? 0) - Date.now()) < 10 * minute, "EC2 says when");
  t.is(found.filter(({ runs }) => runs).length, 119);
  ec2.destroy();
});

test("an owner that is no name of a stack becomes no name of a file", async (t) => {
  const ec2 = new EC2Client(world.direct);
  const one = { ImageId: "ami-12c6146b", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 } as const;
  const tags = [{ Key: "owner", Value: "gas27-../../../home/staff/.ssh/x" }];
  await ec2.send(new RunInstancesCommand({ ...one, TagSpecifications: [{ ResourceType: "instance", Tags: tags }] }));
  t.deepEqual(
    (await account.instances("gas27")).map(({ owner }) => owner),
    ["gas27-unknown"],
  );
  ec2.destroy();
});

test("groups of every page are found, frozen by the real API, and put back", async (t) => {
  const [ec2, scaling] = [new EC2Client(world.direct), new AutoScalingClient(world.direct)];
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: "template",
      LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "t3.micro" },
    }),
  );
  for (let n = 0; n < 104; n++) {
    const size = n === 103 ? 3 : 0;
    await scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: `gas26-s${String(n).padStart(6, "a")}-web`,
        LaunchTemplate: { LaunchTemplateName: "template" },
        MinSize: size === 0 ? 0 : 1,
        MaxSize: 9,
        DesiredCapacity: size,
        AvailabilityZones: ["us-east-1a"],
        Tags: [{ Key: "owner", Value: `gas26-s${String(n).padStart(6, "a")}`, PropagateAtLaunch: true }],
      }),
    );
  }
  t.is((await account.groups("gas26")).length, 104);
  const last = "gas26-saaa103";
  const named = { AutoScalingGroupName: `${last}-web` };
  const describe = async () => {
    const wanted = { AutoScalingGroupNames: [named.AutoScalingGroupName] };
    return (await scaling.send(new DescribeAutoScalingGroupsCommand(wanted))).AutoScalingGroups?.[0];
  };
  const InstanceIds = ((await describe())?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
  t.is(InstanceIds.length, 3);
  await scaling.send(new SetInstanceProtectionCommand({ ...named, InstanceIds, ProtectedFromScaleIn: true }));

  const control = openGroups({ region: "us-east-1" });
  const groupsOf = async (owner: string) => (await account.groups("gas26")).filter((group) => group.owner === owner);
  let kept: SizesBefore = {};
  const remember = async (sizes: SizesBefore) => {
    kept = sizes;
  };
  t.is((await groupsOf(last))[0]?.shielded.length, 3);
  await freezeGroups(await groupsOf(last), { control, before: {}, remember });
  t.deepEqual(kept, { [`${last}-web`]: { min: 1, max: 9, desired: 3 } });
  await freezeGroups(await groupsOf(last), { control, before: kept, remember });
  t.deepEqual((await groupsOf(last)).map(isLoose), [false]);
  t.is((await groupsOf("gas26-saaa102"))[0]?.max, 9, "nobody else's");

  await thawGroups(last, await groupsOf(last), control, kept);
  const after = await describe();
  t.deepEqual([after?.MinSize, after?.MaxSize, after?.DesiredCapacity], [1, 9, 3]);
  t.deepEqual(after?.SuspendedProcesses ?? [], []);
  control.close();
  ec2.destroy();
  scaling.destroy();
});

test("jobs sent are read for more stacks than one call takes", async (t) => {
  const cloudwatch = new CloudWatchClient(world.direct);
  const stacks = Array.from({ length: 510 }, (_, index) => `gas26-s${String(index).padStart(6, "b")}`);
  const hour = 60 * minute;
  const put = (name: string, value: number, at: number) =>
    cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: "AWS/SQS",
        MetricData: [
          {
            MetricName: "NumberOfMessagesSent",
            Dimensions: [{ Name: "QueueName", Value: name }],
            Value: value,
            Timestamp: new Date(at),
          },
        ],
      }),
    );
  await put(`${stacks[0]}-annotator`, 3, now - 30 * hour);
  await put(`${stacks[0]}-annotator`, 0, now - 3 * hour);
  await put(`${stacks[509]}-annotator`, 1, now - 5 * hour);
  await put(`${stacks[1]}-notify`, 9, now - 2 * hour);
  const jobs = openJobsSent("us-east-1", "-annotator");
  const found = await jobs.lastSent(stacks, now - 7 * 24 * hour, now);
  t.deepEqual([...found.keys()].sort(), [stacks[0], stacks[509]].sort());
  t.true(Math.abs((found.get(stacks[0] as string) ?? 0) - (now - 30 * hour)) <= hour);
  jobs.close();
  cloudwatch.destroy();
});

test("mail goes to staff through SES", async (t) => {
  const ses = new SESv2Client(world.direct);
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: "staff@example.org" }));
  const mail = openMail("us-east-1", "staff@example.org");
  await mail.send({ subject: "gas26: budget brake, 1 × freeze", text: "gas26-saaaaaa: frozen.\n" });
  const [message] = world.gateway.mails();
  t.is(message?.subject, "gas26: budget brake, 1 × freeze");
  t.regex(JSON.stringify(message), /gas26-saaaaaa: frozen/);
  mail.close();
  ses.destroy();
});
