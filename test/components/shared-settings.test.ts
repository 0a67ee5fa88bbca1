// What is there already, by the service's own settings: what goes together, and what is told when it does not.
import test from "ava";
import { ArgumentsError, readSettings } from "../../components/index.ts";

const always = {
  mailFrom: "gas@example.org",
  identityIssuer: "i",
  identityClientId: "c",
  stripePublishableKey: "p",
  stripePriceId: "r",
};
const read = (given: Readonly<Record<string, string>>) => {
  const values: Readonly<Record<string, string>> = { ...always, ...given };
  const config = { name: "annofarm", get: (key: string) => values[key] as never };
  return readSettings(
    config,
    Object.keys(values).map((key) => `annofarm:${key}`),
  );
};
const mistakesOf = (given: Readonly<Record<string, string>>) => {
  try {
    read(given);
    return [];
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    return error.mistakes.map(({ path, reason }) => `${path}: ${reason}`);
  }
};

const network = {
  vpcId: "vpc-0a1b2c3d4e5f60718",
  instanceSubnets: "subnet-0a1b2c3d4e5f60718, subnet-08716f5e4d3c2b1a0",
};
const listener = {
  balancerSecurityGroup: "sg-0a1b2c3d4e5f60718",
  listenerArn:
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2",
  listenerPriority: "7",
};

test("a shared network, with a balancer of one's own", (t) => {
  const subnets = ["subnet-0a1b2c3d4e5f60718", "subnet-08716f5e4d3c2b1a0"];
  const settings = read({ ...network, publicSubnets: JSON.stringify(subnets), production: "true" });
  t.deepEqual(settings.network, { vpcId: network.vpcId, instanceSubnetIds: subnets, publicSubnetIds: subnets });
  t.is(settings.listener, undefined);
  t.is(settings.instances, "private");
  t.is(settings.flowLogs, "none", "whoever made the VPC records its connections");
});

test("a shared listener: the host name is that of owner and domain, or as said", (t) => {
  t.like(read({ ...network, ...listener, owner: "gas26-sabcdef", domain: "example.org" }).listener, {
    listenerArn: listener.listenerArn,
    priority: 7,
    hostNames: ["gas26-sabcdef.example.org"],
  });
  t.deepEqual(read({ ...network, ...listener, hostName: "a.example.net" }).listener?.hostNames, ["a.example.net"]);
});

test("what does not go together is told at once, by the settings' own names", (t) => {
  t.deepEqual(mistakesOf({ ...network }), [
    "annofarm:publicSubnets: is not set; name two public subnets for a balancer, or give annofarm:listenerArn",
  ]);
  t.deepEqual(mistakesOf(listener), [
    "annofarm:balancerSecurityGroup: belongs to a VPC that is there already; give annofarm:vpcId too",
    "annofarm:listenerArn: belongs to a VPC that is there already; give annofarm:vpcId too",
    "annofarm:hostName: is not set; give the host name, or annofarm:domain",
  ]);
  t.deepEqual(mistakesOf({ hostName: "a.example.net", listenerPriority: "3" }), [
    "annofarm:hostName: belongs to a listener that is there already; give annofarm:listenerArn too",
    "annofarm:listenerPriority: belongs to a listener that is there already; give annofarm:listenerArn too",
  ]);
  t.deepEqual(
    mistakesOf({
      vpcId: "10.0.0.0/16",
      instanceSubnets: "subnet-1",
      ...listener,
      listenerPriority: "0",
      listenerArn: "x",
      hostName: "-",
    }),
    [
      'annofarm:vpcId: "10.0.0.0/16" does not fit; give the id of a VPC: vpc-…',
      'annofarm:instanceSubnets: "subnet-1" does not fit; give the id of a subnet: subnet-…',
      "annofarm:listenerPriority: 0 is out of range; give a whole number of places from 1 to 50000",
      'annofarm:listenerArn: "x" does not fit; give the ARN of an application balancer\'s listener',
      'annofarm:hostName: "-" does not fit; give a host name such as gas.example.org',
    ],
  );
});
