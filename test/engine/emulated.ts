/**
 * Everything that stands in an emulator, service by service, through its API: what a destroyed stack must not leave behind.
 * Identities that send mail are not among them: the emulator has no call that lists them.
 */
import { ACMClient, ListCertificatesCommand } from "@aws-sdk/client-acm";
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeInternetGatewaysCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { GlacierClient, ListVaultsCommand } from "@aws-sdk/client-glacier";
import { IAMClient, ListInstanceProfilesCommand, ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListHostedZonesCommand, ListResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Emulator } from "../../local/types.ts";
import { clientOptions } from "../support/emulator.ts";

type Names = readonly (string | undefined)[];

/** Ids or names by kind; a kind of which there is nothing is an empty list. */
export async function emulated(emulator: Emulator): Promise<Readonly<Record<string, readonly string[]>>> {
  const options = clientOptions(emulator);
  const [acm, scaling, watch] = [new ACMClient(options), new AutoScalingClient(options), new CloudWatchClient(options)];
  const [logs, dynamo, ec2] = [new CloudWatchLogsClient(options), new DynamoDBClient(options), new EC2Client(options)];
  const [elb, glacier] = [new ElasticLoadBalancingV2Client(options), new GlacierClient(options)];
  const [iam, dns, s3] = [new IAMClient(options), new Route53Client(options), new S3Client(options)];
  const [sns, sqs] = [new SNSClient(options), new SQSClient(options)];
  const zones = async () => (await dns.send(new ListHostedZonesCommand({}))).HostedZones ?? [];

  const kinds: Readonly<Record<string, () => Promise<Names | undefined>>> = {
    certificates: async () =>
      (await acm.send(new ListCertificatesCommand({}))).CertificateSummaryList?.map((each) => each.CertificateArn),
    groups: async () =>
      (await scaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups?.map(
        (each) => each.AutoScalingGroupName,
      ),
    scalingPolicies: async () =>
      (await scaling.send(new DescribePoliciesCommand({}))).ScalingPolicies?.map((each) => each.PolicyName),
    alarms: async () => (await watch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.map((each) => each.AlarmName),
    dashboards: async () =>
      (await watch.send(new ListDashboardsCommand({}))).DashboardEntries?.map((each) => each.DashboardName),
    logGroups: async () =>
      (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map((each) => each.logGroupName),
    tables: async () => (await dynamo.send(new ListTablesCommand({}))).TableNames,
    vpcs: async () => (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.map((each) => each.VpcId),
    subnets: async () => (await ec2.send(new DescribeSubnetsCommand({}))).Subnets?.map((each) => each.SubnetId),
    internetGateways: async () =>
      (await ec2.send(new DescribeInternetGatewaysCommand({}))).InternetGateways?.map((each) => each.InternetGatewayId),
    securityGroups: async () =>
      (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups?.map((each) => each.GroupId),
    endpoints: async () =>
      (await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints?.filter(
        ({ State }) => State?.toLowerCase() !== "deleted",
      ).map((each) => each.VpcEndpointId),
    launchTemplates: async () =>
      (await ec2.send(new DescribeLaunchTemplatesCommand({}))).LaunchTemplates?.map((each) => each.LaunchTemplateName),
    balancers: async () =>
      (await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers?.map((each) => each.LoadBalancerArn),
    targetGroups: async () =>
      (await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups?.map((each) => each.TargetGroupArn),
    vaults: async () =>
      (await glacier.send(new ListVaultsCommand({ accountId: "-" }))).VaultList?.map((each) => each.VaultName),
    roles: async () => (await iam.send(new ListRolesCommand({}))).Roles?.map((each) => each.RoleName),
    instanceProfiles: async () =>
      (await iam.send(new ListInstanceProfilesCommand({}))).InstanceProfiles?.map((each) => each.InstanceProfileName),
    policies: async () =>
      (await iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies?.map((each) => each.PolicyName),
    zones: async () => (await zones()).map((each) => each.Name),
    records: async () => {
      const sets = (await zones()).map(({ Id }) => dns.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id })));
      return (await Promise.all(sets)).flatMap(({ ResourceRecordSets = [] }) =>
        ResourceRecordSets.filter(({ Type }) => Type !== "NS" && Type !== "SOA").map(
          ({ Name, Type }) => `${Type} ${Name}`,
        ),
      );
    },
    buckets: async () => (await s3.send(new ListBucketsCommand({}))).Buckets?.map((each) => each.Name),
    topics: async () => (await sns.send(new ListTopicsCommand({}))).Topics?.map((each) => each.TopicArn),
    subscriptions: async () =>
      (await sns.send(new ListSubscriptionsCommand({}))).Subscriptions?.map((each) => each.SubscriptionArn),
    queues: async () => (await sqs.send(new ListQueuesCommand({}))).QueueUrls,
  };
  const found = await Promise.all(
    Object.entries(kinds).map(async ([kind, list]) => [kind, ((await list()) ?? []).map(String).sort()] as const),
  );
  for (const client of [acm, scaling, watch, logs, dynamo, ec2, elb, glacier, iam, dns, s3, sns, sqs]) client.destroy();
  return Object.fromEntries(found);
}
