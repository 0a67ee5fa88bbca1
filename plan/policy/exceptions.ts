/**
 * Where the declaration departs from a control on purpose: the argument, what it saves, and the premise. An exception holds only
 * while its premise does, which is read off the same declaration; otherwise the violation stands.
 *
 * Prices are those of us-east-1: NAT gateway $0.045 an hour and a GB, public IPv4 address $0.005 an hour, CloudWatch Logs $0.50
 * a GB, load balancer $0.0225 an hour.
 */
import { isWide } from "./addresses.ts";
import { isTrue, listOf } from "./control.ts";
import { templateOf } from "./controls/ec2-instances.ts";
import { at, type Declaration, type DeclaredResource } from "./declaration.ts";
import { zonesOf } from "./zones.ts";

export interface Exception {
  /** Id of the control. */
  readonly control: string;
  /** Why it is better so. */
  readonly argument: string;
  /** What the exception saves, in money or in trouble. */
  readonly saves: string;
  /** What must be so, in words. */
  readonly premise: string;
  /** Whether it is so; `resource` is the one at fault, undefined when the account is. */
  holds(resource: DeclaredResource | undefined, declared: Declaration): boolean;
}

const bucket = "aws:s3/bucket:Bucket";
const template = "aws:ec2/launchTemplate:LaunchTemplate";

/** A stack for practice says so itself: `pulumi destroy` empties its buckets, and no table refuses to go. */
function isForPractice(declared: Declaration): boolean {
  const buckets = declared.ofType(bucket);
  const kept = declared
    .ofType("aws:dynamodb/table:Table")
    .some(({ properties }) => isTrue(properties.deletionProtectionEnabled));
  return buckets.length > 0 && buckets.every(({ properties }) => isTrue(properties.forceDestroy)) && !kept;
}

const practice = {
  premise: "the stack is for practice (production: false): every bucket has forceDestroy, no table refuses deletion",
  holds: (_: DeclaredResource | undefined, declared: Declaration) => isForPractice(declared),
};

/** Whether nobody on the Internet can open a connection to the interfaces that a template makes. */
function isClosed(resource: DeclaredResource, declared: Declaration): boolean {
  const groups = declared
    .ofType("aws:ec2/securityGroup:SecurityGroup")
    .filter(
      (group) =>
        declared.refers(resource, "networkInterfaces", group) ||
        declared.refers(resource, "vpcSecurityGroupIds", group),
    );
  const open = groups.some((group) => {
    const apart = declared
      .naming(group, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "securityGroupId")
      .map(({ properties }) => properties);
    const legacy = declared
      .naming(group, "aws:ec2/securityGroupRule:SecurityGroupRule", "securityGroupId")
      .map(({ properties }) => properties)
      .filter(({ type }) => type === "ingress");
    const rules = [...apart, ...legacy, ...listOf(group.properties.ingress)];
    // Halves of the Internet in two rules are the Internet; what a list of prefixes holds nobody says here.
    return isWide(rules.flatMap(rangesOf)) || rules.some(namesPrefixes);
  });
  return groups.length > 0 && !open;
}

const rangesOf = (rule: unknown): unknown[] =>
  [
    at(rule, "cidrIpv4"),
    at(rule, "cidrIpv6"),
    ...listOf(at(rule, "cidrBlocks")),
    ...listOf(at(rule, "ipv6CidrBlocks")),
  ].filter((range) => Boolean(range));

const namesPrefixes = (rule: unknown) =>
  at(rule, "prefixListId") !== undefined || listOf(at(rule, "prefixListIds")).length > 0;

const encryptsDisks = ({ properties }: DeclaredResource) => {
  const disks = listOf(properties.blockDeviceMappings);
  return disks.length > 0 && disks.every((disk) => isTrue(at(disk, "ebs.encrypted")));
};

const saysAddress = ({ properties }: DeclaredResource) => {
  const interfaces = listOf(properties.networkInterfaces);
  return interfaces.length > 0 && interfaces.every((one) => at(one, "associatePublicIpAddress") !== undefined);
};

