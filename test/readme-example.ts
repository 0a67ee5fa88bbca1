// README's example, compiled: test/readme.test.ts holds the two together.
import { AnnotatorFarm, JobStore, minutes, Network } from "annofarm";

const farm = new AnnotatorFarm("variants", {
  network: new Network("variants"),
  jobs: new JobStore("variants"),
  size: { min: 1, max: 20 },
  scaling: { by: "jobsSent", window: minutes(15), scaleOutAt: 30 },
  spot: {},
  // Any program that reads one file and writes another:
  engine: ["/opt/annotate.sh", "{input}", "{output}"],
  transform: { launchTemplate: { ebsOptimized: "true" } },
});

export const group = farm.groupName;
