// What a sweep cannot remove now: said with its reason, and removed by a later one once that has gone.
import { CreateTableCommand, DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateVaultCommand, GlacierClient, ListJobsCommand, UploadArchiveCommand } from "@aws-sdk/client-glacier";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import test from "ava";
import { type Aws, openAws } from "../../../course/emptiness/aws.ts";
import { proveEmpty, sweepAway } from "../../../course/emptiness/empty.ts";
import { isEmpty } from "../../../course/emptiness/prove.ts";
import type { Emulator } from "../../../local/types.ts";
import { clientsOf } from "../../support/clients.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";
import { until } from "../../support/until.ts";

let emulator: Emulator;
let aws: Aws;
test.before(async () => {
  emulator = await testEmulator();
  const { endpoint, credentials } = clientOptions(emulator);
  aws = await openAws("us-east-1", { endpoint, credentials });
});
test.after.always(() => {
  aws?.close();
  return emulator?.stop();
});

/** Sweeps once. @returns reasons of what is kept, by name, and whether the account is empty then. */
async function sweepOnce(owner: string, wait = async () => {}) {
  const look = { aws, sought: { owners: [owner] }, regions: ["us-east-1"], wait };
  const { leftovers } = await proveEmpty(look);
  const { swept, proof } = await sweepAway(look, leftovers);
  return {
    kept: swept.flatMap(({ leftover, kept }) => (kept === undefined ? [] : [`${leftover.name}: ${kept}`])),
    proof,
  };
}

test("a vault with archives goes once Glacier has listed them", async (t) => {
  const glacier = clientsOf(emulator, "us-east-1").of(GlacierClient);
  const vault = { accountId: "-", vaultName: "cold-job-archive" };
  await glacier.send(new CreateVaultCommand(vault));
  for (const body of ["one", "two", "three"]) await glacier.send(new UploadArchiveCommand({ ...vault, body }));

  const first = await sweepOnce("cold");
  t.deepEqual(first.kept, [
    "cold-job-archive: it has 3 archives, and Glacier takes 3 to 5 hours to list them; that is asked for now: sweep again then",
  ]);
  t.false(isEmpty(first.proof));
  const { leftovers } = first.proof;
  t.is(leftovers[0]?.command, "annofarm course empty --owner cold --sweep", "no call of AWS's command line does it");

  const jobs = async () => (await glacier.send(new ListJobsCommand(vault))).JobList ?? [];
  await until("Glacier has listed the archives", async () => (await jobs()).some(({ Completed }) => Completed));
  const last = await sweepOnce("cold");
  t.deepEqual(last.kept, []);
  t.true(isEmpty(last.proof));
  t.is((await jobs().catch(() => [])).length, 0, "the second sweep asks for no second list");
});

const ownedBy = (ResourceType: "network-interface" | "route-table", Value: string) => [
  { ResourceType, Tags: [{ Key: "owner", Value }] },
];

test("what somebody else still uses is tried to the end, not taken for gone since an earlier try took its parts", async (t) => {
  const ec2 = clientsOf(emulator, "us-east-1").of(EC2Client);
  const inVpc = async (CidrBlock: string) => {
    const { Vpc: { VpcId = "" } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
    const { Subnet: { SubnetId = "" } = {} } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
    return { VpcId, SubnetId };
  };
  const { VpcId, SubnetId } = await inVpc("10.9.0.0/24");
  const { GroupId = "" } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: "held-web", Description: "web" }),
  );
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const { RouteTable: { RouteTableId = "" } = {} } = await ec2.send(
    new CreateRouteTableCommand({
      VpcId,
      TagSpecifications: ownedBy("route-table", "held"),
    }),
  );
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  const { NetworkInterface: { NetworkInterfaceId } = {} } = await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId,
      Groups: [GroupId],
      TagSpecifications: ownedBy("network-interface", "somebody-else"),
    }),
  );

  const stuck = await sweepOnce("held");
  t.is(stuck.kept.length, 1, stuck.kept.join("; "));
  t.regex(stuck.kept[0] ?? "", /^held-web: still in use after 600 s\. DependencyViolation/);
  t.deepEqual(
    stuck.proof.leftovers.map(({ id }) => id),
    [GroupId],
  );

  let rounds = 0;
  const freed = await sweepOnce("held", async () => {
    if (++rounds === 2) await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  });
  t.deepEqual(freed.kept, []);
  t.true(isEmpty(freed.proof));
});

test("a table that is protected from deletion is left, with the command that ends that", async (t) => {
  const dynamo = clientsOf(emulator, "us-east-1").of(DynamoDBClient);
  const TableName = "safe-annotations";
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      DeletionProtectionEnabled: true,
    }),
  );
  const first = await sweepOnce("safe");
  t.is(first.kept.length, 1);
  t.regex(
    first.kept[0] ?? "",
    /^safe-annotations: it is protected from deletion, as in production; aws dynamodb update-table --table-name safe-annotations --region us-east-1 --no-deletion-protection-enabled ends that$/,
  );
  await dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
  t.true(isEmpty((await sweepOnce("safe")).proof));
});

test("a subscriber's address is in no proof", async (t) => {
  const sns = clientsOf(emulator, "us-east-1").of(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "quiet-alarms" }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "ada@example.org" }));
  const proof = await proveEmpty({ aws, sought: { owners: ["quiet"] }, regions: ["us-east-1"] });
  t.true(proof.leftovers.some(({ id }) => id === TopicArn));
  t.false(JSON.stringify(proof).includes("ada@example.org"));
});
