/** Route 53. */
import { record, zone } from "../cost/rules/network.ts";
import { known, priced } from "./cost.ts";
import { generic } from "./outputs.ts";
import { detail, listedAs, type ResourceTypes } from "./resource-type.ts";

export const route53: ResourceTypes = {
  "aws:route53/record:Record": {
    outputs: ({ inputs, name }) => ({
      id: `${inputs.zoneId}_${name}_${inputs.type}`,
      fqdn: name,
    }),
    replacement: { replace: ["name", "zoneId"], source: "route53/record.go" },
    cost: priced(record, known("aliases allowOverwrite records ttl type zoneId")),
    picture: detail,
    inAccount: listedAs("Route 53 record"),
  },
  "aws:route53/zone:Zone": {
    outputs: generic,
    replacement: { replace: ["delegationSetId", "name"], source: "route53/zone.go" },
    cost: priced(zone, known("comment delegationSetId forceDestroy vpcs")),
    picture: detail,
    inAccount: listedAs("hosted zone"),
  },
};
