/**
 * For each type that a control looks at: the properties that controls read, and those without any bearing on the controls that there
 * are. Everything else that is set is told as not read.
 */
import type { KnownProperties } from "../unread.ts";

const everywhere = "description name namePrefix region tags tagsAll timeouts";
const words = (text: string): string[] => text.trim().split(/\s+/);
const known = (text: string, only: KnownProperties["only"] = {}): KnownProperties => ({
  known: words(`${everywhere} ${text}`),
  only,
});

/** Instance metadata: whether tokens are required is read; a service that is switched off would fulfil the controls as well. */
const metadata =
  "metadataOptions.httpTokens metadataOptions.httpPutResponseHopLimit metadataOptions.instanceMetadataTags";
const metadataOnly = { "metadataOptions.httpEndpoint": ["enabled"], "metadataOptions.httpProtocolIpv6": ["disabled"] };

const rule = "cidrIpv4 cidrIpv6 fromPort ipProtocol prefixListId referencedSecurityGroupId securityGroupId toPort";
const switches = "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets";

/** Type → what is known of its properties. */
export const knownInputs: Readonly<Record<string, KnownProperties>> = {
  "aws:appautoscaling/target:Target": known(
    "maxCapacity minCapacity resourceId roleArn scalableDimension serviceNamespace",
  ),
  "aws:autoscaling/attachment:Attachment": known("autoscalingGroupName elb lbTargetGroupArn"),
  "aws:autoscaling/group:Group": known(
    "availabilityZoneDistribution availabilityZones capacityRebalance capacityReservationSpecification context defaultCooldown " +
      "defaultInstanceWarmup desiredCapacity desiredCapacityType enabledMetrics forceDelete forceDeleteWarmPool " +
      "healthCheckGracePeriod healthCheckType ignoreFailedScalingActivities initialLifecycleHooks instanceLifecyclePolicy " +
      "instanceMaintenancePolicy instanceRefresh launchConfiguration launchTemplate loadBalancers maxInstanceLifetime maxSize " +
      "metricsGranularity minElbCapacity minSize mixedInstancesPolicy.instancesDistribution " +
      "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification " +
      "mixedInstancesPolicy.launchTemplate.overrides[].instanceRequirements " +
      "mixedInstancesPolicy.launchTemplate.overrides[].instanceType " +
      "mixedInstancesPolicy.launchTemplate.overrides[].weightedCapacity placementGroup protectFromScaleIn serviceLinkedRoleArn " +
      "targetGroupArns terminationPolicies trafficSources vpcZoneIdentifiers waitForCapacityTimeout waitForElbCapacity warmPool",
  ),
  "aws:dynamodb/table:Table": known(
    "attributes billingMode deletionProtectionEnabled globalSecondaryIndexes hashKey importTable localSecondaryIndexes " +
      "onDemandThroughput pointInTimeRecovery rangeKey readCapacity restoreBackupArn restoreDateTime restoreSourceName " +
      "restoreSourceTableArn restoreToLatestTime serverSideEncryption streamEnabled streamViewType tableClass ttl warmThroughput " +
      "writeCapacity",
  ),
  "aws:ebs/encryptionByDefault:EncryptionByDefault": known("enabled"),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": known("egress ingress revokeRulesOnDelete vpcId"),
  "aws:ec2/defaultVpc:DefaultVpc": known(
    "assignGeneratedIpv6CidrBlock enableDnsHostnames enableDnsSupport enableNetworkAddressUsageMetrics forceDestroy ipv6CidrBlock " +
      "ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength",
  ),
  "aws:ec2/flowLog:FlowLog": known(
    "deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat maxAggregationInterval " +
      "regionalNatGatewayId subnetId trafficType transitGatewayAttachmentId transitGatewayId vpcId",
  ),
  "aws:ec2/instance:Instance": known(
    "ami associatePublicIpAddress availabilityZone capacityReservationSpecification cpuOptions creditSpecification disableApiStop " +
      "disableApiTermination ebsBlockDevices ebsOptimized enablePrimaryIpv6 enclaveOptions ephemeralBlockDevices forceDestroy " +
      "getPasswordData hibernation hostId hostResourceGroupArn iamInstanceProfile instanceInitiatedShutdownBehavior " +
      "instanceMarketOptions instanceType ipv6AddressCount ipv6Addresses keyName launchTemplate maintenanceOptions monitoring " +
      "networkInterfaces placementGroup placementGroupId placementPartitionNumber primaryNetworkInterface privateDnsNameOptions " +
      "privateIp rootBlockDevice secondaryPrivateIps securityGroups sourceDestCheck subnetId tenancy userData userDataBase64 " +
      `userDataReplaceOnChange volumeTags vpcSecurityGroupIds ${metadata}`,
    metadataOnly,
  ),
  "aws:ec2/launchConfiguration:LaunchConfiguration": known(
    "associatePublicIpAddress ebsBlockDevices ebsOptimized enableMonitoring ephemeralBlockDevices iamInstanceProfile imageId " +
      `instanceType keyName placementTenancy rootBlockDevice securityGroups spotPrice userData userDataBase64 ${metadata}`,
    metadataOnly,
  ),
  "aws:ec2/launchTemplate:LaunchTemplate": known(
    "blockDeviceMappings capacityReservationSpecification cpuOptions creditSpecification defaultVersion disableApiStop " +
      "disableApiTermination ebsOptimized enclaveOptions hibernationOptions iamInstanceProfile imageId " +
      "instanceInitiatedShutdownBehavior instanceMarketOptions instanceType kernelId keyName licenseSpecifications " +
      "maintenanceOptions monitoring networkInterfaces[].associatePublicIpAddress networkInterfaces[].deleteOnTermination " +
      "networkInterfaces[].description networkInterfaces[].deviceIndex networkInterfaces[].interfaceType " +
      "networkInterfaces[].networkCardIndex networkInterfaces[].securityGroups networkInterfaces[].subnetId " +
      "networkPerformanceOptions placement privateDnsNameOptions ramDiskId securityGroupNames tagSpecifications " +
      `updateDefaultVersion userData vpcSecurityGroupIds ${metadata}`,
    metadataOnly,
  ),
  "aws:ec2/networkAcl:NetworkAcl": known("egress ingress subnetIds vpcId"),
  "aws:ec2/networkAclRule:NetworkAclRule": known(
    "cidrBlock egress fromPort icmpCode icmpType ipv6CidrBlock networkAclId protocol ruleAction ruleNumber toPort",
  ),
  "aws:ec2/securityGroup:SecurityGroup": known("egress ingress revokeRulesOnDelete vpcId"),
  "aws:ec2/securityGroupRule:SecurityGroupRule": known(
    "cidrBlocks fromPort ipv6CidrBlocks prefixListIds protocol securityGroupId self sourceSecurityGroupId toPort type",
  ),
  "aws:ec2/subnet:Subnet": known(
    "assignIpv6AddressOnCreation availabilityZone availabilityZoneId cidrBlock enableDns64 enableResourceNameDnsARecordOnLaunch " +
      "enableResourceNameDnsAaaaRecordOnLaunch ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock ipv6IpamPoolId ipv6Native " +
      "ipv6NetmaskLength mapPublicIpOnLaunch outpostArn privateDnsHostnameTypeOnLaunch vpcId",
  ),
  "aws:ec2/vpc:Vpc": known(
    "assignGeneratedIpv6CidrBlock cidrBlock enableDnsHostnames enableDnsSupport enableNetworkAddressUsageMetrics instanceTenancy " +
      "ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength",
  ),
  "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": known("internetGatewayBlockMode"),
  "aws:elb/loadBalancer:LoadBalancer": known(
    "accessLogs availabilityZones connectionDraining connectionDrainingTimeout crossZoneLoadBalancing desyncMitigationMode " +
      "healthCheck idleTimeout instances internal listeners securityGroups sourceSecurityGroup subnets",
  ),
  "aws:lb/listener:Listener": known(
    "alpnPolicy certificateArn defaultActions loadBalancerArn mutualAuthentication port protocol sslPolicy tcpIdleTimeoutSeconds",
  ),
  "aws:lb/listenerRule:ListenerRule": known("actions conditions listenerArn priority"),
  "aws:lb/loadBalancer:LoadBalancer": known(
    "accessLogs clientKeepAlive connectionLogs customerOwnedIpv4Pool desyncMitigationMode dnsRecordClientRoutingPolicy " +
      "dropInvalidHeaderFields enableCrossZoneLoadBalancing enableDeletionProtection enableHttp2 enablePrefixForIpv6SourceNat " +
      "enableTlsVersionAndCipherSuiteHeaders enableWafFailOpen enableXffClientPort enableZonalShift " +
      "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic healthCheckLogs idleTimeout internal ipAddressType ipamPools " +
      "loadBalancerType minimumLoadBalancerCapacity preserveHostHeader secondaryIpsAutoAssignedPerSubnet securityGroups " +
      "subnetMappings subnets xffHeaderProcessingMode",
  ),
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": known(`accountId ${switches}`),
  // Declared as …V2 some properties are lists.
  "aws:s3/bucket:Bucket": known(
    "accelerationStatus acl bucket bucketNamespace bucketPrefix corsRules forceDestroy grants lifecycleRules logging loggings " +
      "objectLockConfiguration objectLockEnabled policy replicationConfiguration replicationConfigurations requestPayer " +
      "serverSideEncryptionConfiguration serverSideEncryptionConfigurations versioning versionings website websites",
  ),
  "aws:s3/bucketAcl:BucketAcl": known("accessControlPolicy acl bucket expectedBucketOwner"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": known(
    "bucket expectedBucketOwner rules transitionDefaultMinimumObjectSize",
  ),
  "aws:s3/bucketLogging:BucketLogging": known(
    "bucket expectedBucketOwner targetBucket targetObjectKeyFormat targetPrefix",
  ),
  "aws:s3/bucketPolicy:BucketPolicy": known("bucket policy"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": known(`bucket skipDestroy ${switches}`),
  "aws:sns/topic:Topic": known(
    "applicationFailureFeedbackRoleArn applicationSuccessFeedbackRoleArn applicationSuccessFeedbackSampleRate archivePolicy " +
      "contentBasedDeduplication deliveryPolicy displayName fifoThroughputScope fifoTopic firehoseFailureFeedbackRoleArn " +
      "firehoseSuccessFeedbackRoleArn firehoseSuccessFeedbackSampleRate httpFailureFeedbackRoleArn httpSuccessFeedbackRoleArn " +
      "httpSuccessFeedbackSampleRate kmsMasterKeyId lambdaFailureFeedbackRoleArn lambdaSuccessFeedbackRoleArn " +
      "lambdaSuccessFeedbackSampleRate policy signatureVersion sqsFailureFeedbackRoleArn sqsSuccessFeedbackRoleArn " +
      "sqsSuccessFeedbackSampleRate tracingConfig",
  ),
  "aws:sns/topicPolicy:TopicPolicy": known("arn policy"),
  "aws:sqs/queue:Queue": known(
    "contentBasedDeduplication deduplicationScope delaySeconds fifoQueue fifoThroughputLimit kmsDataKeyReusePeriodSeconds " +
      "kmsMasterKeyId maxMessageSize messageRetentionSeconds policy receiveWaitTimeSeconds redriveAllowPolicy redrivePolicy " +
      "sqsManagedSseEnabled visibilityTimeoutSeconds",
  ),
  "aws:sqs/queuePolicy:QueuePolicy": known("policy queueUrl"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": known(rule),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": known(rule),
  "awsx:ec2:Vpc": known(
    "assignGeneratedIpv6CidrBlock availabilityZoneCidrMask availabilityZoneNames cidrBlock enableDnsHostnames enableDnsSupport " +
      "enableNetworkAddressUsageMetrics instanceTenancy ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock " +
      "ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength natGateways numberOfAvailabilityZones subnetSpecs " +
      "subnetStrategy vpcEndpointSpecs",
  ),
};
