// What is there already: a VPC, a balancer. Ours goes into it and nothing of it is made.
import test from "ava";
import { type AppFarmArgs, ArgumentsError, Network, type NetworkArgs, WebFarm } from "../../components/index.ts";
import { declare } from "./declare.ts";
import { entry } from "./farm.ts";

const vpcId = "vpc-0a1b2c3d4e5f60718";
const subnets = ["subnet-0a1b2c3d4e5f60718", "subnet-08716f5e4d3c2b1a0"];
const securityGroup = "sg-0a1b2c3d4e5f60718";
const elb = "arn:aws:elasticloadbalancing:us-east-1:123456789012";
const listenerArn = `${elb}:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2`;
const app = { code: entry };

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const farm = (network: NetworkArgs, args: Partial<AppFarmArgs> = {}) =>
  declare(() => new WebFarm("shop", { network: new Network("shop", network), app, ...args }));

const mistakesOf = async (build: () => unknown) => {
  let mistakes: readonly { path: string; reason: string }[] = [];
  await declare(() => {
    try {
      build();
    } catch (error) {
      if (!(error instanceof ArgumentsError)) throw error;
      mistakes = error.mistakes;
    }
  });
  return mistakes;
};

test.serial("a VPC that is there already gets security groups and nothing else", async (t) => {
  const { inputs, names, resources } = await declare(
    () => new Network("shop", { existing: { vpcId, instanceSubnetIds: subnets, publicSubnetIds: subnets } }),
  );
  t.deepEqual(names("aws:ec2/securityGroup:SecurityGroup"), ["shop-balancer", "shop-web", "shop-worker"]);
  for (const name of names("aws:ec2/securityGroup:SecurityGroup")) {
    t.is(inputs("aws:ec2/securityGroup:SecurityGroup", name).vpcId, vpcId);
  }
  t.deepEqual(names(ingress), ["shop-balancer-http", "shop-balancer-https", "shop-web"]);
  const others = resources.filter(
    ({ type }) => !/^(annofarm:|aws:ec2\/securityGroup:|aws:vpc\/securityGroup)/.test(type),
  );
  t.deepEqual(others, []);
});

test.serial("subnets may be those of another component, known only at deployment", async (t) => {
  const { inputs } = await declare(() => {
    const other = new Network("other");
    const ids = { instanceSubnetIds: other.instanceSubnetIds, publicSubnetIds: other.instanceSubnetIds };
    const network = new Network("shop", { existing: { vpcId: other.vpcId, ...ids } });
    return new WebFarm("shop", { network, app });
  });
  const subnetIds = inputs("aws:autoscaling/group:Group", "shop").vpcZoneIdentifiers as string[];
  t.is(subnetIds.length, 2);
  t.deepEqual(inputs("aws:lb/loadBalancer:LoadBalancer", "shop").subnets, subnetIds);
});

/** Dimensions of what the farm's response time is taken from. */
function watchedBy({ metricQueries }: Record<string, unknown>): unknown {
  const queries = metricQueries as readonly { id: string; metric?: { dimensions: unknown } }[];
  return queries.find(({ id }) => id === "response")?.metric?.dimensions;
}

test.serial("instances there have no public address unless that is asked for", async (t) => {
  const template = async (network: NetworkArgs) => {
    const { inputs } = await farm(network);
    const { networkInterfaces } = inputs("aws:ec2/launchTemplate:LaunchTemplate", "shop");
    return (networkInterfaces as { associatePublicIpAddress: string }[])[0]?.associatePublicIpAddress;
  };
  const existing = { vpcId, instanceSubnetIds: subnets, publicSubnetIds: subnets };
  t.is(await template({ existing }), "false");
  t.is(await template({ existing, instances: "public" }), "true");
});

test.serial("a listener that is there already gets a rule; the farm scales by its own requests", async (t) => {
  const network = { existing: { vpcId, instanceSubnetIds: subnets, balancerSecurityGroupId: securityGroup } };
  const { inputs, names, components } = await farm(network, {
    balancer: { listenerArn, priority: 7, hostNames: ["shop.example.org", "*.shop.example.org"] },
  });
  t.deepEqual(names("aws:lb/loadBalancer:LoadBalancer"), []);
  t.deepEqual(names("aws:lb/listener:Listener"), []);
  t.deepEqual(names("aws:acm/certificate:Certificate"), []);
  t.like(inputs("aws:lb/listenerRule:ListenerRule", "shop"), {
    listenerArn,
    priority: 7,
    conditions: [{ hostHeader: { values: ["shop.example.org", "*.shop.example.org"] } }],
  });
  const [action] = inputs("aws:lb/listenerRule:ListenerRule", "shop").actions as {
    type: string;
    targetGroupArn: string;
  }[];
  t.is(action?.type, "forward");
  t.deepEqual(inputs("aws:autoscaling/group:Group", "shop").targetGroupArns, [action?.targetGroupArn]);
  t.deepEqual(watchedBy(inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "shop-scale-in")), {
    LoadBalancer: "app/shared/50dc6c495c0c9188",
    TargetGroup: action?.targetGroupArn.split(":").at(-1),
  });
  // Its balancer is let in, and nobody else; no rule of that balancer's own group is touched.
  t.deepEqual(names("aws:ec2/securityGroup:SecurityGroup"), ["shop-web", "shop-worker"]);
  t.deepEqual(names(ingress), ["shop-web"]);
  t.is(inputs(ingress, "shop-web").referencedSecurityGroupId, securityGroup);
  t.deepEqual(names(egress), ["shop-web", "shop-worker"]);
  const known = await new Promise((resolve) => components.url.apply(resolve));
  t.is(known, "https://shop.example.org");
  t.is(
    await new Promise((resolve) => components.balancerArn.apply(resolve)),
    `${elb}:loadbalancer/app/shared/50dc6c495c0c9188`,
  );
});

