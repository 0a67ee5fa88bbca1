/** Lambda. */
import { noRule } from "./cost.ts";
import { generic } from "./outputs.ts";
import { box, noLister, notRunHere, type ResourceTypes } from "./resource-type.ts";

export const lambda: ResourceTypes = {
  "aws:lambda/function:Function": {
    outputs: generic,
    replacement: notRunHere,
    cost: noRule,
    picture: box("function", "Lambda function"),
    inAccount: noLister,
  },
};