const isBlocking = (resource: DeclaredResource, declared: Declaration) =>
  declared.naming(resource, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket").length > 0;

export const exceptions: readonly Exception[] = [
  {
    control: "AutoScaling.6",
    argument:
      "A load test, a prediction and a bill hold for one machine type; a farm that mixes types has other figures on every day. Two zones remain.",
    saves: "no money: on-demand types cost what they cost; it keeps measured figures comparable",
    premise: "the group launches from a template and spans two zones or more",
    holds: (resource, declared) =>
      resource !== undefined &&
      templateOf(resource, declared) !== undefined &&
      zonesOf(declared, listOf(resource.properties.vpcZoneIdentifiers)) >= 2,
  },
  {
    control: "DynamoDB.6",
    argument:
      "A stack that is stood up for an afternoon must come down with one command; a protected table stops it half-way.",
    saves: "no money by itself; a stack that cannot be destroyed goes on costing about $3 a day",
    ...practice,
  },
  {
    control: "EC2.6",
    argument: "Nobody reads the refused connections of a practice stack, and public addresses are scanned all day.",
    saves: "$0.50 for each GB of records, cents to a few dollars a month; production records refused connections",
    ...practice,
  },
  {
    control: "EC2.7",
    argument:
      "The setting belongs to account and Region, not to a stack: the first of a class to run pulumi destroy would switch it off for all.",
    saves: "no money; it keeps one stack from changing everybody's",
    premise: "every launch template encrypts each of its disks itself, and no other disk is declared",
    holds: (_, declared) =>
      declared.ofType("aws:ec2/instance:Instance", "aws:ebs/volume:Volume").length === 0 &&
      declared.ofType(template).every(encryptsDisks),
  },
  {
    control: "EC2.15",
    argument:
      "awsx makes its public subnets so, and the balancer needs them. What is launched there does not follow the subnet: every launch template says itself whether it gets an address.",
    saves: "no money; it spares a hand-made VPC of some twenty resources",
    premise:
      "each network interface of each launch template says associatePublicIpAddress, and no single instance is declared",
    holds: (_, declared) =>
      declared.ofType("aws:ec2/instance:Instance").length === 0 && declared.ofType(template).every(saysAddress),
  },
  {
    control: "EC2.25",
    argument:
      "Without a NAT gateway an instance needs an address of its own to reach AWS. Its security group lets nobody on the Internet open a connection to it: web instances answer the balancer, workers nobody.",
    saves:
      "the NAT gateway, $32.85 a month and $0.045 a GB, against $3.65 a month for each address: cheaper up to nine instances; beyond, set instances: private",
    premise:
      "no security group of the template's interfaces lets in more than a /8 of the Internet, in one rule or in several",
    holds: (resource, declared) => resource !== undefined && isClosed(resource, declared),
  },
  {
    control: "EC2.172",
    argument:
      "It would cut off the balancer, which is there to be reached, and it belongs to account and Region, not to a stack. An account's owner can set it and exclude this VPC.",
    saves: "no money; it keeps one stack from changing everybody's",
    premise: "an Internet-facing balancer is declared",
    holds: (_, declared) =>
      declared.ofType("aws:lb/loadBalancer:LoadBalancer").some(({ properties }) => !isTrue(properties.internal)),
  },
  {
    control: "ELB.6",
    argument:
      "A stack that is stood up for an afternoon must come down with one command; a protected balancer stops it half-way.",
    saves: "no money by itself; a balancer left behind costs about $16 a month",
    ...practice,
  },
  {
    control: "S3.1",
    argument:
      "The setting belongs to the account, not to a stack: another stack of the account may have a public website. Every bucket here blocks public access itself (S3.8).",
    saves: "no money; it keeps one stack from changing everybody's",
    premise: "each bucket has a BucketPublicAccessBlock of its own",
    holds: (_, declared) => declared.ofType(bucket).every((resource) => isBlocking(resource, declared)),
  },
  {
    control: "S3.9",
    argument:
      "It is the bucket that the records of all others are written to; recording that would feed itself. AWS says so too.",
    saves: "storage that grows by itself",
    premise: "the bucket is the target of another bucket's logging",
    holds: (resource, declared) =>
      resource !== undefined &&
      declared.naming(resource, "aws:s3/bucketLogging:BucketLogging", "targetBucket").length > 0,
  },
];
