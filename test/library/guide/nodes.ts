// docs/library.md, compiled and run: test/library/guide.test.ts.
import * as wafv2 from "@pulumi/aws/wafv2/index.js";
import { Network, WebFarm } from "annofarm";

const farm = new WebFarm("shop", { network: new Network("shop"), app: { code: "app/server.ts" } });

export const guard = new wafv2.WebAclAssociation("shop", {
  resourceArn: farm.balancerArn,
  webAclArn: "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/shop/a1b2c3d4",
});
export const template = farm.nodes.launchTemplate.latestVersion;
