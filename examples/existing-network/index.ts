/** A farm in somebody else's VPC, behind a balancer that serves others too. */
import { Config } from "@pulumi/pulumi";
import { Network, WebFarm } from "annofarm";

const config = new Config();

const network = new Network("shared", {
  existing: {
    vpcId: config.require("vpcId"),
    instanceSubnetIds: config.requireObject<string[]>("subnetIds"),
    balancerSecurityGroupId: config.require("balancerSecurityGroupId"),
  },
});

const farm = new WebFarm("shared", {
  network,
  balancer: {
    listenerArn: config.require("listenerArn"),
    priority: config.requireNumber("priority"),
    hostNames: [config.require("hostName")],
  },
  app: { name: "hello", code: "app/hello.ts" },
  // By the requests of this farm alone: the balancer's other farms do not count.
  scaling: { by: "load", requestsPerTarget: 1_000 },
});

export const url = farm.url;
export const group = farm.groupName;
