// What EC2 does not launch: types in zones that do not offer them, and disks by a key that Auto Scaling may not use.
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  GetEbsDefaultKmsKeyIdCommand,
  ModifyEbsDefaultKmsKeyIdCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  type GrantOperation,
  KMSClient,
} from "@aws-sdk/client-kms";
import test from "ava";
import { activityEvent } from "../../../../local/aws/autoscaling/events.ts";
import type { Emulator } from "../../../../local/types.ts";
import { grantCommand } from "../../../../plan/iam/disk-key.ts";
import { clientOptions, testEmulator } from "../../../support/emulator.ts";
import { declareFarm } from "../../../support/farm.ts";
import { runFarm } from "../../../support/running-farm.ts";
import { until } from "../../../support/until.ts";
import { refusalOf } from "../../gateway/world.ts";

let emulator: Emulator;
let ec2: EC2Client;
let scaling: AutoScalingClient;
let kms: KMSClient;
test.beforeEach(async () => {
  emulator = await testEmulator();
  ec2 = new EC2Client(clientOptions(emulator));
  scaling = new AutoScalingClient(clientOptions(emulator));
  kms = new KMSClient(clientOptions(emulator));
});
test.afterEach.always(async () => {
  for (const client of [ec2, scaling, kms]) client?.destroy();
  await emulator?.stop();
});

const unsupported =
  "Your requested instance type (t4g.small) is not supported in your requested Availability Zone (us-east-1e). Please retry your " +
  "request by not specifying an Availability Zone or choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1f.";

test.serial("RunInstances refuses a type in a zone that does not offer it, by subnet and by placement", async (t) => {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const subnetIn = async (AvailabilityZone: string, CidrBlock: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, AvailabilityZone, CidrBlock }))).Subnet?.SubnetId;
  const run = (InstanceType: "t4g.small" | "t2.micro", place: object) =>
    ec2.send(new RunInstancesCommand({ ImageId: "ami-12345678", MinCount: 1, MaxCount: 1, InstanceType, ...place }));
  const [e, a] = [await subnetIn("us-east-1e", "10.9.0.0/24"), await subnetIn("us-east-1a", "10.9.1.0/24")];
  for (const place of [
    { SubnetId: e },
    { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: e }] },
    { Placement: { AvailabilityZone: "us-east-1e" } },
  ]) {
    const refusal = await refusalOf(run("t4g.small", place));
    t.deepEqual([refusal.name, refusal.message], ["Unsupported", unsupported]);
  }
  t.is((await run("t4g.small", { SubnetId: a })).Instances?.length, 1);
  t.is((await run("t2.micro", { SubnetId: e })).Instances?.length, 1, "an old type is offered there");
});

test.serial("a group whose zones all lack the type is refused, when it is made and when it is changed", async (t) => {
  const { launchTemplateId } = await declareFarm(emulator, { name: "placed", size: 0 });
  const command = (AvailabilityZones: string[]) => ({
    AutoScalingGroupName: "nowhere",
    MinSize: 0,
    MaxSize: 1,
    LaunchTemplate: { LaunchTemplateId: launchTemplateId },
    AvailabilityZones,
  });
  const refusal = await refusalOf(scaling.send(new CreateAutoScalingGroupCommand(command(["us-east-1e"]))));
  t.is(refusal.name, "ValidationError");
  t.is(refusal.message, `You must use a valid fully-formed launch template. ${unsupported}`);
  const groups = async (AutoScalingGroupNames: string[]) =>
    (await scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }))).AutoScalingGroups ?? [];
  t.deepEqual(await groups(["nowhere"]), []);

  const move = { AutoScalingGroupName: "placed", AvailabilityZones: ["us-east-1e"] };
  t.is((await refusalOf(scaling.send(new UpdateAutoScalingGroupCommand(move)))).name, "ValidationError");
  t.deepEqual((await groups(["placed"]))[0]?.AvailabilityZones, ["us-east-1a", "us-east-1b"]);

  // A policy may choose another type, which the zone has.
  const { LaunchTemplate: LaunchTemplateSpecification, ...rest } = { ...command(["us-east-1e"]), MinSize: 1 };
  const types = (...all: string[]) => ({
    MixedInstancesPolicy: {
      LaunchTemplate: { LaunchTemplateSpecification, Overrides: all.map((InstanceType) => ({ InstanceType })) },
    },
  });
  const mixed = (...all: string[]) => scaling.send(new CreateAutoScalingGroupCommand({ ...rest, ...types(...all) }));
  t.is((await refusalOf(mixed("t4g.small", "t4g.medium"))).name, "ValidationError");
  await mixed("t4g.small", "t2.micro");
  t.is((await groups(["nowhere"]))[0]?.Instances?.length, 1);
});

