import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
  DescribeWarmPoolCommand,
  PutWarmPoolCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import test from "ava";
import { type SubnetKind, subnetRanges } from "../../../components/network/subnet-layout.ts";
import { handlerOf } from "../../../local/resources/driver.ts";
import type { State } from "../../../local/resources/handler.ts";
import type { Emulator } from "../../../local/types.ts";
import { testEmulator } from "../../support/emulator.ts";
import { type Lives, livesIn } from "./life.ts";

let emulator: Emulator;
let lives: Lives;
let vpc: State;
let template: State;
test.before(async () => {
  emulator = await testEmulator();
  lives = livesIn(emulator);
  vpc = await lives.create("awsx:ec2:Vpc", {
    cidrBlock: "10.0.0.0/16",
    numberOfAvailabilityZones: 2,
    subnetSpecs: [{ type: "Public" }],
    natGateways: { strategy: "None" },
  });
  template = await lives.create("aws:ec2/launchTemplate:LaunchTemplate", { name: "shared", instanceType: "t4g.small" });
});
test.after.always(() => emulator?.stop());

const ec2 = () => lives.context.client(EC2Client);
const elb = () => lives.context.client(ElasticLoadBalancingV2Client);
const autoscaling = () => lives.context.client(AutoScalingClient);
const publicSubnets = () => vpc.outputs.publicSubnetIds as string[];

test("a VPC with public and private subnets in each zone and one NAT gateway", async (t) => {
  await lives.live(
    t,
    {
      type: "awsx:ec2:Vpc",
      inputs: {
        cidrBlock: "10.1.0.0/16",
        numberOfAvailabilityZones: 2,
        subnetSpecs: [{ type: "Public" }, { type: "Private" }],
        natGateways: { strategy: "Single" },
        tags: { Name: "two" },
      },
      changed: { tags: { Name: "still two" } },
    },
    {
      async whileThere({ id, outputs }) {
        const [publicIds, privateIds] = [outputs.publicSubnetIds as string[], outputs.privateSubnetIds as string[]];
        t.is(publicIds.length, 2);
        t.is(privateIds.length, 2);
        t.is((outputs.natGateways as unknown[]).length, 1);
        const { Subnets = [] } = await ec2().send(
          new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [id] }] }),
        );
        t.deepEqual(Subnets.map(({ CidrBlock }) => CidrBlock).sort(), [
          "10.1.0.0/18",
          "10.1.128.0/18",
          "10.1.192.0/18",
          "10.1.64.0/18",
        ]);
        t.is(new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size, 2);
        const { RouteTables = [] } = await ec2().send(
          new DescribeRouteTablesCommand({
            RouteTableIds: (outputs.routeTables as { id: string }[]).map((table) => table.id),
          }),
        );
        const outward = RouteTables.map(({ Routes = [] }) =>
          Routes.find((route) => route.DestinationCidrBlock === "0.0.0.0/0"),
        );
        t.is(outward.filter((route) => route?.GatewayId?.startsWith("igw-")).length, 2);
        t.is(outward.filter((route) => route?.NatGatewayId?.startsWith("nat-")).length, 2);
      },
    },
  );
});

/** As our network lays subnets out; see components/network/subnet-layout.ts. */
const laidOut = (zones: number, kinds: readonly SubnetKind[], cidrBlock = "10.20.0.0/16") => ({
  cidrBlock,
  numberOfAvailabilityZones: zones,
  subnetSpecs: kinds.map((type) => ({ type, cidrBlocks: subnetRanges(cidrBlock, type, zones) })),
  natGateways: { strategy: kinds.includes("Private") ? "Single" : "None" },
  tags: { Name: "grown" },
});

async function subnetsIn(vpcId: string) {
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const { Subnets = [] } = await ec2().send(new DescribeSubnetsCommand({ Filters }));
  const nameOf = ({ Tags = [] }: (typeof Subnets)[number]) => Tags.find(({ Key }) => Key === "Name")?.Value;
  return new Map(Subnets.map((subnet) => [nameOf(subnet), `${subnet.SubnetId} ${subnet.CidrBlock}`]));
}

