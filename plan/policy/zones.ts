import { at, type Declaration, ifKnown } from "./declaration.ts";

/**
 * Availability zones that subnets stand in. A subnet whose zone the declaration does not say counts as one of its own: awsx
 * makes one subnet of a kind in each zone, and a balancer takes no two of one zone.
 */
export function zonesOf(declared: Declaration, subnetIds: readonly unknown[]): number {
  const subnets = declared.ofType("aws:ec2/subnet:Subnet");
  const zones = subnetIds.map((id) => {
    const subnet = subnets.find(({ identities }) => identities.includes(String(id)));
    return (subnet && ifKnown(() => at(subnet.properties, "availabilityZone"))) ?? id;
  });
  return new Set(zones).size;
}