test.serial("a group with one such zone launches in the other, after a failure that is told", async (t) => {
  const farm = await runFarm(emulator, { name: "uneven", size: 2, zones: ["e", "a"] });
  t.teardown(() => farm.stop());
  await farm.untilHealthy(2);
  const { AutoScalingGroups: [group] = [] } = await scaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["uneven"] }),
  );
  t.deepEqual([...new Set(group?.Instances?.map(({ AvailabilityZone }) => AvailabilityZone))], ["us-east-1a"]);
  const failed = farm.groups.activities("uneven").filter(({ status }) => status === "Failed");
  t.is(failed.length, 2);
  for (const activity of failed) {
    const message = `${unsupported} Launching EC2 instance failed.`;
    t.like(activity, {
      description: `Launching a new EC2 instance.  Status Reason: ${message}`,
      statusMessage: message,
    });
    t.like(activityEvent(activity, "arn"), { "detail-type": "EC2 Instance Launch Unsuccessful" });
    t.like(activityEvent(activity, "arn")?.detail, { EC2InstanceId: "", StatusMessage: message });
  }
});

/** The account's default key for disks is one of its own. */
async function chooseKey(): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const arn = KeyMetadata?.Arn ?? "";
  await ec2.send(new ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: arn }));
  await ec2.send(new EnableEbsEncryptionByDefaultCommand({}));
  return arn;
}

test.serial(
  "instances end before they run by a default key without a grant, and start once there is one",
  async (t) => {
    t.is((await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}))).KmsKeyId, "alias/aws/ebs");
    const arn = await chooseKey();
    t.is((await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}))).KmsKeyId, arn);
    const farm = await runFarm(emulator, { name: "locked", size: 1 });
    t.teardown(() => farm.stop());
    const failures = () => farm.groups.activities("locked").filter(({ status }) => status === "Failed");
    const [first] = await until("the launch has failed", () => failures().length > 0 && failures());
    t.regex(first?.description ?? "", /^Launching a new EC2 instance: i-\w+\. {2}Status Reason: /);
    t.regex(first?.statusMessage ?? "", /Termination Reason: Client\.InternalError: Client error on launch$/);
    t.deepEqual(farm.hypervisor.instances(), []);
    t.like(first && activityEvent(first, "arn"), { "detail-type": "EC2 Instance Launch Unsuccessful" });

    // As `annofarm doctor` says it.
    const words = grantCommand(arn, emulator.accountId).split(" ");
    const after = (option: string) => words.slice(words.indexOf(option) + 1);
    await kms.send(
      new CreateGrantCommand({
        KeyId: after("--key-id")[0],
        GranteePrincipal: after("--grantee-principal")[0],
        Operations: after("--operations") as GrantOperation[],
      }),
    );
    const [instance = ""] = await farm.untilHealthy(1);
    t.false(first?.description.includes(instance), "another one came in its place");
  },
);

test.serial("a default key that is disabled is told as such", async (t) => {
  const arn = await chooseKey();
  await kms.send(new DisableKeyCommand({ KeyId: arn.slice(arn.lastIndexOf("/") + 1) }));
  const farm = await runFarm(emulator, { name: "disabled", size: 1 });
  t.teardown(() => farm.stop());
  const failed = () => farm.groups.activities("disabled").find(({ status }) => status === "Failed");
  const activity = await until("the launch has failed", failed);
  t.regex(
    activity.statusMessage ?? "",
    /Client\.InvalidKMSKey\.InvalidState: The KMS key provided is in an incorrect state$/,
  );
});