test("zones by name have their places in the list's order; one in another's place is refused", async (t) => {
  const handler = await handlerOf("awsx:ec2:Vpc");
  const named = (...letters: string[]) => {
    const { numberOfAvailabilityZones: _, ...rest } = laidOut(letters.length, ["Public"], "10.21.0.0/16");
    return { ...rest, availabilityZoneNames: letters.map((letter) => `us-east-1${letter}`) };
  };
  const both = { ...named("a", "b"), numberOfAvailabilityZones: 2 };
  await t.throwsAsync(lives.create("awsx:ec2:Vpc", both), { message: /^Only one of \[availabilityZoneNames\]/ });
  const { id, outputs } = await lives.create("awsx:ec2:Vpc", named("d", "a"));
  const zonesOf = async (ids: unknown) => {
    const { Subnets = [] } = await ec2().send(new DescribeSubnetsCommand({ SubnetIds: ids as string[] }));
    const zones = new Map(Subnets.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
    return (ids as string[]).map((each) => zones.get(each));
  };
  t.deepEqual(await zonesOf(outputs.publicSubnetIds), ["us-east-1d", "us-east-1a"]);
  const standing = { id, inputs: named("d", "a") };
  const grown = await handler.update(standing, named("d", "a", "c"), lives.context);
  t.deepEqual((grown.outputs.publicSubnetIds as string[]).slice(0, 2), outputs.publicSubnetIds);
  t.deepEqual(await zonesOf(grown.outputs.publicSubnetIds), ["us-east-1d", "us-east-1a", "us-east-1c"]);
  const moved = handler.update({ id, inputs: named("d", "a", "c") }, named("d", "b", "c"), lives.context);
  await t.throwsAsync(moved, { name: "InvalidSubnet.Conflict" });
});

test("more zones and another kind of subnet come beside those that are there, and go again", async (t) => {
  const handler = await handlerOf("awsx:ec2:Vpc");
  let inputs: object = laidOut(2, ["Public"]);
  const { id } = await lives.create("awsx:ec2:Vpc", { ...inputs });
  const change = async (after: object) => {
    const state = await handler.update({ id, inputs: { ...inputs } }, { ...after }, lives.context);
    inputs = after;
    return state;
  };
  const begin = await subnetsIn(id);
  t.deepEqual([...begin.keys()].sort(), ["test-public-1", "test-public-2"]);

  const grown = await change(laidOut(3, ["Public", "Private"]));
  const after = await subnetsIn(id);
  t.is(after.size, 6);
  for (const [name, subnet] of begin) t.is(after.get(name), subnet, name);
  t.is((grown.outputs.natGateways as unknown[]).length, 1);
  t.is((grown.outputs.routeTables as unknown[]).length, 6);
  const Filter = [{ Name: "vpc-id", Values: [id] }];
  const [nat] = (await ec2().send(new DescribeNatGatewaysCommand({ Filter }))).NatGateways ?? [];
  t.truthy(nat?.NatGatewayAddresses?.[0]?.AllocationId);
  const command = new DescribeRouteTablesCommand({ Filters: Filter });
  const routes = (await ec2().send(command)).RouteTables?.flatMap(({ Routes = [] }) => Routes) ?? [];
  t.is(routes.filter(({ NatGatewayId }) => NatGatewayId?.startsWith("nat-")).length, 3);

  const shrunk = await change(laidOut(2, ["Public"]));
  t.deepEqual(await subnetsIn(id), begin);
  t.deepEqual(shrunk.outputs.natGateways, []);
  const { Addresses = [] } = await ec2().send(new DescribeAddressesCommand({}));
  t.false(Addresses.some(({ AllocationId }) => AllocationId === nat?.NatGatewayAddresses?.[0]?.AllocationId));
  await handler.delete({ id, inputs: { ...inputs } }, lives.context);
});

test("subnets that awsx lays out by their number move, and what moves onto a range in use is refused", async (t) => {
  const handler = await handlerOf("awsx:ec2:Vpc");
  const before = {
    cidrBlock: "10.21.0.0/16",
    numberOfAvailabilityZones: 2,
    subnetSpecs: [{ type: "Public" }],
    natGateways: { strategy: "None" },
  };
  const { id } = await lives.create("awsx:ec2:Vpc", before);
  const there = await subnetsIn(id);
  for (const edit of [
    { numberOfAvailabilityZones: 3 },
    { subnetSpecs: [{ type: "Public" }, { type: "Private" }], natGateways: { strategy: "Single" } },
  ]) {
    await t.throwsAsync(handler.update({ id, inputs: before }, { ...before, ...edit }, lives.context), {
      name: "InvalidSubnet.Conflict",
    });
    t.deepEqual(await subnetsIn(id), there);
  }
});

test("a security group allows only what is declared", async (t) => {
  const rulesOf = async (id: string) => {
    const command = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [id] }] });
    return (await ec2().send(command)).SecurityGroupRules ?? [];
  };
  await lives.live(
    t,
    {
      type: "aws:ec2/securityGroup:SecurityGroup",
      inputs: { name: "web", description: "web", vpcId: vpc.id },
      changed: { ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"] }] },
    },
    {
      whileThere: async ({ id }) => t.deepEqual(await rulesOf(id), []),
      whenChanged: async ({ id }) => t.is((await rulesOf(id)).length, 1),
    },
  );
});

