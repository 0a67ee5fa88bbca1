/** What a plan takes of an account's quotas. */
import { needsOf } from "../../operate/doctor/needs.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";

/** Everything that is counted against a quota. */
const countedKinds = [
  "onDemandVcpus",
  "spotVcpus",
  "balancers",
  "targetGroups",
  "vpcs",
  "internetGateways",
  "natGateways",
  "addresses",
  "gatewayEndpoints",
  "securityGroups",
  "networkInterfaces",
  "groups",
  "launchTemplates",
  "roles",
  "instanceProfiles",
  "buckets",
  "tables",
  "alarms",
  "parameters",
  "certificates",
  "importedCertificates",
  "records",
  "vaults",
  "rulesPerBalancer",
  "targetGroupsPerBalancer",
  "targetsPerBalancer",
  "certificatesPerBalancer",
  "mails",
] as const;
export type Counted = (typeof countedKinds)[number];

/** How much of each is taken with every group at its minimum, and at its maximum. */
export interface Amount {
  readonly least: number;
  readonly most: number;
}
export type Counts = Readonly<Partial<Record<Counted, Amount>>>;

/** Types that are counted one by one. */
const kindOfType: Readonly<Record<string, readonly Counted[]>> = {
  "aws:lb/loadBalancer:LoadBalancer": ["balancers"],
  "aws:lb/targetGroup:TargetGroup": ["targetGroups"],
  "awsx:ec2:Vpc": ["vpcs", "internetGateways"],
  "aws:ec2/vpc:Vpc": ["vpcs"],
  "aws:ec2/internetGateway:InternetGateway": ["internetGateways"],
  "aws:ec2/natGateway:NatGateway": ["natGateways", "networkInterfaces"],
  "aws:ec2/eip:Eip": ["addresses"],
  "aws:ec2/securityGroup:SecurityGroup": ["securityGroups"],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ["securityGroups"],
  "aws:autoscaling/group:Group": ["groups"],
  "aws:ec2/launchTemplate:LaunchTemplate": ["launchTemplates"],
  "aws:iam/role:Role": ["roles"],
  "aws:iam/instanceProfile:InstanceProfile": ["instanceProfiles"],
  "aws:s3/bucket:Bucket": ["buckets"],
  "aws:dynamodb/table:Table": ["tables"],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["alarms"],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ["alarms"],
  "aws:route53/record:Record": ["records"],
  "aws:glacier/vault:Vault": ["vaults"],
};

/**
 * vCPUs of an instance type by its size, when nobody can ask AWS: a `large` has two, each doubling after that twice as many. Sizes
 * below have two in burstable families of today (`t3`, `t4g`) and one in others.
 */
export function usualVcpus(instanceType: string): number {
  const [family = "", size = ""] = instanceType.split(".");
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  if (times !== undefined) return 4 * (times === "" ? 1 : Number(times));
  if (size === "large") return 2;
  if (/^(nano|micro|small|medium)$/.test(size))
    return /^t(3|4g)/.test(family) || (family === "t2" && size === "medium") ? 2 : 1;
  // A whole machine; the largest that is usual.
  return size.startsWith("metal") ? 96 : 2;
}

const isGateway = ({ inputs }: PlannedResource) => (inputs.vpcEndpointType ?? "Gateway") === "Gateway";

/** Zones that a balancer stands in: it has an interface in each. */
const zonesOf = ({ inputs }: PlannedResource) => (Array.isArray(inputs.subnets) ? inputs.subnets.length : 2);

/** @param vcpus of instance types, as AWS tells; absent: as is usual for their size. */
export function countsOf(plan: Plan, region: string, vcpus?: ReadonlyMap<string, number>): Counts {
  const counts: Partial<Record<Counted, { least: number; most: number }>> = {};
  const add = (kind: Counted, least: number, most = least) => {
    const before = counts[kind] ?? { least: 0, most: 0 };
    if (most > 0) counts[kind] = { least: before.least + least, most: before.most + most };
  };
  for (const resource of plan.resources) {
    for (const kind of kindOfType[resource.type] ?? []) add(kind, 1);
    if (resource.type === "aws:ec2/vpcEndpoint:VpcEndpoint")
      add(isGateway(resource) ? "gatewayEndpoints" : "networkInterfaces", 1);
    if (resource.type === "aws:lb/loadBalancer:LoadBalancer") add("networkInterfaces", zonesOf(resource));
    if (resource.type === "aws:acm/certificate:Certificate")
      add(resource.inputs.domainName === undefined ? "importedCertificates" : "certificates", 1);
  }
  const needs = needsOf(plan, region);
  add("addresses", needs.addresses);
  add("natGateways", needs.addresses);
  add("networkInterfaces", needs.addresses);
  add("parameters", new Set(needs.parameters.map(({ name }) => name)).size);
  for (const { instanceType, min, max, spot } of needs.groups) {
    const each = vcpus?.get(instanceType) ?? usualVcpus(instanceType);
    add("networkInterfaces", min, max);
    // One instance of a spot group is on demand, unless the program says otherwise.
    const onDemand = spot ? 1 : max;
    add("onDemandVcpus", each * Math.min(min, onDemand), each * Math.min(max, onDemand));
    if (spot) add("spotVcpus", each * Math.max(0, min - 1), each * Math.max(0, max - 1));
  }
  return counts;
}

/** So many of one, and another beside them. */
export function together(stack: Counts, stacks: number, shared: Counts = {}): Counts {
  const kinds = [...new Set([...Object.keys(stack), ...Object.keys(shared)])] as Counted[];
  return Object.fromEntries(
    kinds.map((kind) => {
      const [each, once] = [stack[kind] ?? { least: 0, most: 0 }, shared[kind] ?? { least: 0, most: 0 }];
      return [kind, { least: each.least * stacks + once.least, most: each.most * stacks + once.most }];
    }),
  );
}
