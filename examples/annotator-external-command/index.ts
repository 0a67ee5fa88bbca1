/** Workers that run a command of one's own: any program that reads one file and writes another. */
import { Config } from "@pulumi/pulumi";
import { AnnotatorFarm, hours, JobStore, minutes, Network } from "annofarm";

const config = new Config();
const imageId = config.get("imageId");

const jobs = new JobStore("variants");

const farm = new AnnotatorFarm("variants-annotator", {
  network: new Network("variants"),
  jobs,
  engine: config.requireObject<string[]>("engine"),
  engineMemoryMiB: 6144,
  jobTimeout: hours(4),
  concurrency: 1,
  instanceType: "m7g.large",
  diskGiB: 100,
  ...(imageId === undefined ? {} : { imageId }),
  size: { min: 1, max: 20 },
  // A job waits half an hour at most when each takes ten minutes: three jobs for each instance.
  scaling: { by: "backlogPerInstance", acceptableWait: minutes(30), jobTakes: minutes(10) },
  spot: { instanceTypes: ["m7gd.large", "m6g.large"] },
});

export const group = farm.groupName;
/** A job is an item of the table, a file in the bucket, and a message on the topic. */
export const table = jobs.annotations.name;
export const inputs = jobs.inputs.bucketName;
export const requests = jobs.topics.requests.arn;