test("a VPC's own security group allows what is declared, and stays when it is forgotten", async (t) => {
  const { id: vpcId } = await lives.create("awsx:ec2:Vpc", { cidrBlock: "10.9.0.0/16", numberOfAvailabilityZones: 2 });
  const type = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
  const handler = await handlerOf(type);
  const { id } = await handler.create({ vpcId, ingress: [], egress: [], tags: { Name: "own" } }, lives.context);
  const rules = async () => {
    const Filters = [{ Name: "group-id", Values: [id] }];
    const found = await ec2().send(new DescribeSecurityGroupRulesCommand({ Filters }));
    return found.SecurityGroupRules?.map(({ IsEgress, FromPort, CidrIpv4 }) => [IsEgress, FromPort, CidrIpv4]);
  };
  t.deepEqual(await rules(), []);
  const ingress = [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }];
  const updated = await handler.update({ id, inputs: {} }, { vpcId, ingress }, lives.context);
  t.is(updated.id, id);
  t.deepEqual(await rules(), [[false, 443, "10.0.0.0/8"]]);
  await handler.delete({ id, inputs: { vpcId } }, lives.context);
  t.like(await handler.read({ id, inputs: { vpcId } }, lives.context), { id, outputs: { name: "default", vpcId } });
});

test("a flow log", async (t) => {
  const name = "flow-log";
  const logGroup = await lives.create("aws:cloudwatch/logGroup:LogGroup", { name });
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const role = await lives.create("aws:iam/role:Role", { name, assumeRolePolicy: trust });
  const traffic = async ({ id }: State) => {
    const { FlowLogs } = await ec2().send(new DescribeFlowLogsCommand({ FlowLogIds: [id] }));
    return FlowLogs?.map(({ TrafficType, ResourceId }) => [TrafficType, ResourceId]);
  };
  await lives.live(
    t,
    {
      type: "aws:ec2/flowLog:FlowLog",
      inputs: {
        vpcId: vpc.id,
        trafficType: "REJECT",
        logDestinationType: "cloud-watch-logs",
        logDestination: logGroup.outputs.arn,
        iamRoleArn: role.outputs.arn,
        maxAggregationInterval: 600,
      },
      changed: { trafficType: "ALL" },
    },
    {
      whileThere: async (state) => t.deepEqual(await traffic(state), [["REJECT", vpc.id]]),
      whenChanged: async (state) => t.deepEqual(await traffic(state), [["ALL", vpc.id]]),
    },
  );
});

