/** Amazon EC2 Auto Scaling. */
import { control, each, isTrue, listOf, want } from "../control.ts";
import { at, type Declaration, type DeclaredResource } from "../declaration.ts";
import { zonesOf } from "../zones.ts";

const group = "aws:autoscaling/group:Group";
const configuration = "aws:ec2/launchConfiguration:LaunchConfiguration";

function isBalanced(resource: DeclaredResource, declared: Declaration): boolean {
  const { targetGroupArns, loadBalancers, trafficSources } = resource.properties;
  return (
    [targetGroupArns, loadBalancers, trafficSources].some((targets) => listOf(targets).length > 0) ||
    declared.naming(resource, "aws:autoscaling/attachment:Attachment", "autoscalingGroupName").length > 0
  );
}

const overrides = "mixedInstancesPolicy.launchTemplate.overrides";

/** Instance types that a group may start; requirements instead of a type stand for many. */
function typesOf(value: unknown): number {
  const types = listOf(value).map((override) => at(override, "instanceType"));
  return listOf(value).some((override) => at(override, "instanceRequirements") !== undefined)
    ? Number.POSITIVE_INFINITY
    : new Set(types).size;
}

export const autoScalingControls = [
  control({
    id: "AutoScaling.1",
    title: "Auto Scaling groups associated with a load balancer should use ELB health checks",
    severity: "Low",
    checks: "a group with target groups, load balancers, traffic sources or attachments has healthCheckType ELB",
    otherwise: "no group belongs to a load balancer",
    fix: "healthCheckType: ELB; ScaledGroup sets it for a group with targetGroupArns, unless transform.group undoes it",
    examine: each(group, (resource, declared) =>
      isBalanced(resource, declared) ? want(resource, "healthCheckType", (type) => type === "ELB", "ELB") : undefined,
    ),
  }),
  control({
    id: "AutoScaling.2",
    title: "Amazon EC2 Auto Scaling group should cover multiple Availability Zones",
    severity: "Medium",
    checks: "groups stand in subnets (or zones) of two zones or more",
    otherwise: "no group is declared",
    fix: "zones: 2 or 3 for the Network, or vpcZoneIdentifiers of two zones",
    examine: each(group, (resource, declared) => {
      const { vpcZoneIdentifiers, availabilityZones } = resource.properties;
      const path =
        vpcZoneIdentifiers === undefined && availabilityZones !== undefined
          ? "availabilityZones"
          : "vpcZoneIdentifiers";
      return want(resource, path, (list) => zonesOf(declared, listOf(list)) >= 2, "two zones or more");
    }),
  }),
  control({
    id: "AutoScaling.3",
    title:
      "Auto Scaling group launch configurations should configure EC2 instances to require Instance Metadata Service Version 2 (IMDSv2)",
    severity: "High",
    checks: "launch configurations have metadataOptions.httpTokens required",
    otherwise: "no launch configuration is declared; launch templates are EC2.170",
    fix: "metadataOptions: { httpTokens: required }, or better a launch template, as ScaledGroup has",
    examine: each(configuration, (resource) =>
      want(resource, "metadataOptions.httpTokens", (tokens) => tokens === "required", "required"),
    ),
  }),
  control({
    id: "AutoScaling.5",
    title:
      "Amazon EC2 instances launched using Auto Scaling group launch configurations should not have Public IP addresses",
    severity: "High",
    checks: "launch configurations do not have associatePublicIpAddress",
    otherwise: "no launch configuration is declared; launch templates are EC2.25",
    fix: "associatePublicIpAddress: false, or better a launch template, as ScaledGroup has",
    examine: each(configuration, (resource) =>
      want(resource, "associatePublicIpAddress", (associate) => !isTrue(associate), "false"),
    ),
  }),
  control({
    id: "AutoScaling.6",
    title: "Auto Scaling groups should use multiple instance types in multiple Availability Zones",
    severity: "Medium",
    checks: "groups choose among two instance types or more (zones are AutoScaling.2)",
    otherwise: "no group is declared",
    fix: "spot: { instanceTypes: [...] } for the farm (with onDemandPercent: 100 nothing of it is spot), or overrides in mixedInstancesPolicy",
    examine: each(group, (resource) =>
      want(resource, overrides, (value) => typesOf(value) >= 2, "two instance types or more"),
    ),
  }),
  control({
    id: "AutoScaling.9",
    title: "Amazon EC2 Auto Scaling groups should use Amazon EC2 launch templates",
    severity: "Medium",
    checks: "groups have a launch template, directly or in a mixed instances policy",
    otherwise: "no group is declared",
    fix: "launchTemplate: { id, version }, as ScaledGroup has",
    examine: each(group, (resource) => {
      const mixed = at(resource.properties, "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification");
      return mixed === undefined
        ? want(resource, "launchTemplate", (template) => template !== undefined, "{ id, version }")
        : [];
    }),
  }),
];
