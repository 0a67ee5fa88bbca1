/**
 * What cannot be changed in place. The engine asks the provider, and the providers know it from the schemas that they are
 * made from; the packages on npm leave it out, so it stands here, each type with the file it was taken from.
 */

export interface Rule {
  /** Inputs whose change makes the resource anew (`ForceNew`, `RequiresReplace`). */
  readonly replace: readonly string[];
  /** The input that is the physical name, where Pulumi makes one up when the program gives none. */
  readonly name?: string;
  /** Outputs that an update makes anew: what depends on them is not known before it. */
  readonly renewed?: readonly string[];
  /** Outputs that share their name with an input and tell something else. */
  readonly unlike?: readonly string[];
  /** Schema, relative to the provider's repository. */
  readonly source: string;
}

/** `*` means: every input but those after it. */
const everything = (...but: readonly string[]): readonly string[] => ["*", ...but];

const named = (source: string, ...replace: readonly string[]): Rule => ({
  name: "name",
  replace: ["name", "namePrefix", ...replace],
  source,
});

/** A setting of a bucket belongs to that bucket. */
const ofBucket = (source: string): Rule => ({ replace: ["bucket", "expectedBucketOwner"], source });

/** In github.com/hashicorp/terraform-provider-aws, `internal/service/`. */
const aws: Readonly<Record<string, Rule>> = {
  "acm/certificate:Certificate": {
    replace: [
      "certificateAuthorityArn",
      "domainName",
      "keyAlgorithm",
      "subjectAlternativeNames",
      "validationMethod",
      "validationOptions",
    ],
    source: "acm/certificate.go",
  },
  "acm/certificateValidation:CertificateValidation": {
    replace: ["certificateArn", "validationRecordFqdns"],
    source: "acm/certificate_validation.go",
  },
  "autoscaling/group:Group": named("autoscaling/group.go"),
  "autoscaling/lifecycleHook:LifecycleHook": {
    replace: ["autoscalingGroupName", "name"],
    name: "name",
    source: "autoscaling/lifecycle_hook.go",
  },
  "autoscaling/policy:Policy": {
    replace: ["autoscalingGroupName", "name"],
    name: "name",
    source: "autoscaling/policy.go",
  },
  "autoscaling/schedule:Schedule": {
    replace: ["autoscalingGroupName", "scheduledActionName"],
    source: "autoscaling/schedule.go",
  },
  "budgets/budget:Budget": named("budgets/budget.go", "accountId"),
  "cloudwatch/dashboard:Dashboard": { replace: ["dashboardName"], source: "cloudwatch/dashboard.go" },
  "cloudwatch/logGroup:LogGroup": named("logs/group.go", "logGroupClass"),
  "cloudwatch/logMetricFilter:LogMetricFilter": {
    replace: ["logGroupName", "name"],
    name: "name",
    source: "logs/metric_filter.go",
  },
  "cloudwatch/metricAlarm:MetricAlarm": { replace: ["name"], name: "name", source: "cloudwatch/metric_alarm.go" },
  "dynamodb/table:Table": {
    replace: ["hashKey", "importTable", "localSecondaryIndexes", "name", "rangeKey", "restoreSourceName"],
    name: "name",
    source: "dynamodb/table.go",
  },
  "ec2/defaultSecurityGroup:DefaultSecurityGroup": { replace: ["vpcId"], source: "ec2/vpc_default_security_group.go" },
  "ec2/flowLog:FlowLog": { replace: everything("tags"), source: "ec2/vpc_flow_log.go" },
  "ec2/launchTemplate:LaunchTemplate": {
    ...named("ec2/ec2_launch_template.go"),
    renewed: ["defaultVersion", "latestVersion"],
  },
  "ec2/securityGroup:SecurityGroup": named("ec2/vpc_security_group.go", "description", "vpcId"),
  "ec2/vpcEndpoint:VpcEndpoint": {
    replace: [
      "resourceConfigurationArn",
      "serviceName",
      "serviceNetworkArn",
      "serviceRegion",
      "vpcEndpointType",
      "vpcId",
    ],
    source: "ec2/vpc_endpoint.go",
  },
  "glacier/vault:Vault": { replace: ["name"], name: "name", source: "glacier/vault.go" },
  "iam/instanceProfile:InstanceProfile": named("iam/instance_profile.go", "path"),
  "iam/policy:Policy": named("iam/policy.go", "description", "path"),
  "iam/role:Role": named("iam/role.go", "path"),
  "iam/rolePolicy:RolePolicy": named("iam/role_policy.go", "role"),
  "iam/rolePolicyAttachment:RolePolicyAttachment": {
    replace: ["policyArn", "role"],
    source: "iam/role_policy_attachment.go",
  },
  "lb/listener:Listener": { replace: ["loadBalancerArn"], source: "elbv2/listener.go" },
  "lb/listenerRule:ListenerRule": { replace: ["listenerArn"], source: "elbv2/listener_rule.go" },
  "lb/loadBalancer:LoadBalancer": named(
    "elbv2/load_balancer.go",
    "customerOwnedIpv4Pool",
    "internal",
    "loadBalancerType",
  ),
  "lb/targetGroup:TargetGroup": named(
    "elbv2/target_group.go",
    "ipAddressType",
    "port",
    "protocol",
    "protocolVersion",
    "targetType",
    "vpcId",
  ),
  "route53/record:Record": { replace: ["name", "zoneId"], source: "route53/record.go" },
  "route53/zone:Zone": { replace: ["delegationSetId", "name"], source: "route53/zone.go" },
  "s3/bucket:Bucket": {
    replace: ["bucket", "bucketPrefix", "objectLockEnabled"],
    name: "bucket",
    source: "s3/bucket.go",
  },
  "s3/bucketCorsConfiguration:BucketCorsConfiguration": ofBucket("s3/bucket_cors_configuration.go"),
  "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket("s3/bucket_lifecycle_configuration.go"),
  "s3/bucketNotification:BucketNotification": ofBucket("s3/bucket_notification.go"),
  "s3/bucketObjectv2:BucketObjectv2": {
    replace: ["bucket", "key"],
    renewed: ["etag", "versionId"],
    source: "s3/object.go",
  },
  "s3/bucketPolicy:BucketPolicy": ofBucket("s3/bucket_policy.go"),
  "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket("s3/bucket_public_access_block.go"),
  "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket(
    "s3/bucket_server_side_encryption_configuration.go",
  ),
  "s3/bucketLogging:BucketLogging": ofBucket("s3/bucket_logging.go"),
  "s3/bucketVersioning:BucketVersioning": ofBucket("s3/bucket_versioning.go"),
  "sesv2/emailIdentity:EmailIdentity": { replace: ["emailIdentity"], source: "sesv2/email_identity.go" },
  "sns/topic:Topic": named("sns/topic.go", "fifoTopic"),
  "sns/topicPolicy:TopicPolicy": { replace: ["arn"], source: "sns/topic_policy.go" },
  "sns/topicSubscription:TopicSubscription": {
    replace: ["endpoint", "protocol", "topic"],
    source: "sns/topic_subscription.go",
  },
  "sqs/queue:Queue": named("sqs/queue.go", "fifoQueue"),
  "sqs/queuePolicy:QueuePolicy": { replace: ["queueUrl"], source: "sqs/queue_policy.go" },
  "sqs/redriveAllowPolicy:RedriveAllowPolicy": { replace: ["queueUrl"], source: "sqs/queue_redrive_allow_policy.go" },
  "ssm/parameter:Parameter": { replace: ["name"], name: "name", renewed: ["version"], source: "ssm/parameter.go" },
  "vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    replace: ["securityGroupId"],
    source: "ec2/vpc_security_group_egress_rule.go",
  },
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    replace: ["securityGroupId"],
    source: "ec2/vpc_security_group_ingress_rule.go",
  },
};

