import { createHash } from "node:crypto";
import { nameSeparator } from "../../runtime/contract/names.ts";

/** Longest physical name each service takes (characters), from the services' API references. */
export const nameLengths = {
  alarm: 255,
  autoScalingGroup: 255,
  bucket: 63,
  budget: 100,
  dashboard: 255,
  eventRule: 64,
  instanceProfile: 128,
  launchTemplate: 128,
  lifecycleHook: 255,
  loadBalancer: 32,
  logGroup: 512,
  metricFilter: 255,
  policy: 128,
  queue: 80,
  role: 64,
  scalingPolicy: 256,
  scheduledAction: 255,
  /** A prefix: the provider appends 26 digits, and 255 are allowed. */
  securityGroup: 229,
  table: 255,
  topic: 256,
  vault: 255,
} as const;

export type NamedKind = keyof typeof nameLengths;

const cleaned = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^-|-$/g, "");

/**
 * The physical name of a resource: its logical name and the qualifiers, parted by two hyphens, where that fits. No part has two
 * hyphens itself, so names are equal only where all parts are. A longer name keeps its beginning (the owner) and its end around a
 * hash of the whole, so that it stays readable, stays the same from one run to the next, and two long names that differ anywhere
 * stay different. A balancer's has one hyphen between its parts, and the hash where they could be read otherwise.
 *
 * @param qualifiers what tells this resource from that of the same logical name elsewhere: stack, account and region.
 */
export function physicalName(kind: NamedKind, logicalName: string, ...qualifiers: readonly string[]): string {
  const parts = [logicalName, ...qualifiers];
  // Elastic Load Balancing refuses two hyphens in a row in a target group's name, and does not say what it does with a balancer's.
  const separator = kind === "loadBalancer" ? "-" : nameSeparator;
  const name = parts
    .map(cleaned)
    .filter((part) => part !== "")
    .join(separator);
  const max = nameLengths[kind];
  const isParted = separator === nameSeparator || qualifiers.every((part) => !part.includes("-"));
  if (isParted && parts.every((part) => part === cleaned(part)) && name.length <= max) return name;
  const hash = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 6);
  const room = max - hash.length - 2;
  if (name.length <= room) return [name, hash].filter((part) => part !== "").join("-");
  const tail = name.slice(-Math.floor(room / 3)).replace(/^-+/, "");
  const head = name.slice(0, room - tail.length).replace(/-+$/, "");
  return `${head}-${hash}-${tail}`;
}

/** Longest prefix of a target group's name; the provider appends 26 digits, and 32 are allowed. */
const targetGroupPrefixLength = 6;

/** Begin of a target group's name: as much of the logical name as fits. */
export function targetGroupPrefix(logicalName: string): string {
  return `${cleaned(logicalName)
    .slice(0, targetGroupPrefixLength - 1)
    .replace(/-$/, "")}-`;
}

/** Owner of a stack: first part of every name, prefix of every object key, label of the stack's subdomain. */
export const ownerPattern = /^(?!aws|ssm|(?:sg|internal|sthree)(?:-|$))[a-z](?:-?[a-z0-9]){1,19}$/;
/** The reserved beginnings are those of parameters (SSM), security groups, balancers and buckets. */
export const ownerRule =
  "2 to 20 lower-case letters, digits and single hyphens, a letter first, no hyphen last, " +
  "not beginning as AWS keeps for itself: aws, ssm, sg-, internal-, sthree-";

/** The domain of a mail address. */
export const domainOf = (address: string): string => address.slice(address.indexOf("@") + 1);

/** Whether a host name belongs to a zone: is its name, or ends in it. */
export const isWithin = (hostName: string, zone: string): boolean => hostName === zone || hostName.endsWith(`.${zone}`);
