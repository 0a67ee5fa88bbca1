/**
 * What `awsx:ec2:Vpc` makes of its arguments, by the names that it gives: `<name>-public-1` is a subnet, its route table, their
 * association and its route; `<name>-1` is a NAT gateway and its address. Pulumi tells children apart by these names: one that stays
 * under its name with other arguments is replaced.
 */
import type { Tags } from "../../resources/shape.ts";
import { type SubnetSpec, subnetBlocks } from "./subnet-blocks.ts";

export type SubnetType = "Public" | "Private" | "Isolated";
type NatStrategy = "None" | "Single" | "OnePerAz";

export interface VpcInputs {
  readonly cidrBlock?: string;
  readonly availabilityZoneNames?: readonly string[];
  readonly numberOfAvailabilityZones?: number;
  readonly availabilityZoneCidrMask?: number;
  readonly enableDnsHostnames?: boolean;
  readonly subnetSpecs?: readonly (SubnetSpec<SubnetType> & { readonly name?: string; readonly tags?: Tags })[];
  readonly natGateways?: { readonly strategy?: NatStrategy };
  readonly tags?: Tags;
}

export interface SubnetChild {
  readonly name: string;
  readonly type: SubnetType;
  readonly zoneName: string;
  readonly cidr: string;
  readonly tags: Tags;
  /** Of the route table. */
  readonly tableTags: Tags;
  /** Where its route leads; `undefined`: nowhere. */
  readonly outward: { readonly gateway: true } | { readonly nat: string } | undefined;
  /** The NAT gateway that stands in it. */
  readonly nat: { readonly name: string; readonly tags: Tags } | undefined;
}

const zonesDefault = 3;
export const cidrDefault = "10.0.0.0/16";
const order: readonly SubnetType[] = ["Public", "Private", "Isolated"];

/** Of the VPC and its gateway. */
export const sharedTags = (name: string, { tags }: Pick<VpcInputs, "tags">): Tags => ({ Name: name, ...tags });

const wantsNat = (strategy: NatStrategy, made: number): boolean =>
  strategy === "OnePerAz" || (strategy === "Single" && made === 0);

/** Zones by name, of those that there are. @throws {Error} when there are too few, or both names and a number are given, as awsx. */
export function zonesOf(inputs: VpcInputs, there: readonly string[], region: string): readonly string[] {
  const { availabilityZoneNames: names, numberOfAvailabilityZones: given } = inputs;
  if (names !== undefined && given !== undefined) {
    throw new Error("Only one of [availabilityZoneNames] and [numberOfAvailabilityZones] can be specified");
  }
  if (names !== undefined) return names;
  const wanted = given ?? zonesDefault;
  if (there.length < wanted) throw new Error(`${region} has ${there.length} zones, but ${wanted} are wanted`);
  return there.slice(0, wanted);
}

/** Zone by zone, public ones first. @throws {Error} as awsx, for ranges or NAT gateways that do not go together. */
export function subnetChildren(name: string, inputs: VpcInputs, zones: readonly string[]): SubnetChild[] {
  const { cidrBlock = cidrDefault, natGateways: { strategy = "OnePerAz" } = {}, tags = {} } = inputs;
  const specs = inputs.subnetSpecs ?? [{ type: "Private" }, { type: "Public" }];
  const has = (type: SubnetType) => specs.some((spec) => spec.type === type);
  if (strategy !== "None" && !(has("Public") && has("Private"))) {
    throw new Error(
      "If NAT Gateway strategy is 'OnePerAz' or 'Single', both private and public subnets must be declared",
    );
  }
  const shared = sharedTags(name, inputs);
  const indexed = specs.map((spec) => ({ ...spec, type: spec }));
  const blocks = subnetBlocks(cidrBlock, zones.length, indexed, inputs.availabilityZoneCidrMask);
  const nats: string[] = [];
  return zones.flatMap((zoneName, zone) =>
    blocks
      .filter((block) => block.zone === zone)
      .toSorted((a, b) => order.indexOf(a.type.type) - order.indexOf(b.type.type))
      .map(({ type: spec, cidr }): SubnetChild => {
        const { type } = spec;
        const subnet = `${name}-${spec.name ?? type.toLowerCase()}-${zone + 1}`;
        const own = { Name: subnet, SubnetType: type };
        const nat = type === "Public" && wantsNat(strategy, nats.length) ? `${name}-${zone + 1}` : undefined;
        if (nat !== undefined) nats.push(nat);
        const through = type === "Private" ? (strategy === "Single" ? nats[0] : nats[zone]) : undefined;
        return {
          name: subnet,
          type,
          zoneName,
          cidr,
          tags: { ...shared, ...spec.tags, ...own },
          tableTags: { ...shared, ...own },
          outward: type === "Public" ? { gateway: true } : through === undefined ? undefined : { nat: through },
          nat: nat === undefined ? undefined : { name: nat, tags: { ...tags, Name: nat } },
        };
      }),
  );
}
