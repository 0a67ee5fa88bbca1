// docs/library.md, compiled and run: test/library/guide.test.ts.
import * as sns from "@pulumi/aws/sns/index.js";
import { Network, WebFarm } from "annofarm";

const pager = new sns.Topic("pager");

export const farm = new WebFarm("shop", {
  network: new Network("shop"),
  app: { code: "app/server.ts" },
  transform: {
    // Values are laid over ours.
    balancer: { idleTimeout: 120 },
    // A function edits arguments and options in place.
    group: (args, opts) => {
      args.maxInstanceLifetime = 604_800;
      opts.protect = true;
    },
    // It is asked for every child of its kind; the name says which it is.
    alarm: (args, _opts, name) => {
      if (name.endsWith("-scale-out")) args.okActions = [pager.arn];
    },
  },
});
