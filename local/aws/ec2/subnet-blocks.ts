/** Address ranges of a VPC's subnets as awsx lays them out: those that are given, else an equal share of the range for each zone. */

export interface SubnetSpec<T> {
  readonly type: T;
  readonly cidrMask?: number;
  /** One for each zone; then every kind has to have them. */
  readonly cidrBlocks?: readonly string[];
}

export interface SubnetBlock<T> {
  readonly type: T;
  /** Index of the zone. */
  readonly zone: number;
  readonly cidr: string;
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

const sizeOf = (mask: number) => 2 ** (32 - mask);

/** Bits that tell `count` things apart. */
const bitsFor = (count: number) => Math.ceil(Math.log2(count));

function givenBlocks<T>(zones: number, specs: readonly SubnetSpec<T>[]): SubnetBlock<T>[] {
  for (const [index, { cidrBlocks }] of specs.entries()) {
    if (cidrBlocks === undefined) {
      throw new Error(
        "If any subnet spec has explicit cidrBlocks, all subnets must have explicit cidrBlocks: " +
          `subnetSpecs[${index}] has none`,
      );
    }
    if (cidrBlocks.length !== zones) {
      throw new Error(
        `The number of CIDR blocks in subnetSpecs[${index}] must match the number of availability zones (${zones})`,
      );
    }
  }
  return Array.from({ length: zones }, (_, zone) =>
    specs.map(({ type, cidrBlocks = [] }) => ({ type, zone, cidr: cidrBlocks[zone] ?? "" })),
  ).flat();
}

/** @throws {Error} when the range is too small for that many subnets: AWS takes none smaller than /28; or blocks are given for some only. */
export function subnetBlocks<T>(
  cidrBlock: string,
  zones: number,
  specs: readonly SubnetSpec<T>[],
  zoneCidrMask?: number,
): SubnetBlock<T>[] {
  if (specs.some(({ cidrBlocks }) => cidrBlocks !== undefined)) return givenBlocks(zones, specs);
  const [address = "", prefix = ""] = cidrBlock.split("/");
  const zoneMask = zoneCidrMask ?? Number(prefix) + bitsFor(zones);
  const subnetMask = zoneMask + bitsFor(specs.length);
  const masks = specs.map(({ cidrMask = subnetMask }) => cidrMask);
  const wanted = masks.reduce((sum, mask) => sum + sizeOf(mask), 0);
  if (wanted > sizeOf(zoneMask) || masks.some((mask) => mask > 28)) {
    const list = masks.map((mask) => `/${mask}`).join(", ");
    throw new Error(`${cidrBlock} has no room for subnets of ${list} in each of ${zones} zones`);
  }
  return Array.from({ length: zones }, (_, zone) => {
    let next = toNumber(address) + zone * sizeOf(zoneMask);
    return specs.map(({ type }, index) => {
      const mask = masks[index] ?? subnetMask;
      // A block begins at a multiple of its size.
      const start = Math.ceil(next / sizeOf(mask)) * sizeOf(mask);
      next = start + sizeOf(mask);
      return { type, zone, cidr: `${toAddress(start)}/${mask}` };
    });
  }).flat();
}