test("rules of a security group", async (t) => {
  const [web, balancer] = await Promise.all(
    ["web-rules", "balancer-rules"].map((name) =>
      lives.create("aws:ec2/securityGroup:SecurityGroup", { name, description: name, vpcId: vpc.id }),
    ),
  );
  const rule = { securityGroupId: web?.id, ipProtocol: "tcp", fromPort: 8080, toPort: 8080 };
  await lives.live(t, {
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    inputs: { ...rule, referencedSecurityGroupId: balancer?.id },
    changed: { toPort: 8081 },
  });
  await lives.live(t, {
    type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    inputs: { securityGroupId: web?.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
    changed: { cidrIpv4: "10.0.0.0/8" },
  });
});

test("a gateway endpoint", async (t) => {
  const [table] = vpc.outputs.routeTables as { id: string }[];
  await lives.live(t, {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    inputs: {
      vpcId: vpc.id,
      vpcEndpointType: "Gateway",
      serviceName: "com.amazonaws.us-east-1.s3",
      routeTableIds: [table?.id],
    },
    changed: { routeTableIds: [] },
  });
  const [, ...added] = vpc.outputs.routeTables as { id: string }[];
  t.true(added.length > 0);
  await lives.live(t, {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    inputs: {
      vpcId: vpc.id,
      vpcEndpointType: "Gateway",
      serviceName: "com.amazonaws.us-east-1.dynamodb",
      routeTableIds: [table?.id],
    },
    changed: { routeTableIds: [table?.id, ...added.map(({ id }) => id)] },
  });
});

test("a launch template's versions carry what is declared", async (t) => {
  const userData = (text: string) => Buffer.from(text).toString("base64");
  await lives.live(
    t,
    {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      inputs: {
        name: "web",
        imageId: "ami-12345678",
        instanceType: "t4g.small",
        userData: userData("one"),
        updateDefaultVersion: true,
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "enabled" },
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 8, encrypted: "true" } }],
        networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: "true", securityGroups: ["sg-1"] }],
        monitoring: { enabled: true },
        tagSpecifications: [{ resourceType: "instance", tags: { Name: "web" } }],
      },
      changed: { userData: userData("two") },
    },
    {
      async whileThere({ id, outputs }) {
        t.is(outputs.latestVersion, 1);
        const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ["$Default"] });
        const data = (await ec2().send(command)).LaunchTemplateVersions?.[0]?.LaunchTemplateData;
        t.is(data?.UserData, userData("one"));
        t.is(data?.MetadataOptions?.HttpTokens, "required");
        t.is(data?.BlockDeviceMappings?.[0]?.Ebs?.Encrypted, true);
        t.deepEqual(data?.NetworkInterfaces?.[0]?.Groups, ["sg-1"]);
        t.deepEqual(data?.TagSpecifications?.[0]?.Tags, [{ Key: "Name", Value: "web" }]);
      },
      whenChanged: ({ outputs }) => t.deepEqual([outputs.latestVersion, outputs.defaultVersion], [2, 2]),
    },
  );
});

test("a group starts its instances and keeps what was scaled out", async (t) => {
  const target = await lives.create("aws:lb/targetGroup:TargetGroup", {
    name: "of-group",
    port: 8080,
    protocol: "HTTP",
    vpcId: vpc.id,
  });
  const describe = async (name: string) => {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    return (await autoscaling().send(command)).AutoScalingGroups?.[0];
  };
  await lives.live(
    t,
    {
      type: "aws:autoscaling/group:Group",
      inputs: {
        name: "web",
        minSize: 2,
        maxSize: 10,
        vpcZoneIdentifiers: publicSubnets(),
        launchTemplate: { id: template.id, version: "1" },
        healthCheckType: "ELB",
        protectFromScaleIn: true,
        enabledMetrics: ["GroupDesiredCapacity"],
        tags: [{ key: "Name", value: "web", propagateAtLaunch: true }],
      },
      changed: { minSize: 3, targetGroupArns: [target.id] },
    },
    {
      async whileThere({ outputs }) {
        t.regex(String(outputs.arn), /autoScalingGroup:.*:autoScalingGroupName\/web$/);
        const group = await describe("web");
        t.is(group?.Instances?.length, 2);
        t.true(group?.Instances?.every(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn));
      },
      async whenChanged() {
        const group = await describe("web");
        t.is(group?.DesiredCapacity, 3);
        t.deepEqual(group?.TargetGroupARNs, [target.id]);
      },
    },
  );
});

