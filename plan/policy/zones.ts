import { at, type Declaration, type DeclaredResource, ifKnown } from "./declaration.ts";

const awsxVpc = "awsx:ec2:Vpc";
const unknown = "a zone that nobody says";

function zoneOf(subnet: DeclaredResource): unknown {
  return ifKnown(() => at(subnet.properties, "availabilityZone") ?? at(subnet.properties, "availabilityZoneId"));
}

/** Whether subnets that the declaration only names are known to stand in different zones. */
function standApart(declared: Declaration, id: string): boolean {
  // awsx makes one subnet of a kind in each zone, and a balancer takes no two of one zone.
  if (declared.ofType(awsxVpc).some(({ identities }) => identities.includes(id))) return true;
  return declared
    .ofType("aws:lb/loadBalancer:LoadBalancer")
    .some(({ properties }) =>
      [at(properties, "subnets"), at(properties, "subnetMappings")].some((list) =>
        JSON.stringify(list ?? []).includes(`"${id}"`),
      ),
    );
}

/**
 * Availability zones that subnets, or zones by name, stand in at least. Subnets whose zone nobody says may all stand in one, so they
 * count as one.
 */
export function zonesOf(declared: Declaration, places: readonly unknown[]): number {
  const subnets = declared.ofType("aws:ec2/subnet:Subnet");
  const zones = places.map((place) => {
    const id = String(place);
    const subnet = subnets.find(({ identities }) => identities.includes(id));
    if (subnet !== undefined) return zoneOf(subnet) ?? (ifKnown(() => standApart(declared, id)) ? id : unknown);
    if (!id.startsWith("subnet-")) return id; // a zone by its name
    return (ifKnown(() => standApart(declared, id)) ?? true) ? id : unknown;
  });
  return new Set(zones).size;
}
