import { createHash } from "node:crypto";

/**
 * Longest physical name each service takes (characters), from the services' API references. Names are the logical names
 * of the resources, which begin with the stack's owner, so that everything of one owner sorts together in a console.
 */
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
  securityGroup: 255,
  table: 255,
  targetGroup: 32,
  topic: 256,
  vault: 255,
} as const;

export type NamedKind = keyof typeof nameLengths;

/**
 * The physical name of a resource: its logical name where that fits. A longer one keeps its beginning (the owner) and its
 * end (what it is) around a hash of the whole, so that it stays readable, stays the same from one run to the next, and two
 * long names that differ anywhere stay different.
 */
export function physicalName(kind: NamedKind, logicalName: string): string {
  const name = logicalName
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^-|-$/g, "");
  const max = nameLengths[kind];
  if (name === logicalName && name.length <= max) return name;
  const hash = createHash("sha256").update(logicalName).digest("hex").slice(0, 6);
  const room = max - hash.length - 2;
  if (name.length <= room) return [name, hash].filter((part) => part !== "").join("-");
  const tail = name.slice(-Math.floor(room / 3)).replace(/^-/, "");
  const head = name.slice(0, room - tail.length).replace(/-$/, "");
  return `${head}-${hash}-${tail}`;
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
