/** A service of a few resources, for what is tried with many stacks. */
import { Table } from "@pulumi/aws/dynamodb/index.js";
import { Queue } from "@pulumi/aws/sqs/index.js";
import { Config } from "@pulumi/pulumi";

const config = new Config("small");
const owner = config.require("owner");
const queues = config.getNumber("queues") ?? 4;

const table = new Table(`${owner}-items`, {
  name: `${owner}-items`,
  hashKey: "id",
  attributes: [{ name: "id", type: "S" }],
  billingMode: "PAY_PER_REQUEST",
  tags: { vpc: config.get("vpcId") ?? "none" },
});
for (let index = 0; index < queues; index++) {
  new Queue(
    `${owner}-queue-${index}`,
    { name: `${owner}-queue-${index}` },
    index % 2 === 0 ? {} : { dependsOn: table },
  );
}

export const items = table.name;
