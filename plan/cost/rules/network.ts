/** What stands between the internet and instances: balancer, NAT, endpoints, addresses, DNS. */

import { zoneCount } from "../../resource-types/zone-count.ts";
import type { PlannedResource } from "../../types.ts";
import { asInputs, asList } from "../declared.ts";
import type { Charge, Pricing, Rule, World } from "../types.ts";
import { assumed, callsPerJob, hoursPerMonth } from "../usage.ts";
import { logBytes } from "./telemetry.ts";

const gigabyte = 1e9;

/** One LCU is 25 new connections a second, or 1 GB an hour, whichever is used more. Each request counts as a connection. */
function lcuHours({ usage }: World): number {
  const connections = usage.requests / (25 * 3600);
  const bytes = (usage.requests * usage.responseBytes) / gigabyte;
  return Math.max(connections, bytes);
}

/** An application balancer: its hours, what it carries, and a public address in each zone. */
export const balancer: Rule = ({ inputs }, world) => {
  const { usage } = world;
  const kind = inputs.loadBalancerType ?? "application";
  if (kind !== "application") return [{ notPriced: `a balancer of type ${kind}` }];
  const fixed = (what: string, key: Charge["key"], quantity: number): Pricing => ({
    what,
    key,
    quantity,
    basis: "fixed",
  });
  const zones = asList(inputs.subnets).length + asList(inputs.subnetMappings).length;
  const outward: Pricing = {
    what: "answers, out of AWS",
    key: "transfer.outGb",
    quantity: (usage.requests * usage.responseBytes) / gigabyte,
    basis: "usage",
  };
  return [
    fixed("balancer hours", "alb.hour", usage.upHours),
    { what: "balancer capacity", key: "alb.lcuHour", quantity: lcuHours(world), basis: "usage" },
    ...(inputs.internal === true || inputs.ipAddressType === "dualstack-without-public-ipv4"
      ? []
      : [fixed(`balancer's addresses, ${zones} zones`, "ipv4.hour", zones * usage.upHours)]),
    ...(inputs.internal === true ? [] : [outward]),
  ];
};

/** Bytes that instances send to the services that carry any worth counting: what is logged, and calls on queues. */
function sentBytes(service: string, world: World): number {
  const { declared, usage } = world;
  if (service === "sqs") return usage.jobs * callsPerJob.queueRequests * 3 * assumed.callBytes;
  if (service !== "logs") return 0;
  return declared.ofType("aws:cloudwatch/logGroup:LogGroup").reduce((sum, each) => sum + logBytes(each, world), 0);
}

const serviceOf = ({ inputs }: PlannedResource) => String(inputs.serviceName).replace(/^com\.amazonaws\.[^.]+\./, "");

/** What private instances send through a NAT gateway: logs and calls, but for what has an endpoint, as S3 and DynamoDB have. */
function natBytes(world: World): number {
  const endpoints = new Set(world.declared.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(serviceOf));
  return ["logs", "sqs"]
    .filter((service) => !endpoints.has(service))
    .reduce((sum, service) => sum + sentBytes(service, world), 0);
}

function natCharges(count: number, world: World): readonly [Pricing, ...Pricing[]] {
  const hours = count * world.usage.upHours;
  return [
    { what: `NAT gateway hours, ${count}`, key: "nat.hour", quantity: hours, basis: "fixed" },
    { what: "NAT gateway traffic", key: "nat.gb", quantity: natBytes(world) / gigabyte, basis: "usage" },
  ];
}

/** awsx's VPC makes gateways by its strategy; omitted, it makes one in each zone. */
export const network: Rule = ({ inputs }, world) => {
  const { strategy = "OnePerAz" } = asInputs(inputs.natGateways);
  const zones = zoneCount(inputs);
  const hasPrivate = asList(inputs.subnetSpecs).some((spec) => String(asInputs(spec).type).toLowerCase() === "private");
  const declaresSubnets = inputs.subnetSpecs !== undefined;
  const count = strategy === "None" || (declaresSubnets && !hasPrivate) ? 0 : strategy === "Single" ? 1 : zones;
  if (count === 0) return [{ free: "a VPC, its subnets, routes and internet gateway" }];
  const address = { what: "addresses of NAT gateways", key: "ipv4.hour", basis: "fixed" } as const;
  return [...natCharges(count, world), { ...address, quantity: count * world.usage.upHours }];
};

export const natGateway: Rule = (_, world) => natCharges(1, world);

export const address: Rule = (_, { usage }) => [
  { what: "a public address", key: "ipv4.hour", quantity: usage.upHours, basis: "fixed" },
];

/** Services that our instances call now and then, a few kilobytes each time. */
const seldomCalled = new Set(["autoscaling", "sns", "ssm", "ssmmessages", "sts"]);

function endpointTraffic(service: string, world: World): Pricing {
  const gigabytes = sentBytes(service, world) / gigabyte;
  if (gigabytes > 0) return { what: "endpoint traffic", key: "endpoint.gb", quantity: gigabytes, basis: "usage" };
  if (seldomCalled.has(service)) return { free: "its calls are of some kilobytes: less than a cent for 100,000 jobs" };
  return { notPriced: "traffic of an interface endpoint: the profile does not say how much" };
}

export const endpoint: Rule = (resource, world) => {
  const { inputs } = resource;
  const { vpcEndpointType = "Gateway" } = inputs;
  if (vpcEndpointType === "Gateway") return [{ free: "gateway endpoints have no price" }];
  if (vpcEndpointType !== "Interface") return [{ notPriced: `an endpoint of type ${vpcEndpointType}` }];
  const zones = Math.max(1, asList(inputs.subnetIds).length);
  return [
    {
      what: `endpoint hours, ${zones} zones`,
      key: "endpoint.hour",
      quantity: zones * world.usage.upHours,
      basis: "fixed",
    },
    endpointTraffic(serviceOf(resource), world),
  ];
};

export const zone: Rule = (_, { usage }) => [
  { what: "hosted zone", key: "route53.zoneMonth", quantity: usage.upHours / hoursPerMonth, basis: "fixed" },
];

/** Names of AWS's balancers are answered for free. Another record is asked for by whoever checks a mail's signature. */
export const record: Rule = ({ inputs }, { usage }) =>
  asList(inputs.aliases).length > 0
    ? [{ free: "queries of an alias to a balancer have no price" }]
    : [{ what: "DNS queries", key: "route53.query", quantity: usage.jobs, basis: "usage" }];
