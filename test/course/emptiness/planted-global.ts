/** What is in no region, or in one list over all regions. */
import { BudgetsClient, CreateBudgetCommand } from "@aws-sdk/client-budgets";
import { CloudWatchClient, PutDashboardCommand } from "@aws-sdk/client-cloudwatch";
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ChangeResourceRecordSetsCommand, type ResourceRecordSet, Route53Client } from "@aws-sdk/client-route-53";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type Clients, sure, tagList } from "../../support/clients.ts";
import type { Planted, Shared } from "./planted-types.ts";

type Tags = Readonly<Record<string, string>>;

const anything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

async function plantRole(iam: IAMClient, owner: string, tags: Tags): Promise<Planted> {
  const RoleName = `${owner}-web`;
  const Tags = tagList(tags);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: anything, Tags }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "service", PolicyDocument: anything }));
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: `${owner}-more`, PolicyDocument: anything, Tags }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: RoleName, Tags }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: RoleName, RoleName }));
  return { "IAM role": RoleName, "instance profile": RoleName, "IAM policy": sure(Policy?.Arn, "policy") };
}

/** A bucket with two versions and a delete marker, which hides both. */
export async function plantBucket({ of, region }: Clients, owner: string, tags: Tags): Promise<Planted> {
  const s3 = of(S3Client);
  const Bucket = `${owner}-inputs-123456789012-${region}`;
  const place =
    region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" } };
  await s3.send(new CreateBucketCommand({ Bucket, ...place }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  for (const Body of ["one", "two"]) await s3.send(new PutObjectCommand({ Bucket, Key: "gas/u/a.vcf", Body }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "gas/u/a.vcf" }));
  if (Object.keys(tags).length > 0) {
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(tags) } }));
  }
  return { "S3 bucket": Bucket };
}

export async function plantGlobal(
  { of }: Clients,
  owner: string,
  { zoneId, zone }: Shared,
  tags: Tags,
): Promise<Planted> {
  const DashboardName = owner;
  await of(CloudWatchClient).send(new PutDashboardCommand({ DashboardName, DashboardBody: '{"widgets":[]}' }));
  const Budget = {
    BudgetName: `${owner}-month`,
    BudgetType: "COST",
    TimeUnit: "MONTHLY",
    BudgetLimit: { Amount: "40", Unit: "USD" },
  } as const;
  await of(BudgetsClient).send(new CreateBudgetCommand({ AccountId: "123456789012", Budget }));
  const Name = `${owner}.${zone}`;
  const ResourceRecordSet: ResourceRecordSet = { Name, Type: "A", TTL: 60, ResourceRecords: [{ Value: "192.0.2.1" }] };
  const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet }] };
  await of(Route53Client).send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
  return {
    "CloudWatch dashboard": DashboardName,
    "AWS budget": Budget.BudgetName,
    "Route 53 record": `${zoneId} ${Name} A`,
    ...(await plantRole(of(IAMClient), owner, tags)),
  };
}
