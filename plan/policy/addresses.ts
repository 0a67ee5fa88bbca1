/**
 * Sets of addresses. Ranges are judged together: two halves of the Internet are the Internet.
 *
 * Too wide is what S3 calls public: more than a /8 of IPv4 or a /32 of IPv6, private ranges aside ("The meaning of public", Amazon S3
 * user guide).
 */
import { isIP } from "node:net";

interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  /** Included. */
  readonly last: bigint;
}

const bits = { 4: 32, 6: 128 } as const;
const most = { 4: 1n << 24n, 6: 1n << 96n } as const;

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split(".").reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  // `::` stands for as many zeros as are missing; a dotted end is two groups.
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const last = dotted === null ? 0n : numberOf(dotted[2] ?? "", 4);
  const text = dotted === null ? address : `${dotted[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** `undefined` for what is no address and no range. */
export function rangeOf(text: string): Range | undefined {
  const [address = "", prefix, ...more] = text.trim().split("/");
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || more.length > 0) return undefined;
  const length = prefix === undefined ? bits[family] : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(length <= bits[family])) return undefined;
  const size = 1n << BigInt(bits[family] - length);
  const first = (numberOf(address, family) / size) * size;
  return { family, first, last: first + size - 1n };
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10"].flatMap(
  (text) => rangeOf(text) ?? [],
);

/** Addresses of a family that one range at least holds, private ones aside. */
function sizeOf(ranges: readonly Range[], family: 4 | 6): bigint {
  const own = ranges.filter((range) => range.family === family).sort((a, b) => (a.first < b.first ? -1 : 1));
  let [size, until] = [0n, -1n];
  for (const { first, last } of own) {
    const from = first > until ? first : until + 1n;
    if (last < from) continue;
    size += last - from + 1n - privateWithin(from, last, family);
    until = last;
  }
  return size;
}

function privateWithin(first: bigint, last: bigint, family: 4 | 6): bigint {
  return privateRanges
    .filter((range) => range.family === family)
    .map((range) => (range.last < last ? range.last : last) - (range.first > first ? range.first : first) + 1n)
    .reduce((sum, overlap) => (overlap > 0n ? sum + overlap : sum), 0n);
}

/** Whether ranges together let in more than anybody's own network. What cannot be read may be anything. */
export function isWide(texts: readonly unknown[]): boolean {
  const ranges = texts.map((text) => rangeOf(String(text)));
  if (ranges.includes(undefined)) return true;
  const read = ranges.flatMap((range) => range ?? []);
  return ([4, 6] as const).some((family) => sizeOf(read, family) > most[family]);
}
