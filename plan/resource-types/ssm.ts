/** Systems Manager. */
import { parameter } from "../cost/rules/messages.ts";
import { known, priced } from "./cost.ts";
import { named } from "./outputs.ts";
import { listedAs, plainBox, type ResourceTypes } from "./resource-type.ts";

export const ssm: ResourceTypes = {
  "aws:ssm/parameter:Parameter": {
    outputs: named("ssm", "parameter"),
    replacement: { replace: ["name"], name: "name", renewed: ["version"], source: "ssm/parameter.go" },
    cost: priced(
      parameter,
      known("allowedPattern arn dataType insecureValue overwrite tier type value valueWo valueWoVersion"),
    ),
    picture: plainBox,
    inAccount: listedAs("SSM parameter"),
  },
};