test("an update that raises the minimum waits for the size that is remembered, which a group that has scaled never has", async (t) => {
  const type = "aws:autoscaling/group:Group";
  const handler = await handlerOf(type);
  const inputs = {
    name: "scaled",
    minSize: 2,
    maxSize: 10,
    vpcZoneIdentifiers: publicSubnets(),
    launchTemplate: { id: template.id, version: "1" },
  };
  const { id, outputs } = await lives.create(type, inputs);
  const raise = (from: number, to: number, more: object = {}) =>
    handler.update(
      { id, inputs: { ...inputs, ...more, minSize: from }, outputs },
      { ...inputs, ...more, minSize: to },
      lives.context,
    );
  t.is((await raise(2, 3)).outputs.desiredCapacity, 3);
  await autoscaling().send(new SetDesiredCapacityCommand({ AutoScalingGroupName: id, DesiredCapacity: 6 }));
  await t.throwsAsync(raise(3, 4), {
    message: /want exactly 4 healthy instance\(s\) in Auto Scaling Group, have 6'.*10m/,
  });
  t.is((await raise(4, 5, { waitForCapacityTimeout: "0" })).outputs.desiredCapacity, 6);
  await t.throwsAsync(raise(5, 3, { waitForCapacityTimeout: "5m0s" }), { message: /exactly 3 .* have 6'.*5m0s/ });
  const remembered = { id, inputs, outputs: { desiredCapacity: 6 } };
  t.is((await handler.update(remembered, { ...inputs, minSize: 4 }, lives.context)).outputs.minSize, 4);
});

test("a group of spot instances", async (t) => {
  const specification = { launchTemplateId: template.id, version: "1" };
  const group = await lives.create("aws:autoscaling/group:Group", {
    name: "spot",
    minSize: 1,
    maxSize: 1,
    vpcZoneIdentifiers: publicSubnets(),
    mixedInstancesPolicy: {
      instancesDistribution: { onDemandBaseCapacity: 1, spotAllocationStrategy: "price-capacity-optimized" },
      launchTemplate: { launchTemplateSpecification: specification, overrides: [{ instanceType: "t4g.small" }] },
    },
    capacityRebalance: true,
  });
  t.is(group.id, "spot");
});

test("a group launches from a later version of its template, which the template's update has made", async (t) => {
  const userData = (text: string) => Buffer.from(text).toString("base64");
  const declared = { name: "versions", instanceType: "t4g.small", userData: userData("one") };
  const made = await lives.create("aws:ec2/launchTemplate:LaunchTemplate", declared);
  const changed = { ...declared, userData: userData("two") };
  const handler = await handlerOf("aws:ec2/launchTemplate:LaunchTemplate");
  const { outputs } = await handler.update({ id: made.id, inputs: declared }, changed, lives.context);
  t.is(outputs.latestVersion, 2);
  await lives.create("aws:autoscaling/group:Group", {
    name: "later",
    minSize: 1,
    maxSize: 1,
    vpcZoneIdentifiers: publicSubnets(),
    launchTemplate: { id: made.id, version: "2" },
  });
  const { AutoScalingGroups: groups } = await autoscaling().send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["later"] }),
  );
  t.is(groups?.[0]?.Instances?.length, 1);
});

test("a group with an initial hook has it, its sizes and its mixed instances once it is created", async (t) => {
  const launchTemplateSpecification = { launchTemplateId: template.id, version: "1" };
  await lives.create("aws:autoscaling/group:Group", {
    name: "hooked",
    minSize: 2,
    maxSize: 4,
    vpcZoneIdentifiers: publicSubnets(),
    mixedInstancesPolicy: {
      launchTemplate: { launchTemplateSpecification, overrides: [{ instanceType: "t4g.small" }] },
    },
    initialLifecycleHooks: [
      { name: "boot", lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", heartbeatTimeout: 300 },
    ],
  });
  const { LifecycleHooks: hooks = [] } = await autoscaling().send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: "hooked" }),
  );
  t.like(hooks, [{ LifecycleHookName: "boot", HeartbeatTimeout: 300 }]);
  const { AutoScalingGroups: [group] = [] } = await autoscaling().send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["hooked"] }),
  );
  t.like(group, { MinSize: 2, MaxSize: 4, DesiredCapacity: 2 });
  t.is(group?.Instances?.length, 2);
  t.is(group?.MixedInstancesPolicy?.LaunchTemplate?.Overrides?.[0]?.InstanceType, "t4g.small");
});

test("a warm pool is put with its group, read back, changed and taken away", async (t) => {
  const type = "aws:autoscaling/group:Group";
  const declared = {
    name: "warm",
    minSize: 1,
    maxSize: 4,
    vpcZoneIdentifiers: publicSubnets(),
    launchTemplate: { id: template.id, version: "1" },
    warmPool: { poolState: "Stopped", minSize: 2, instanceReusePolicy: { reuseOnScaleIn: true } },
  };
  const pool = async () =>
    (await autoscaling().send(new DescribeWarmPoolCommand({ AutoScalingGroupName: "warm" }))).WarmPoolConfiguration;
  await lives.create(type, declared);
  t.like(await pool(), { PoolState: "Stopped", MinSize: 2, InstanceReusePolicy: { ReuseOnScaleIn: true } });

  const handler = await handlerOf(type);
  await autoscaling().send(new PutWarmPoolCommand({ AutoScalingGroupName: "warm", PoolState: "Running", MinSize: 3 }));
  const drifted = await handler.read({ id: "warm", inputs: declared }, lives.context);
  t.like(drifted?.outputs.warmPool, { poolState: "Running", minSize: 3 });

  const { warmPool: _, ...without } = declared;
  await handler.update({ id: "warm", inputs: declared }, without, lives.context);
  t.is(await pool(), undefined);
  const mixedInstancesPolicy = { launchTemplate: { launchTemplateSpecification: { launchTemplateId: template.id } } };
  await t.throwsAsync(
    handler.update({ id: "warm", inputs: without }, { ...declared, mixedInstancesPolicy }, lives.context),
    {
      message: /can't add a warm pool to the Auto Scaling group warm, which has a mixed instances policy/,
    },
  );
});

