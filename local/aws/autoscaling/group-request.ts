/**
 * What CreateAutoScalingGroup and UpdateAutoScalingGroup refuse of a request as a whole; sizes are looked at by the reader of declared
 * groups.
 *
 * @see CreateAutoScalingGroup in the Auto Scaling API reference
 */
const healthChecks = ["EC2", "EBS", "ELB", "VPC_LATTICE"];
const nameMax = 255;
const templates = ["LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy", "InstanceId"];
const places = ["AvailabilityZones", "AvailabilityZoneIds", "VPCZoneIdentifier"];

/** The first problem; `undefined`: there is none. @param input of the call, with what the group was created with before. */
export function groupRequestProblem(input: Readonly<Record<string, unknown>>): string | undefined {
  const { AutoScalingGroupName: name = "", HealthCheckType: type = "EC2" } = input;
  if (String(name).length === 0 || String(name).length > nameMax) {
    return `AutoScalingGroupName has 1 to ${nameMax} characters`;
  }
  const strange = String(type)
    .split(",")
    .find((each) => !healthChecks.includes(each));
  if (strange !== undefined) return `HealthCheckType is ${strange}; give some of ${healthChecks.join(", ")}`;
  if (input.MinSize === undefined) return undefined; // an update of a group that was made past the gateway
  if (!templates.some((each) => input[each] !== undefined)) return `give one of ${templates.join(", ")}`;
  if (!places.some((each) => input[each] !== undefined)) return `give one of ${places.join(", ")}`;
  return undefined;
}
