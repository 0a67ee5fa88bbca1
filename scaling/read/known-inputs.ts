/**
 * Properties of the types that are read here: those that are heeded, and those that decide neither how many instances there are nor
 * when. Any other one that is set is told as not read.
 */
import type { KnownProperties } from "../../plan/unread.ts";

const known = (text: string, only: KnownProperties["only"] = {}): KnownProperties => ({
  known: ["name", "namePrefix", "tags", "tagsAll", ...text.trim().split(/\s+/)],
  only,
});
const actions = "actionsEnabled alarmActions alarmDescription insufficientDataActions okActions";

export const knownInputs: Readonly<Record<string, KnownProperties>> = {
  "aws:autoscaling/group:Group": known(
    "availabilityZones capacityRebalance context defaultCooldown defaultInstanceWarmup desiredCapacity enabledMetrics forceDelete " +
      "forceDeleteWarmPool healthCheckGracePeriod healthCheckType ignoreFailedScalingActivities initialLifecycleHooks instanceRefresh launchTemplate " +
      "suspendedProcesses loadBalancers maxSize metricsGranularity minElbCapacity minSize placementGroup protectFromScaleIn serviceLinkedRoleArn " +
      "instanceMaintenancePolicy.maxHealthyPercentage instanceMaintenancePolicy.minHealthyPercentage " +
      "warmPool.instanceReusePolicy.reuseOnScaleIn warmPool.maxGroupPreparedCapacity warmPool.minSize warmPool.poolState " +
      "targetGroupArns terminationPolicies trafficSources vpcZoneIdentifiers waitForCapacityTimeout waitForElbCapacity " +
      "mixedInstancesPolicy.instancesDistribution mixedInstancesPolicy.launchTemplate.launchTemplateSpecification " +
      "mixedInstancesPolicy.launchTemplate.overrides[].instanceType " +
      "mixedInstancesPolicy.launchTemplate.overrides[].instanceRequirements",
    { desiredCapacityType: ["units"], "mixedInstancesPolicy.launchTemplate.overrides[].weightedCapacity": [1] },
  ),
  "aws:autoscaling/policy:Policy": known(
    "adjustmentType autoscalingGroupName cooldown enabled estimatedInstanceWarmup metricAggregationType " +
      "minAdjustmentMagnitude policyType predictiveScalingConfiguration scalingAdjustment stepAdjustments " +
      "targetTrackingConfiguration",
  ),
  "aws:autoscaling/schedule:Schedule": known(
    "autoscalingGroupName desiredCapacity endTime maxSize minSize recurrence scheduledActionName startTime timeZone",
  ),
  "aws:autoscaling/lifecycleHook:LifecycleHook": known(
    "autoscalingGroupName defaultResult heartbeatTimeout lifecycleTransition notificationMetadata notificationTargetArn roleArn",
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": known(
    `${actions} comparisonOperator datapointsToAlarm dimensions evaluationPeriods extendedStatistic metricName ` +
      "metricQueries namespace period statistic threshold thresholdMetricId treatMissingData",
    { evaluateLowSampleCountPercentiles: ["evaluate"] },
  ),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": known(`${actions} alarmName alarmRule`),
};