test("types of a group by weight, and by what they have", async (t) => {
  const type = "aws:autoscaling/group:Group";
  const declared = (name: string, overrides: readonly object[]) => ({
    name,
    minSize: 0,
    maxSize: 4,
    vpcZoneIdentifiers: publicSubnets(),
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template.id, version: "1" },
        overrides,
      },
    },
  });
  const overridesOf = async (name: string) => {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    const { AutoScalingGroups: [group] = [] } = await autoscaling().send(command);
    return group?.MixedInstancesPolicy?.LaunchTemplate?.Overrides;
  };
  await lives.create(type, declared("weighted", [{ instanceType: "t4g.large", weightedCapacity: "4" }]));
  t.like((await overridesOf("weighted"))?.[0], { InstanceType: "t4g.large", WeightedCapacity: "4" });
  const instanceRequirements = {
    vcpuCount: { min: 2, max: 4 },
    memoryMib: { min: 2048 },
    burstablePerformance: "included",
  };
  await lives.create(type, declared("required", [{ instanceRequirements }]));
  t.like((await overridesOf("required"))?.[0]?.InstanceRequirements, {
    VCpuCount: { Min: 2, Max: 4 },
    MemoryMiB: { Min: 2048 },
    BurstablePerformance: "included",
  });
});

test("policies and hooks of a group", async (t) => {
  await lives.create("aws:autoscaling/group:Group", {
    name: "ruled",
    minSize: 0,
    maxSize: 4,
    vpcZoneIdentifiers: publicSubnets(),
    launchTemplate: { id: template.id, version: "1" },
  });
  const group = { autoscalingGroupName: "ruled" };
  const policyNamed = async (name: string) => {
    const command = new DescribePoliciesCommand({ AutoScalingGroupName: "ruled", PolicyNames: [name] });
    return (await autoscaling().send(command)).ScalingPolicies?.[0];
  };
  await lives.live(
    t,
    {
      type: "aws:autoscaling/policy:Policy",
      inputs: {
        ...group,
        name: "out",
        policyType: "StepScaling",
        adjustmentType: "ChangeInCapacity",
        estimatedInstanceWarmup: 300,
        stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
      },
      changed: { stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 2 }] },
    },
    {
      async whileThere({ outputs }) {
        t.regex(String(outputs.arn), /^arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:.*policyName\/out$/);
        t.is((await policyNamed("out"))?.StepAdjustments?.[0]?.MetricIntervalLowerBound, 0);
      },
      async whenChanged() {
        t.is((await policyNamed("out"))?.StepAdjustments?.[0]?.ScalingAdjustment, 2);
      },
    },
  );
  const sqsMetric = {
    id: "visible",
    returnData: false,
    metricStat: {
      metric: { namespace: "AWS/SQS", metricName: "Visible", dimensions: [{ name: "QueueName", value: "jobs" }] },
      stat: "Sum",
    },
  };
  await lives.live(
    t,
    {
      type: "aws:autoscaling/policy:Policy",
      inputs: {
        ...group,
        name: "backlog",
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: {
          targetValue: 10,
          customizedMetricSpecification: {
            metrics: [sqsMetric, { id: "quotient", expression: "visible / 2", returnData: true }],
          },
        },
      },
      changed: {},
    },
    {
      async whileThere() {
        const tracked = (await policyNamed("backlog"))?.TargetTrackingConfiguration;
        t.is(tracked?.TargetValue, 10);
        const [metric, quotient] = tracked?.CustomizedMetricSpecification?.Metrics ?? [];
        t.deepEqual(metric?.MetricStat?.Metric?.Dimensions, [{ Name: "QueueName", Value: "jobs" }]);
        t.is(quotient?.Expression, "visible / 2");
      },
    },
  );
  await lives.live(
    t,
    {
      type: "aws:autoscaling/lifecycleHook:LifecycleHook",
      inputs: {
        ...group,
        name: "drain",
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: 600,
        defaultResult: "CONTINUE",
      },
      changed: { heartbeatTimeout: 900 },
    },
    {
      async whenChanged() {
        const command = new DescribeLifecycleHooksCommand({ AutoScalingGroupName: "ruled" });
        t.is((await autoscaling().send(command)).LifecycleHooks?.[0]?.HeartbeatTimeout, 900);
      },
    },
  );
  const scheduled = async () => {
    const command = new DescribeScheduledActionsCommand({ AutoScalingGroupName: "ruled" });
    return (await autoscaling().send(command)).ScheduledUpdateGroupActions?.[0];
  };
  await lives.live(
    t,
    {
      type: "aws:autoscaling/schedule:Schedule",
      inputs: {
        ...group,
        scheduledActionName: "class-begins",
        recurrence: "50 17 * * MON-FRI",
        minSize: 3,
        maxSize: -1,
        desiredCapacity: -1,
      },
      changed: { minSize: 4 },
    },
    {
      async whileThere() {
        const { MinSize, MaxSize, DesiredCapacity, Recurrence } = (await scheduled()) ?? {};
        t.deepEqual(
          { MinSize, MaxSize, DesiredCapacity, Recurrence },
          { MinSize: 3, MaxSize: undefined, DesiredCapacity: undefined, Recurrence: "50 17 * * MON-FRI" },
        );
      },
      whenChanged: async () => t.is((await scheduled())?.MinSize, 4),
    },
  );
});

