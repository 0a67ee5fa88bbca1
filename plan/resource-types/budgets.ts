/** AWS Budgets. */
import { free } from "./cost.ts";
import { generic } from "./outputs.ts";
import { byName } from "./replacement.ts";
import { listedAs, plainBox, type ResourceTypes } from "./resource-type.ts";

export const budgets: ResourceTypes = {
  "aws:budgets/budget:Budget": {
    outputs: generic,
    replacement: byName("budgets/budget.go", "accountId"),
    cost: free("budgets that only mail have no price"),
    picture: plainBox,
    inAccount: listedAs("AWS budget"),
  },
};
