/** Address ranges of a VPC's subnets: each zone gets an equal share, its subnets equal parts of that. */

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

/** Bits that tell `count` things apart. */
const bitsFor = (count: number) => Math.ceil(Math.log2(count));

/** @throws {Error} when the range is too small for that many subnets: AWS takes none smaller than /28. */
export function subnetBlocks<T>(
  cidrBlock: string,
  zones: number,
  specs: readonly { readonly type: T; readonly cidrMask?: number }[],
): SubnetBlock<T>[] {
  const [address = "", prefix = ""] = cidrBlock.split("/");
  const zoneMask = Number(prefix) + bitsFor(zones);
  const subnetMask = zoneMask + bitsFor(specs.length);
  const start = toNumber(address);
  return Array.from({ length: zones }, (_, zone) =>
    specs.map(({ type, cidrMask = subnetMask }, index) => {
      if (cidrMask < subnetMask || cidrMask > 28) {
        throw new Error(
          `${cidrBlock} has no room for ${specs.length} subnets of /${cidrMask} in each of ${zones} zones`,
        );
      }
      const offset = zone * 2 ** (32 - zoneMask) + index * 2 ** (32 - subnetMask);
      return { type, zone, cidr: `${toAddress(start + offset)}/${cidrMask}` };
    }),
  ).flat();
}
