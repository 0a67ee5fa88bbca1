/** First calls to the services of a fresh emulator. */
import { ACMClient, ListCertificatesCommand } from "@aws-sdk/client-acm";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListEmailIdentitiesCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Emulator } from "../types.ts";
import { administrator } from "./administrator.ts";

/**
 * The emulator reads a service's code and model when it is first called for it, which takes longer than everything that a stack
 * then asks of the service. Done while a program still loads, that costs no time. Nothing is changed, and a call that fails has
 * only lost its head start.
 */
export async function warmUp(emulator: Pick<Emulator, "endpoint" | "region">): Promise<void> {
  const options = { ...administrator(emulator), maxAttempts: 1 };

  async function first<C extends { destroy(): void }>(
    type: new (configuration: typeof options) => C,
    call: (client: C) => Promise<unknown>,
  ): Promise<void> {
    const client = new type(options);
    await call(client).catch(() => {});
    client.destroy();
  }

  // In the order in which a stack needs them, one after the other: the emulator loads one at a time anyway.
  await first(SNSClient, (client) => client.send(new ListTopicsCommand({})));
  await first(S3Client, (client) => client.send(new ListBucketsCommand({})));
  await first(SQSClient, (client) => client.send(new ListQueuesCommand({})));
  await first(IAMClient, (client) => client.send(new ListRolesCommand({})));
  await first(DynamoDBClient, (client) => client.send(new ListTablesCommand({})));
  await first(SESv2Client, (client) => client.send(new ListEmailIdentitiesCommand({})));
  await first(CloudWatchLogsClient, (client) => client.send(new DescribeLogGroupsCommand({})));
  await first(CloudWatchClient, (client) => client.send(new DescribeAlarmsCommand({})));
  await first(EC2Client, (client) => client.send(new DescribeVpcsCommand({})));
  await first(ElasticLoadBalancingV2Client, (client) => client.send(new DescribeLoadBalancersCommand({})));
  await first(AutoScalingClient, (client) => client.send(new DescribeAutoScalingGroupsCommand({})));
  await first(ACMClient, (client) => client.send(new ListCertificatesCommand({})));
  await first(SSMClient, (client) => client.send(new DescribeParametersCommand({})));
}
