/** Availability zones by name. Each has its place among the subnets (`subnet-layout.ts`), which is its place in the list. */
import { RunError } from "@pulumi/pulumi";
import { form, type MaybeMistake, rule } from "../base/validate.ts";

/** As many as there are places for. */
const count = { min: 2, max: 4 };

/** Of a region's own zones: the region and one letter. Local zones (`us-east-1-bos-1a`) and Wavelength zones have more in their names. */
const zoneName = /^([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]$/;
const zoneForm =
  "a zone of the region itself, such as us-east-1a: neither a Local Zone (us-east-1-bos-1a) nor a Wavelength Zone, which have few " +
  "instance types and no application balancers of their own, nor a zone's id (use1-az1)";

/** The region of a zone; `undefined`: the text is no zone's name. */
const regionOf = (zone: string): string | undefined => zoneName.exec(zone)?.[1];

const elsewhere = (zones: readonly string[], region: string): string[] =>
  zones.filter((zone) => ![region, undefined].includes(regionOf(zone)));

/**
 * What the names may be.
 *
 * @param path how their writer knows them.
 * @param region of the stack, where it is known; else they have to be of one region.
 */
export function zoneNameRules(path: string, zones: readonly string[] | undefined, region?: string): MaybeMistake[] {
  if (zones === undefined) return [];
  const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
  const home = region ?? zones.map(regionOf).find((each) => each !== undefined) ?? "";
  const { min, max } = count;
  return [
    rule(
      path,
      zones.length < min || zones.length > max,
      `${zones.length} is out of range (a balancer needs two zones, the VPC has places for four); give ${min} to ${max} zones`,
    ),
    ...zones.map((zone, index) => form(`${path}[${index}]`, zone, zoneName, zoneForm)),
    rule(path, twice !== undefined, `${twice} is there twice; give each zone once`),
    ...elsewhere(zones, home).map((zone) => rule(path, true, `${zone} is not in ${home}; give zones of ${home}`)),
  ];
}

/** @throws {RunError} where zones are not of the region that the provider deploys to, which is known only then. */
export function inRegionOf(zones: readonly string[], region: string): string {
  const [zone] = elsewhere(zones, region);
  if (zone === undefined) return region;
  throw new RunError(`zone ${zone} is not in ${region}, where the stack is; give zones of ${region}`);
}
