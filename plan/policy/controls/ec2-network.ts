/** Amazon EC2: VPCs and what is in them. */
import { isWide } from "../addresses.ts";
import { control, type Examined, each, type Fault, isTrue, listOf, ofAccount, want } from "../control.ts";
import { at, type Declaration, type DeclaredResource } from "../declaration.ts";

const vpcType = "aws:ec2/vpc:Vpc";
const awsxVpc = "awsx:ec2:Vpc";

/** VPCs; one of awsx counts itself only as long as nobody shows what is in it, as Pulumi's engine does. */
function vpcsOf(declared: Declaration): readonly DeclaredResource[] {
  return [
    ...declared.ofType(vpcType, "aws:ec2/defaultVpc:DefaultVpc"),
    ...declared.ofType(awsxVpc).filter((vpc) => !declared.holds(vpc, vpcType)),
  ];
}

/** Rules declared apart from their group. */
const ruleTypes = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];

function examineDefaultGroup(vpc: DeclaredResource, declared: Declaration): Examined[] {
  const groups = declared.naming(vpc, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId");
  if (groups.length === 0) {
    const fault = { path: "DefaultSecurityGroup", found: undefined, wanted: "declared, without rules" };
    return [{ resource: vpc, faults: [fault] }];
  }
  return groups.map((group) => ({
    resource: group,
    faults: [
      ...["ingress", "egress"].flatMap((path) => want(group, path, (rules) => listOf(rules).length === 0, "no rule")),
      ...ruleTypes
        .flatMap((type) => declared.naming(group, type, "securityGroupId"))
        .map((resource) => ({ resource, path: "securityGroupId", found: group.name, wanted: "another group" })),
    ],
  }));
}

function flowLogFaults(vpc: DeclaredResource, declared: Declaration): Fault[] {
  const wanted = "REJECT or ALL";
  const faults = declared
    .naming(vpc, "aws:ec2/flowLog:FlowLog", "vpcId")
    .map((log) => want(log, "trafficType", (kind) => kind === "REJECT" || kind === "ALL", wanted));
  if (faults.length === 0) return [{ path: "FlowLog", found: undefined, wanted: `declared, of ${wanted}` }];
  return faults.some((none) => none.length === 0) ? [] : faults.flat();
}

interface AclRule {
  readonly [property: string]: unknown;
}

/** Whether an entry of a network ACL lets somebody reach SSH or RDP. */
function opensAdministration(entry: AclRule): boolean {
  const protocol = String(entry.protocol ?? "-1").toLowerCase();
  const everything = protocol === "-1" || protocol === "all";
  // A side that is not given is open.
  const reaches = (port: number) => Number(entry.fromPort ?? 0) <= port && port <= Number(entry.toPort ?? 65_535);
  const ports = everything || (["tcp", "6"].includes(protocol) && [22, 3389].some(reaches));
  return String(entry.action ?? entry.ruleAction).toLowerCase() === "allow" && ports;
}

const rangesOf = (entry: AclRule) => [entry.cidrBlock, entry.ipv6CidrBlock].filter((range) => Boolean(range));

/** Entries that together let in more of the Internet than anybody's own network. */
function aclFaults(acl: DeclaredResource, declared: Declaration): Fault[] {
  const wanted = "no entries that together allow the Internet to port 22 or 3389";
  const inline = listOf(acl.properties.ingress).map((entry, index) => ({
    entry: entry as AclRule,
    fault: { path: `ingress[${index}]`, found: entry, wanted } as Fault,
  }));
  const apart = declared
    .naming(acl, "aws:ec2/networkAclRule:NetworkAclRule", "networkAclId")
    .filter(({ properties }) => !isTrue(properties.egress))
    .map((resource) => ({
      entry: resource.properties,
      fault: { resource, path: "ruleAction", found: "allow", wanted } as Fault,
    }));
  const open = [...inline, ...apart].filter(({ entry }) => opensAdministration(entry));
  if (!isWide(open.flatMap(({ entry }) => rangesOf(entry)))) return [];
  const wide = open.filter(({ entry }) => isWide(rangesOf(entry)));
  return (wide.length > 0 ? wide : open).map(({ fault }) => fault);
}

/** awsx gives its public subnets, and only those, automatic public addresses; there is no argument for it. */
function awsxSubnetFaults(vpc: DeclaredResource): Fault[] {
  const specs = vpc.properties.subnetSpecs ?? [{ type: "Public" }, { type: "Private" }];
  return listOf(specs).flatMap((spec, index) =>
    String(at(spec, "type")).toLowerCase() === "public"
      ? [{ path: `subnetSpecs[${index}].type`, found: at(spec, "type"), wanted: "no automatic public addresses" }]
      : [],
  );
}

export const networkControls = [
  control({
    id: "EC2.2",
    title: "VPC default security groups should not allow inbound or outbound traffic",
    severity: "High",
    checks:
      "each VPC has an aws:ec2/defaultSecurityGroup:DefaultSecurityGroup, which takes AWS's rules away, without rules",
    otherwise: "no VPC is declared",
    fix: "new aws.ec2.DefaultSecurityGroup(name, { vpcId, ingress: [], egress: [] }); Network declares it, unless transform.defaultSecurityGroup undoes it",
    examine: (declared) => vpcsOf(declared).flatMap((vpc) => examineDefaultGroup(vpc, declared)),
  }),
  control({
    id: "EC2.6",
    title: "VPC flow logging should be enabled in all VPCs",
    severity: "Medium",
    checks: "each VPC has a flow log of rejected traffic or of all",
    otherwise: "no VPC is declared",
    fix: "flowLogs: rejected for the Network (annofarm:flowLogs for the stack; in production it is the default)",
    examine: (declared) =>
      vpcsOf(declared).map((resource) => ({ resource, faults: flowLogFaults(resource, declared) })),
  }),
  control({
    id: "EC2.15",
    title: "Amazon EC2 subnets should not automatically assign public IP addresses",
    severity: "Medium",
    checks: "no subnet has mapPublicIpOnLaunch; public subnets of an awsx VPC do",
    otherwise: "no subnet is declared",
    fix: "mapPublicIpOnLaunch: false; awsx leaves no choice for its public subnets, so a VPC of awsx needs a transform of its subnets",
    examine: (declared) => [
      ...each("aws:ec2/subnet:Subnet", (subnet) =>
        want(subnet, "mapPublicIpOnLaunch", (value) => !isTrue(value), "false"),
      )(declared),
      ...vpcsOf(declared)
        .filter(({ type }) => type === awsxVpc)
        .map((resource) => ({ resource, faults: awsxSubnetFaults(resource) })),
    ],
  }),
  control({
    id: "EC2.21",
    title: "Network ACLs should not allow ingress from 0.0.0.0/0 to port 22 or port 3389",
    severity: "Medium",
    checks:
      "no entry of a network ACL, its own or a NetworkAclRule, allows 0.0.0.0/0 or ::/0 to port 22 or 3389, nor do several together",
    otherwise: "no network ACL is declared; AWS does not judge a VPC's default one",
    fix: "narrow the entry's cidrBlock, or remove it; Session Manager needs no port",
    examine: each("aws:ec2/networkAcl:NetworkAcl", aclFaults),
  }),
  control({
    id: "EC2.172",
    title: "EC2 VPC Block Public Access settings should block internet gateway traffic",
    severity: "Medium",
    checks:
      "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions is declared, as block-bidirectional or block-ingress",
    otherwise: "no VPC is declared",
    fix: "declare new aws.ec2.VpcBlockPublicAccessOptions(name, { internetGatewayBlockMode: block-ingress }) once per account and Region, with exclusions for what must be reached",
    examine: ofAccount(
      (declared) => vpcsOf(declared).length > 0,
      "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
      (resource) =>
        want(
          resource,
          "internetGatewayBlockMode",
          (mode) => mode === "block-bidirectional" || mode === "block-ingress",
          "block-bidirectional or block-ingress",
        ),
    ),
  }),
];
