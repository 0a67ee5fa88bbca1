/** DynamoDB. */
import { table } from "../cost/rules/tables.ts";
import { known, off, priced } from "./cost.ts";
import { named } from "./outputs.ts";
import { box, listedAs, type ResourceTypes } from "./resource-type.ts";

export const dynamodb: ResourceTypes = {
  "aws:dynamodb/table:Table": {
    outputs: named("dynamodb", "table/"),
    replacement: {
      replace: ["hashKey", "importTable", "localSecondaryIndexes", "name", "rangeKey", "restoreSourceName"],
      name: "name",
      source: "dynamodb/table.go",
    },
    cost: priced(
      table,
      known(
        "attributes billingMode deletionProtectionEnabled globalSecondaryIndexes hashKey onDemandThroughput " +
          "pointInTimeRecovery rangeKey readCapacity serverSideEncryption ttl writeCapacity",
        { tableClass: ["STANDARD"], streamEnabled: off },
      ),
    ),
    picture: box("table", "DynamoDB table"),
    inAccount: listedAs("DynamoDB table"),
  },
};
