/** Which rule prices which type, and which types cost nothing, and why. A type in neither is named in the report. */
import { vault } from "./rules/archives.ts";
import { bucket } from "./rules/buckets.ts";
import { group, instance, schedule } from "./rules/compute.ts";
import { key, mailIdentity, parameter, queue, subscription, topic } from "./rules/messages.ts";
import { address, balancer, endpoint, natGateway, network, record, zone } from "./rules/network.ts";
import { table } from "./rules/tables.ts";
import { alarm, compositeAlarm, dashboard, logGroup, metricFilter, policy } from "./rules/telemetry.ts";
import type { Rule } from "./types.ts";

export const rules: Readonly<Record<string, Rule>> = {
  "aws:autoscaling/group:Group": group,
  "aws:autoscaling/policy:Policy": policy,
  "aws:autoscaling/schedule:Schedule": schedule,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": compositeAlarm,
  "aws:cloudwatch/dashboard:Dashboard": dashboard,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": metricFilter,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:dynamodb/table:Table": table,
  "aws:ec2/eip:Eip": address,
  "aws:ec2/flowLog:FlowLog": () => [{ notPriced: "what it records: how many connections are refused is not known" }],
  "aws:ec2/instance:Instance": instance,
  "aws:ec2/natGateway:NatGateway": natGateway,
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
  "aws:glacier/vault:Vault": vault,
  "aws:kms/key:Key": key,
  "aws:lb/loadBalancer:LoadBalancer": balancer,
  "aws:route53/record:Record": record,
  "aws:route53/zone:Zone": zone,
  "aws:s3/bucket:Bucket": bucket,
  "aws:sesv2/emailIdentity:EmailIdentity": mailIdentity,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicSubscription:TopicSubscription": subscription,
  "aws:sqs/queue:Queue": queue,
  "aws:ssm/parameter:Parameter": parameter,
  "awsx:ec2:Vpc": network,
  "aws:acm/certificate:Certificate": ({ inputs }) =>
    inputs.certificateAuthorityArn === undefined
      ? [{ free: "certificates that ACM issues or keeps for a balancer have no price" }]
      : [{ notPriced: "a certificate of a private authority" }],
};

const byDesign = {
  iam: "IAM has no price",
  scaling: "Auto Scaling has no price of its own",
  balancing: "part of its balancer",
  network: "part of its VPC, without a price",
  bucketSetting: "a setting of its bucket",
  queueSetting: "a setting of its queue",
  topicSetting: "a setting of its topic",
  local: "made by the program, not by AWS",
  counted: "counted where it is used",
} as const;

/** Type → why it costs nothing. */
export const freeTypes: Readonly<Record<string, string>> = {
  "aws:acm/certificateValidation:CertificateValidation": "waits for its certificate",
  "aws:autoscaling/lifecycleHook:LifecycleHook": byDesign.scaling,
  "aws:autoscaling/notification:Notification": byDesign.scaling,
  "aws:budgets/budget:Budget": "budgets that only mail have no price",
  "aws:cloudwatch/queryDefinition:QueryDefinition": "a query that is kept; running it is charged by what it scans",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": byDesign.network,
  "aws:ec2/internetGateway:InternetGateway": byDesign.network,
  "aws:ec2/launchTemplate:LaunchTemplate": byDesign.counted,
  "aws:ec2/route:Route": byDesign.network,
  "aws:ec2/routeTable:RouteTable": byDesign.network,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": byDesign.network,
  "aws:ec2/securityGroup:SecurityGroup": byDesign.network,
  "aws:ec2/subnet:Subnet": byDesign.network,
  "aws:ec2/vpc:Vpc": byDesign.network,
  "aws:iam/instanceProfile:InstanceProfile": byDesign.iam,
  "aws:iam/policy:Policy": byDesign.iam,
  "aws:iam/role:Role": byDesign.iam,
  "aws:iam/rolePolicy:RolePolicy": byDesign.iam,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": byDesign.iam,
  "aws:lb/listener:Listener": byDesign.balancing,
  "aws:lb/listenerRule:ListenerRule": byDesign.balancing,
  "aws:lb/targetGroup:TargetGroup": byDesign.balancing,
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": byDesign.balancing,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": byDesign.bucketSetting,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": byDesign.bucketSetting,
  "aws:s3/bucketLogging:BucketLogging": "its records are counted at the bucket that they are written to",
  "aws:s3/bucketNotification:BucketNotification": byDesign.bucketSetting,
  "aws:s3/bucketObjectv2:BucketObjectv2": byDesign.counted,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": byDesign.bucketSetting,
  "aws:s3/bucketPolicy:BucketPolicy": byDesign.bucketSetting,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": byDesign.bucketSetting,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    "encryption with S3's own keys has no price",
  "aws:s3/bucketVersioning:BucketVersioning": "old versions are counted at the bucket",
  "aws:sns/topicPolicy:TopicPolicy": byDesign.topicSetting,
  "aws:sqs/queuePolicy:QueuePolicy": byDesign.queueSetting,
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": byDesign.queueSetting,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": byDesign.network,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": byDesign.network,
  "tls:index/privateKey:PrivateKey": byDesign.local,
  "tls:index/selfSignedCert:SelfSignedCert": byDesign.local,
};
