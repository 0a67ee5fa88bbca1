/** A service as its owner edits it: each key of the configuration stands for an edit of this file. */
import { Config, runtime } from "@pulumi/pulumi";
import {
  AlarmTopic,
  AnnotatorFarm,
  ArchivePipeline,
  given,
  JobStore,
  minutes,
  Network,
  tagEverything,
  WebFarm,
} from "../../../components/index.ts";

const edits = new Config("edited");
const number = (key: string, otherwise: number) => edits.getNumber(key) ?? otherwise;
const production = edits.getBoolean("production") ?? false;
const domain = edits.get("domain");

tagEverything({ project: runtime.getProject(), course: edits.get("tag") ?? "genomics" });

const pinned = { topic: { name: "lab-alarms" } };
const pager = edits.getBoolean("renamed")
  ? new AlarmTopic("lab-pager", { email: "me@example.org", transform: pinned }, { aliases: [{ name: "lab-alarms" }] })
  : new AlarmTopic("lab-alarms", { email: "me@example.org", transform: pinned });
if (!edits.getBoolean("removed")) new AlarmTopic("lab-second", { email: "you@example.org" });

const network = new Network("lab", {
  instances: edits.get("instances") === "private" ? "private" : "public",
  webPort: number("webPort", 8080),
  ...given({ zoneNames: edits.get("zones")?.split(" ") }),
});
const jobs = new JobStore("lab", { production });
const archive = new ArchivePipeline("lab-archive", {
  jobs,
  production,
  store: edits.get("store") === "vault" ? "vault" : "s3",
  retention: minutes(number("retention", 30)),
});
new AnnotatorFarm("lab-annotator", {
  network,
  jobs,
  alarmActions: [pager.arn],
  entry: `${edits.get("code") ?? "first"}.ts`,
  instanceType: edits.get("instanceType") ?? "t4g.small",
  rolls: edits.getBoolean("byCommand") ? "byCommand" : "onUp",
  ...given({ spot: edits.getBoolean("spot") ? {} : undefined }),
  size: { min: 1, max: number("max", 4) },
  scaling: { by: "jobsSent", window: minutes(15), scaleOutAt: number("threshold", 30) },
});
const web = new WebFarm("lab-web", {
  network,
  jobs,
  archive,
  production,
  size: { min: number("webMin", 1), max: 4 },
  identity: { issuer: "https://identity.example.org", clientId: "lab" },
  payments: { publishableKey: "pk_test", priceId: "price_1" },
  ...given({ domain: domain === undefined ? undefined : { name: `lab.${domain}`, zone: domain } }),
});

export const url = web.url;