/** In github.com/hashicorp/terraform-provider-tls, `internal/provider/`. */
const tls: Readonly<Record<string, Rule>> = {
  "index/privateKey:PrivateKey": { replace: everything(), source: "resource_private_key.go" },
  "index/selfSignedCert:SelfSignedCert": {
    replace: everything("earlyRenewalHours"),
    source: "resource_self_signed_cert.go",
  },
};

/** awsx's components in github.com/pulumi/pulumi-awsx: what their children would have to be made anew for. */
const awsx: Readonly<Record<string, Rule>> = {
  "ec2:Vpc": {
    unlike: ["natGateways"],
    replace: ["availabilityZoneNames", "cidrBlock", "natGateways", "numberOfAvailabilityZones", "subnetSpecs"],
    source: "awsx/ec2/vpc.ts",
  },
};

const tables: Readonly<Record<string, Readonly<Record<string, Rule>>>> = { aws, awsx, tls };

/** @throws {Error} for a type that has none: without it nobody knows what a change of it means. */
export function ruleOf(type: string): Rule {
  const colon = type.indexOf(":");
  const rule = tables[type.slice(0, colon)]?.[type.slice(colon + 1)];
  if (rule === undefined) throw new Error(`nothing here says which changes make ${type} anew; add it to rules.ts`);
  return rule;
}

/** All types that have a rule. */
export function ruledTypes(): string[] {
  return Object.entries(tables).flatMap(([name, table]) => Object.keys(table).map((type) => `${name}:${type}`));
}

/** Whether a change of this input makes the resource anew. */
export function replaces({ replace }: Rule, input: string): boolean {
  return replace[0] === "*" ? !replace.slice(1).includes(input) : replace.includes(input);
}
