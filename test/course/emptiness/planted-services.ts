/** Balancing, scaling, messages, storage and watching in one region. */
import { ACMClient, ImportCertificateCommand } from "@aws-sdk/client-acm";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  PutScheduledUpdateGroupActionCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBackupCommand, CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateVaultCommand, GlacierClient } from "@aws-sdk/client-glacier";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type Clients, sure, tagList } from "../../support/clients.ts";
import { selfSigned } from "./certificate.ts";
import type { PlantedNetwork } from "./planted-ec2.ts";

type Tags = Readonly<Record<string, string>>;
type Planted = Readonly<Record<string, string>>;

interface Around extends PlantedNetwork {
  readonly listenerArn: string;
  readonly zone: string;
}

/** A priority that no other rule of a shared listener has. */
let priority = 0;

async function plantBalancing({ of }: Clients, owner: string, tags: Tags, around: Around): Promise<Planted> {
  const elb = of(ElasticLoadBalancingV2Client);
  const Tags = Object.keys(tags).length === 0 ? {} : { Tags: tagList(tags) };
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: `${owner}-web`, Subnets: [...around.subnetIds], ...Tags }),
  );
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({ Name: `${owner}-web`, Protocol: "HTTP", Port: 8080, VpcId: around.vpcId, ...Tags }),
  );
  const TargetGroupArn = sure(TargetGroups?.[0]?.TargetGroupArn, "target group");
  const balancer = sure(LoadBalancers?.[0]?.LoadBalancerArn, "balancer");
  const Actions = [{ Type: "forward" as const, TargetGroupArn }];
  await elb.send(
    new CreateListenerCommand({ LoadBalancerArn: balancer, Protocol: "HTTP", Port: 80, DefaultActions: Actions }),
  );
  priority += 1;
  const Conditions = [{ Field: "host-header", HostHeaderConfig: { Values: [`${owner}.${around.zone}`] } }];
  const rule = { ListenerArn: around.listenerArn, Priority: priority, Conditions, Actions };
  const { Rules } = await elb.send(new CreateRuleCommand(rule));
  return {
    "load balancer": balancer,
    "target group": TargetGroupArn,
    "listener rule": sure(Rules?.[0]?.RuleArn, "rule"),
  };
}

async function plantScaling({ of }: Clients, owner: string, tags: Tags, around: Around): Promise<Planted> {
  const autoscaling = of(AutoScalingClient);
  const AutoScalingGroupName = `${owner}-web`;
  await autoscaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: 1,
      MaxSize: 2,
      VPCZoneIdentifier: around.subnetIds[0],
      LaunchTemplate: { LaunchTemplateName: `${owner}-web`, Version: "1" },
      Tags: tagList(tags).map((tag) => ({ ...tag, PropagateAtLaunch: true })),
    }),
  );
  await autoscaling.send(
    new PutScheduledUpdateGroupActionCommand({
      AutoScalingGroupName,
      ScheduledActionName: `${owner}-web-night`,
      Recurrence: "0 21 * * *",
      MinSize: 1,
    }),
  );
  return { "Auto Scaling group": AutoScalingGroupName };
}

async function plantMessages({ of }: Clients, owner: string, tags: Tags): Promise<Planted> {
  const name = `${owner}-job-requests`;
  const { QueueUrl } = await of(SQSClient).send(new CreateQueueCommand({ QueueName: name, tags }));
  const sns = of(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name, Tags: tagList(tags) }));
  const Endpoint = sure(TopicArn, "topic").replace(":sns:", ":sqs:");
  const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
  return {
    "SQS queue": sure(QueueUrl, "queue"),
    "SNS topic": sure(TopicArn, "topic"),
    "SNS subscription": sure(SubscriptionArn, "subscription"),
  };
}

async function plantTables({ of }: Clients, owner: string, tags: Tags): Promise<Planted> {
  const dynamo = of(DynamoDBClient);
  const TableName = `${owner}-annotations`;
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "job_id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "job_id", AttributeType: "S" }],
      Tags: tagList(tags),
    }),
  );
  const { BackupDetails } = await dynamo.send(new CreateBackupCommand({ TableName, BackupName: "before-the-exam" }));
  return { "DynamoDB table": TableName, "DynamoDB backup": sure(BackupDetails?.BackupArn, "backup") };
}

export async function plantServices(clients: Clients, owner: string, tags: Tags, around: Around): Promise<Planted> {
  const { of } = clients;
  const alarm = { MetricName: "RequestCount", Namespace: "AWS/ApplicationELB", Statistic: "Sum", Period: 60 } as const;
  await of(CloudWatchClient).send(
    new PutMetricAlarmCommand({
      ...alarm,
      AlarmName: `TargetTracking-${owner}-web-AlarmHigh-1`,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  const rule = { Name: `${owner}-group-failures`, EventPattern: '{"source":["aws.autoscaling"]}' };
  await of(EventBridgeClient).send(new PutRuleCommand({ ...rule, Tags: tagList(tags) }));
  const Targets = [{ Id: "one", Arn: `arn:aws:sns:us-east-1:123456789012:${owner}-alarms` }];
  await of(EventBridgeClient).send(new PutTargetsCommand({ Rule: rule.Name, Targets }));
  const logGroupName = `${owner}-web`;
  await of(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName, tags }));
  const secret = { Name: `/${owner}/session-secret`, Value: "x", Type: "SecureString" } as const;
  await of(SSMClient).send(new PutParameterCommand(secret));
  await of(GlacierClient).send(new CreateVaultCommand({ accountId: "-", vaultName: `${owner}-job-archive` }));
  const domain = `${owner}.${around.zone}`;
  await of(SESv2Client).send(new CreateEmailIdentityCommand({ EmailIdentity: domain }));
  const { privateKey, certificate } = await selfSigned(`${owner}-web`);
  const { CertificateArn } = await of(ACMClient).send(
    new ImportCertificateCommand({
      Certificate: Buffer.from(certificate),
      PrivateKey: Buffer.from(privateKey),
      Tags: tagList({ ...tags, Name: `${owner}-web` }),
    }),
  );
  return {
    "CloudWatch alarm": `TargetTracking-${owner}-web-AlarmHigh-1`,
    "EventBridge rule": rule.Name,
    "log group": logGroupName,
    "SSM parameter": secret.Name,
    "Glacier vault": `${owner}-job-archive`,
    "SES identity": domain,
    "ACM certificate": sure(CertificateArn, "certificate"),
    ...(await plantMessages(clients, owner, tags)),
    ...(await plantTables(clients, owner, tags)),
    ...(await plantScaling(clients, owner, tags, around)),
    ...(await plantBalancing(clients, owner, tags, around)),
  };
}
