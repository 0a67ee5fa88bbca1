/**
 * In how many zones awsx's VPC has subnets: those that are named, else as many as are asked for, else three.
 */
export function zoneCount(inputs: Readonly<Record<string, unknown>>): number {
  const { availabilityZoneNames: names, numberOfAvailabilityZones: count = 3 } = inputs;
  return Array.isArray(names) ? names.length : Number(count);
}
