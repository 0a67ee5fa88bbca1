// Ways for a program to go wrong, by configuration.
import * as sqs from "@pulumi/aws/sqs/index.js";
import { ComponentResource, Config, output } from "@pulumi/pulumi";

const ways: Record<string, () => void> = {
  throws: () => {
    throw new Error("visibility of 13 h is over 12 h", { cause: new Error("from the guide") });
  },
  config: () => new Config().require("missing"),
  rejects: () => {
    void Promise.reject(new Error("nobody waits for this"));
  },
  apply: () => {
    new sqs.Queue("jobs", {
      name: output("x").apply(() => {
        throw new Error("apply went wrong");
      }),
    });
  },
  twice: () => {
    new ComponentResource("test:index:Farm", "same");
    new ComponentResource("test:index:Farm", "same");
  },
  never: () => {
    new sqs.Queue("jobs", { name: new Promise<string>(() => {}) });
  },
  exits: () => process.exit(3),
  // On its own, no failure: somebody else reads no such message.
  talks: () => void process.send?.({ kind: "item", item: { id: "mine", points: 4 } }),
  resource: () => {
    new sqs.Queue("jobs");
  },
};
ways[new Config().require("way")]?.();