test.serial("a target group that is there already is joined, and nothing is put before it", async (t) => {
  const network = { existing: { vpcId, instanceSubnetIds: subnets, balancerSecurityGroupId: securityGroup } };
  const targetGroupArn = `${elb}:targetgroup/shop/73e2d6bc24d8a067`;
  const { inputs, names } = await farm(network, {
    balancer: { targetGroupArn, loadBalancerArn: `${elb}:loadbalancer/app/shared/50dc6c495c0c9188` },
    publicUrl: "https://shop.example.org",
  });
  t.deepEqual([...names("aws:lb/targetGroup:TargetGroup"), ...names("aws:lb/listenerRule:ListenerRule")], []);
  t.like(inputs("aws:autoscaling/group:Group", "shop"), { targetGroupArns: [targetGroupArn], healthCheckType: "ELB" });
  t.deepEqual(watchedBy(inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "shop-scale-out")), {
    LoadBalancer: "app/shared/50dc6c495c0c9188",
    TargetGroup: "targetgroup/shop/73e2d6bc24d8a067",
  });
});

test.serial("ids that are none, and arguments that contradict each other, are told together", async (t) => {
  const network = await mistakesOf(
    () =>
      new Network("shop", {
        cidrBlock: "10.0.0.0/16",
        existing: {
          vpcId: "10.0.0.0/16",
          instanceSubnetIds: [],
          publicSubnetIds: ["subnet-1"],
          balancerSecurityGroupId: "web",
        },
      }),
  );
  t.deepEqual(
    network.map(({ path }) => path),
    [
      "cidrBlock",
      "existing.vpcId",
      "existing.instanceSubnetIds",
      "existing.publicSubnetIds",
      "existing.publicSubnetIds[0]",
      "existing.balancerSecurityGroupId",
    ],
  );
  const without = { existing: { vpcId, instanceSubnetIds: subnets } };
  const listener = await mistakesOf(
    () =>
      new WebFarm("shop", {
        network: new Network("shop", without),
        app,
        domain: { name: "shop.example.org", zone: "example.org" },
        balancer: { listenerArn: `${elb}:targetgroup/x/1`, priority: 0, hostNames: ["*.example.org", "no host"] },
      }),
  );
  t.deepEqual(
    listener.map(({ path }) => path),
    ["balancer.listenerArn", "balancer.priority", "balancer.hostNames[1]", "balancer.hostNames[0]", "domain"],
  );
  t.regex(listener[3]?.reason ?? "", /^\*\.example\.org is no address; put a whole name first, or give publicUrl$/);
  const nowhere = await mistakesOf(() => new WebFarm("shop", { network: new Network("shop", without), app }));
  t.deepEqual(nowhere, [
    {
      path: "network",
      reason: "names no public subnets for a balancer; give it some (existing.publicSubnetIds), or give a balancer",
    },
  ]);
  const target = await mistakesOf(
    () =>
      new WebFarm("shop", {
        network: new Network("shop", without),
        app,
        balancer: { targetGroupArn: listenerArn, loadBalancerArn: listenerArn },
      }),
  );
  t.deepEqual(
    target.map(({ path }) => path),
    ["balancer.targetGroupArn", "balancer.loadBalancerArn", "publicUrl"],
  );
});

test.serial("behind a shared balancer every policy goes by the farm's own figures", async (t) => {
  const network = { existing: { vpcId, instanceSubnetIds: subnets, balancerSecurityGroupId: securityGroup } };
  const balancer = { listenerArn, priority: 7, hostNames: ["shop.example.org"] };
  for (const by of ["load", "requestsPerTarget", "requests", "course"] as const) {
    const { resources, inputs } = await farm(network, { balancer, scaling: { by } });
    const target = String(inputs("aws:lb/listenerRule:ListenerRule", "shop").actions && "targetgroup/");
    const watched = resources
      .filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")
      .flatMap(({ inputs: alarm }) => [
        { dimensions: alarm.dimensions, namespace: alarm.namespace },
        ...((alarm.metricQueries as { metric?: { dimensions: unknown; namespace: unknown } }[] | undefined) ?? []).map(
          ({ metric }) => ({ dimensions: metric?.dimensions, namespace: metric?.namespace }),
        ),
      ])
      .filter(({ namespace }) => namespace === "AWS/ApplicationELB");
    for (const { dimensions } of watched) {
      t.true(
        String((dimensions as { TargetGroup?: string }).TargetGroup).startsWith(target),
        `${by}: ${JSON.stringify(dimensions)}`,
      );
    }
    const tracked = resources
      .filter(({ type }) => type === "aws:autoscaling/policy:Policy")
      .flatMap(({ inputs: policy }) => {
        const { targetTrackingConfiguration: tracking } = policy as {
          targetTrackingConfiguration?: { predefinedMetricSpecification?: { resourceLabel?: string } };
        };
        return tracking?.predefinedMetricSpecification?.resourceLabel ?? [];
      });
    for (const label of tracked) t.regex(label, /^app\/shared\/.+\/targetgroup\//, by);
    t.true(watched.length + tracked.length > 0, `${by} looks at the balancer`);
  }
});