test("a balancer with its listeners and targets", async (t) => {
  const type = "aws:lb/loadBalancer:LoadBalancer";
  const attributesOf = async (arn: string) => {
    const { Attributes = [] } = await elb().send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }));
    return Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
  };
  await lives.live(
    t,
    {
      type,
      inputs: { name: "web", subnets: publicSubnets(), dropInvalidHeaderFields: true },
      changed: { desyncMitigationMode: "strictest" },
    },
    {
      async whileThere({ id, outputs }) {
        t.regex(String(outputs.arnSuffix), /^app\/web\/[0-9a-f]+$/);
        t.regex(String(outputs.dnsName), /\.elb\.amazonaws\.com$/);
        t.is((await attributesOf(id))["routing.http.drop_invalid_header_fields.enabled"], "true");
      },
      whenChanged: async ({ id }) => t.is((await attributesOf(id))["routing.http.desync_mitigation_mode"], "strictest"),
    },
  );

  const target = await lives.live(
    t,
    {
      type: "aws:lb/targetGroup:TargetGroup",
      inputs: {
        name: "targets",
        port: 8080,
        protocol: "HTTP",
        vpcId: vpc.id,
        deregistrationDelay: 30,
        healthCheck: { path: "/healthz", interval: 15, healthyThreshold: 2 },
      },
      changed: { deregistrationDelay: 60, healthCheck: { path: "/fit" } },
    },
    {
      async whileThere({ id, outputs }) {
        t.regex(String(outputs.arnSuffix), /^targetgroup\/targets\/[0-9a-f]+$/);
        const { TargetGroups } = await elb().send(new DescribeTargetGroupsCommand({ TargetGroupArns: [id] }));
        t.is(TargetGroups?.[0]?.HealthCheckPath, "/healthz");
        t.is(TargetGroups?.[0]?.HealthCheckIntervalSeconds, 15);
      },
      async whenChanged({ id }) {
        const { Attributes } = await elb().send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: id }));
        t.is(Attributes?.find(({ Key }) => Key === "deregistration_delay.timeout_seconds")?.Value, "60");
      },
    },
  );
  t.truthy(target.id);

  const balancer = await lives.create(type, { name: "listening", subnets: publicSubnets() });
  const redirect = { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" };
  await lives.live(
    t,
    {
      type: "aws:lb/listener:Listener",
      inputs: {
        loadBalancerArn: balancer.id,
        protocol: "HTTP",
        port: 80,
        defaultActions: [{ type: "redirect", redirect }],
      },
      changed: {
        defaultActions: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "503" } }],
      },
    },
    {
      async whileThere({ id }) {
        const { Listeners } = await elb().send(new DescribeListenersCommand({ ListenerArns: [id] }));
        t.is(Listeners?.[0]?.DefaultActions?.[0]?.RedirectConfig?.StatusCode, "HTTP_301");
      },
    },
  );
});
