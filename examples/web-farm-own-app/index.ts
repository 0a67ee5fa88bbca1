/** A farm of a program of one's own: a counter of visits, kept in a table. */
import * as dynamodb from "@pulumi/aws/dynamodb/index.js";
import { Config } from "@pulumi/pulumi";
import { allow, minutes, Network, WebFarm } from "annofarm";

const config = new Config();
const domain = config.get("domain");

const visits = new dynamodb.Table("visits", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "page",
  attributes: [{ name: "page", type: "S" }],
});

const farm = new WebFarm("visits", {
  network: new Network("visits"),
  app: {
    name: "counter",
    code: "app/server.ts",
    environment: { TABLE: visits.name },
    permissions: [allow("Count", ["dynamodb:UpdateItem"], [visits.arn])],
  },
  size: { min: config.getNumber("min") ?? 2, max: 6 },
  scaling: { by: "load", requestsPerTarget: 600, responseSeconds: 0.25 },
  ...(domain === undefined ? {} : { domain: { name: `visits.${domain}`, zone: domain } }),
});

export const url = farm.url;
export const group = farm.groupName;
