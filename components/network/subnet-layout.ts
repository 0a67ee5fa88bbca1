/**
 * Where in a VPC's range its subnets lie. Given no ranges, awsx divides the whole range among the zones and kinds that there are, so
 * that one more of either moves subnets onto ranges that others still have, and AWS refuses them (`InvalidSubnet.Conflict`):
 * https://github.com/pulumi/pulumi-awsx/issues/910. Here each zone and kind has its place, whether it is used or not:
 *
 *     10.0.0.0/16    zone 1                     zone 2                      zone 3            zone 4, reserved
 *     public         10.0.0.0/19                10.0.64.0/19                10.0.128.0/19     10.0.192.0/19
 *     private        10.0.32.0/19               10.0.96.0/19                10.0.160.0/19     10.0.224.0/19
 */

const zoneBits = 2;
const kinds = ["Public", "Private"] as const;
const kindBits = 1;

/** Of subnets whose instances have public addresses, or leave through a NAT gateway. */
export type SubnetKind = (typeof kinds)[number];

const toNumber = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

/**
 * Ranges of the subnets of one kind, zone by zone.
 *
 * @param cidrBlock of the VPC; an address inside of the range will do, as for AWS.
 * @param zones 1 to 4.
 */
export function subnetRanges(cidrBlock: string, kind: SubnetKind, zones: number): string[] {
  const [address = "", prefix = ""] = cidrBlock.split("/");
  const size = 2 ** (32 - Number(prefix));
  const start = Math.floor(toNumber(address) / size) * size;
  const [zoneSize, subnetSize] = [size / 2 ** zoneBits, size / 2 ** (zoneBits + kindBits)];
  return Array.from({ length: zones }, (_, zone) => {
    const range = start + zone * zoneSize + kinds.indexOf(kind) * subnetSize;
    return `${toAddress(range)}/${Number(prefix) + zoneBits + kindBits}`;
  });
}
