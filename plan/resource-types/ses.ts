/** SES, its first API. */
import { noRule } from "./cost.ts";
import { generic } from "./outputs.ts";
import { box, listedAs, notRunHere, type ResourceTypes } from "./resource-type.ts";

export const ses: ResourceTypes = {
  "aws:ses/domainIdentity:DomainIdentity": {
    outputs: generic,
    replacement: notRunHere,
    cost: noRule,
    picture: box("mail", "SES identity"),
    inAccount: listedAs("SES identity"),
  },
  "aws:ses/emailIdentity:EmailIdentity": {
    outputs: generic,
    replacement: notRunHere,
    cost: noRule,
    picture: box("mail", "SES identity"),
    inAccount: listedAs("SES identity"),
  },
};
