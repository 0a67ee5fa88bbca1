/** Hands the policies to whoever has started this process: Pulumi's engine. */
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.ts";

new PolicyPack("annofarm", {
  policies: policies(),
  provider: "aws",
  displayName: "annofarm: AWS Foundational Security Best Practices",
});
