/**
 * For each type with a price, and for settings that can give one to what they belong to: the properties that its rule reads, or
 * that cost nothing whatever they say. Everything else that is set is reported as not priced. A type without a line here would have
 * all of its properties reported; a test sees to it that each priced type has one.
 */
import type { KnownProperties } from "../unread.ts";

/** Costs nothing anywhere. */
const everywhere = ["name", "namePrefix", "tags", "tagsAll", "description"];

const words = (text: string): string[] => text.trim().split(/\s+/);
const known = (text: string, only: KnownProperties["only"] = {}): KnownProperties => ({
  known: [...everywhere, ...words(text)],
  only,
});
const under = (prefix: string, text: string): string =>
  words(text)
    .map((word) => `${prefix}.${word}`)
    .join(" ");

const disk = "deleteOnTermination encrypted iops kmsKeyId snapshotId throughput volumeSize volumeType";
const off = [false];

const machine = {
  "creditSpecification.cpuCredits": ["standard"],
  ebsOptimized: off,
  "capacityReservationSpecification.capacityReservationPreference": ["open", "none"],
};

/** Type → what is known of its properties. */
export const knownInputs: Readonly<Record<string, KnownProperties>> = {
  "aws:acm/certificate:Certificate": known(
    "certificateAuthorityArn certificateBody certificateChain domainName earlyRenewalDuration keyAlgorithm privateKey " +
      "subjectAlternativeNames validationMethod validationOptions",
    { "options.export": ["DISABLED"], "options.certificateTransparencyLoggingPreference": ["ENABLED", "DISABLED"] },
  ),
  "aws:autoscaling/group:Group": known(
    "availabilityZones availabilityZoneDistribution capacityRebalance context defaultCooldown defaultInstanceWarmup " +
      "desiredCapacity enabledMetrics forceDelete forceDeleteWarmPool healthCheckGracePeriod healthCheckType " +
      "ignoreFailedScalingActivities initialLifecycleHooks instanceLifecyclePolicy instanceMaintenancePolicy instanceRefresh " +
      "launchTemplate loadBalancers maxInstanceLifetime maxSize metricsGranularity minElbCapacity minSize placementGroup " +
      "protectFromScaleIn serviceLinkedRoleArn suspendedProcesses targetGroupArns terminationPolicies trafficSources " +
      "vpcZoneIdentifiers waitForCapacityTimeout waitForElbCapacity " +
      "mixedInstancesPolicy.instancesDistribution mixedInstancesPolicy.launchTemplate.launchTemplateSpecification " +
      `${under("mixedInstancesPolicy.launchTemplate.overrides[]", "instanceType weightedCapacity")} ` +
      under("warmPool", "instanceReusePolicy maxGroupPreparedCapacity minSize poolState"),
    { desiredCapacityType: ["units"] },
  ),
  "aws:autoscaling/policy:Policy": known(
    "adjustmentType autoscalingGroupName cooldown enabled estimatedInstanceWarmup metricAggregationType " +
      "minAdjustmentMagnitude policyType scalingAdjustment stepAdjustments targetTrackingConfiguration",
  ),
  "aws:autoscaling/schedule:Schedule": known(
    "autoscalingGroupName desiredCapacity maxSize minSize recurrence scheduledActionName timeZone",
  ),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": known(
    "actionsEnabled actionsSuppressor alarmActions alarmDescription alarmName alarmRule insufficientDataActions okActions",
  ),
  "aws:cloudwatch/dashboard:Dashboard": known("dashboardBody dashboardName"),
  "aws:cloudwatch/logGroup:LogGroup": known("logGroupClass retentionInDays skipDestroy deletionProtectionEnabled"),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": known(
    "logGroupName metricTransformation.defaultValue metricTransformation.name metricTransformation.namespace " +
      "metricTransformation.unit metricTransformation.value pattern",
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": known(
    "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions " +
      "evaluateLowSampleCountPercentiles evaluationPeriods extendedStatistic insufficientDataActions metricName " +
      "metricQueries namespace okActions period statistic threshold thresholdMetricId treatMissingData unit",
  ),
  "aws:dynamodb/table:Table": known(
    "attributes billingMode deletionProtectionEnabled globalSecondaryIndexes hashKey onDemandThroughput " +
      "pointInTimeRecovery rangeKey readCapacity ttl writeCapacity",
    { tableClass: ["STANDARD"], streamEnabled: off, "serverSideEncryption.enabled": off },
  ),
  "aws:ec2/eip:Eip": known("associateWithPrivateIp domain instance networkBorderGroup networkInterface vpc"),
  "aws:ec2/flowLog:FlowLog": known(
    "deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat " +
      "logGroupName maxAggregationInterval subnetId trafficType transitGatewayAttachmentId transitGatewayId vpcId",
  ),
  "aws:ec2/instance:Instance": known(
    "ami associatePublicIpAddress availabilityZone cpuOptions disableApiStop disableApiTermination " +
      `${under("rootBlockDevice", `${disk} tags tagsAll`)} ${under("ebsBlockDevices[]", `${disk} deviceName tags tagsAll`)} ` +
      "enclaveOptions forceDestroy getPasswordData hibernation iamInstanceProfile " +
      "instanceInitiatedShutdownBehavior instanceMarketOptions instanceType ipv6AddressCount ipv6Addresses keyName " +
      "maintenanceOptions metadataOptions monitoring networkInterfaces placementGroup placementPartitionNumber " +
      "privateDnsNameOptions privateIp secondaryPrivateIps securityGroups sourceDestCheck subnetId userData userDataBase64 " +
      "userDataReplaceOnChange volumeTags vpcSecurityGroupIds",
    { ...machine, tenancy: ["default"] },
  ),
  "aws:ec2/launchTemplate:LaunchTemplate": known(
    "cpuOptions defaultVersion disableApiStop disableApiTermination enclaveOptions hibernationOptions " +
      `blockDeviceMappings[].deviceName blockDeviceMappings[].noDevice ${under("blockDeviceMappings[].ebs", disk)} ` +
      "iamInstanceProfile imageId instanceInitiatedShutdownBehavior instanceMarketOptions instanceType kernelId keyName " +
      "maintenanceOptions metadataOptions monitoring placement.availabilityZone placement.groupName privateDnsNameOptions " +
      `${under("networkInterfaces[]", "associatePublicIpAddress deleteOnTermination description deviceIndex interfaceType ipv6AddressCount ipv6Addresses networkCardIndex networkInterfaceId privateIpAddress securityGroups subnetId")} ` +
      "ramDiskId securityGroupNames tagSpecifications updateDefaultVersion userData vpcSecurityGroupIds",
    { ...machine, "placement.tenancy": ["default"] },
  ),
  "aws:ec2/natGateway:NatGateway": known("allocationId connectivityType privateIp subnetId"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": known(
    "autoAccept dnsOptions ipAddressType policy privateDnsEnabled routeTableIds securityGroupIds serviceName " +
      "subnetConfigurations subnetIds vpcEndpointType vpcId",
  ),
  "aws:glacier/vault:Vault": known("accessPolicy notification"),
  "aws:kms/key:Key": known("bypassPolicyLockoutSafetyCheck deletionWindowInDays isEnabled keyUsage policy", {
    customerMasterKeySpec: ["SYMMETRIC_DEFAULT"],
    enableKeyRotation: off,
    multiRegion: off,
  }),
  "aws:lb/loadBalancer:LoadBalancer": known(
    "accessLogs clientKeepAlive desyncMitigationMode dropInvalidHeaderFields enableCrossZoneLoadBalancing " +
      "enableDeletionProtection enableHttp2 enableTlsVersionAndCipherSuiteHeaders enableWafFailOpen enableXffClientPort " +
      "enableZonalShift idleTimeout internal loadBalancerType preserveHostHeader securityGroups subnets " +
      "subnetMappings[].subnetId xffHeaderProcessingMode",
    { ipAddressType: ["ipv4", "dualstack", "dualstack-without-public-ipv4"] },
  ),
  "aws:route53/record:Record": known("aliases allowOverwrite records ttl type zoneId"),
  "aws:route53/zone:Zone": known("comment delegationSetId forceDestroy vpcs"),
  "aws:s3/bucket:Bucket": known(
    "acl bucket bucketPrefix corsRules forceDestroy grants objectLockEnabled policy website " +
      under(
        "lifecycleRules[]",
        "abortIncompleteMultipartUploadDays enabled id noncurrentVersionExpiration prefix tags",
      ),
    { accelerationStatus: ["Suspended"], requestPayer: ["BucketOwner"] },
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": known(
    "bucket expectedBucketOwner transitionDefaultMinimumObjectSize " +
      under("rules[]", "abortIncompleteMultipartUpload expiration filter id noncurrentVersionExpiration prefix status"),
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": known(
    "bucket expectedBucketOwner rules[].bucketKeyEnabled rules[].blockedEncryptionTypes",
    { "rules[].applyServerSideEncryptionByDefault.sseAlgorithm": ["AES256"] },
  ),
  "aws:sesv2/emailIdentity:EmailIdentity": known("configurationSetName dkimSigningAttributes emailIdentity"),
  "aws:sns/topic:Topic": known(
    "contentBasedDeduplication deliveryPolicy displayName kmsMasterKeyId policy signatureVersion",
    { fifoTopic: off, tracingConfig: ["PassThrough"] },
  ),
  "aws:sns/topicSubscription:TopicSubscription": known(
    "confirmationTimeoutInMinutes deliveryPolicy endpoint endpointAutoConfirms filterPolicy protocol rawMessageDelivery " +
      "redrivePolicy subscriptionRoleArn topic",
    { filterPolicyScope: ["MessageAttributes"] },
  ),
  "aws:sqs/queue:Queue": known(
    "contentBasedDeduplication deduplicationScope delaySeconds fifoQueue fifoThroughputLimit " +
      "kmsDataKeyReusePeriodSeconds maxMessageSize messageRetentionSeconds policy receiveWaitTimeSeconds redriveAllowPolicy " +
      "redrivePolicy sqsManagedSseEnabled visibilityTimeoutSeconds",
  ),
  "aws:ssm/parameter:Parameter": known(
    "allowedPattern arn dataType insecureValue overwrite tier type value valueWo valueWoVersion",
  ),
  "awsx:ec2:Vpc": known(
    "assignGeneratedIpv6CidrBlock availabilityZoneCidrMask availabilityZoneIds availabilityZoneNames cidrBlock " +
      "enableDnsHostnames enableDnsSupport natGateways.strategy numberOfAvailabilityZones subnetSpecs subnetStrategy",
    { instanceTenancy: ["default"] },
  ),
};
