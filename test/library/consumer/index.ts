// A program of somebody who has installed the package; copied beside it and type-checked, run under `annofarm plan`.
import * as sqs from "@pulumi/aws/sqs/index.js";
import { allow, minutes, Network, WebFarm } from "annofarm";
import { AnnotatorFarm, type AnnotatorFarmArgs } from "annofarm/annotator-farm";
import { ArchivePipeline } from "annofarm/archive-pipeline";
import { JobStore } from "annofarm/job-store";
import { readPlan } from "annofarm/plan";

const network = new Network("lab");
const jobs = new JobStore("lab");
const args: AnnotatorFarmArgs = { network, jobs, scaling: { by: "jobsSent", window: minutes(10) } };
const annotator = new AnnotatorFarm("lab-annotator", args);
const archive = new ArchivePipeline("lab-archive", { jobs });
const orders = new sqs.Queue("orders");
const shop = new WebFarm("lab-shop", {
  network,
  app: {
    code: "server.js",
    environment: { ORDERS: orders.url },
    permissions: [allow("Order", ["sqs:SendMessage"], [orders.arn])],
  },
});
const web = new WebFarm("lab-web", {
  network,
  jobs,
  archive,
  identity: { issuer: "https://auth.globus.org", clientId: "lab" },
  payments: { publishableKey: "pk_test_lab", priceId: "price_lab" },
});

// @ts-expect-error minutes make durations, bare numbers have no unit
export const wrong: AnnotatorFarmArgs = { network, jobs, lease: 60 };

export const read: typeof readPlan = readPlan;
export const urls = [web.url, shop.url];
export const group = annotator.groupName;
