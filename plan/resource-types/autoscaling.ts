/** EC2 Auto Scaling. */
import { group, schedule } from "../cost/rules/compute.ts";
import { policy } from "../cost/rules/telemetry.ts";
import { byDesign, free, known, priced, under } from "./cost.ts";
import { generic } from "./outputs.ts";
import { byName } from "./replacement.ts";
import { box, detail, goesWith, listedAs, notRunHere, type ResourceTypes } from "./resource-type.ts";

export const autoscaling: ResourceTypes = {
  "aws:autoscaling/group:Group": {
    outputs: ({ name, arn, hex }) => ({
      id: name,
      name,
      arn: arn("autoscaling", `autoScalingGroup:${hex(32)}:autoScalingGroupName/${name}`),
    }),
    replacement: byName("autoscaling/group.go"),
    cost: priced(
      group,
      known(
        "availabilityZones availabilityZoneDistribution capacityRebalance context defaultCooldown defaultInstanceWarmup " +
          "desiredCapacity enabledMetrics forceDelete forceDeleteWarmPool healthCheckGracePeriod healthCheckType " +
          "ignoreFailedScalingActivities initialLifecycleHooks instanceLifecyclePolicy instanceMaintenancePolicy instanceRefresh " +
          "launchTemplate loadBalancers maxInstanceLifetime maxSize metricsGranularity minElbCapacity minSize placementGroup " +
          "protectFromScaleIn serviceLinkedRoleArn suspendedProcesses targetGroupArns terminationPolicies trafficSources " +
          "vpcZoneIdentifiers waitForCapacityTimeout waitForElbCapacity " +
          "mixedInstancesPolicy.instancesDistribution mixedInstancesPolicy.launchTemplate.launchTemplateSpecification " +
          `${under("mixedInstancesPolicy.launchTemplate.overrides[]", "instanceRequirements instanceType weightedCapacity")} ` +
          under("warmPool", "instanceReusePolicy maxGroupPreparedCapacity minSize poolState"),
        { desiredCapacityType: ["units"] },
      ),
    ),
    picture: box("instances", "Instances"),
    inAccount: listedAs("Auto Scaling group"),
  },
  "aws:autoscaling/lifecycleHook:LifecycleHook": {
    outputs: generic,
    replacement: {
      replace: ["autoscalingGroupName", "name"],
      name: "name",
      source: "autoscaling/lifecycle_hook.go",
    },
    cost: free(byDesign.scaling),
    picture: detail,
    inAccount: goesWith("Auto Scaling group"),
  },
  "aws:autoscaling/notification:Notification": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.scaling),
    picture: detail,
    inAccount: goesWith("Auto Scaling group"),
  },
  "aws:autoscaling/policy:Policy": {
    outputs: ({ name, arn, hex, inputs }) => ({
      id: name,
      name,
      arn: arn(
        "autoscaling",
        `scalingPolicy:${hex(32)}:autoScalingGroupName/${inputs.autoscalingGroupName}:policyName/${name}`,
      ),
    }),
    replacement: {
      replace: ["autoscalingGroupName", "name"],
      name: "name",
      source: "autoscaling/policy.go",
    },
    cost: priced(
      policy,
      known(
        "adjustmentType autoscalingGroupName cooldown enabled estimatedInstanceWarmup metricAggregationType " +
          "minAdjustmentMagnitude policyType predictiveScalingConfiguration scalingAdjustment stepAdjustments targetTrackingConfiguration",
      ),
    ),
    picture: detail,
    inAccount: goesWith("Auto Scaling group"),
  },
  "aws:autoscaling/schedule:Schedule": {
    outputs: generic,
    replacement: {
      replace: ["autoscalingGroupName", "scheduledActionName"],
      source: "autoscaling/schedule.go",
    },
    cost: priced(
      schedule,
      known("autoscalingGroupName desiredCapacity maxSize minSize recurrence scheduledActionName timeZone"),
    ),
    picture: detail,
    inAccount: listedAs("scheduled action"),
  },
};
