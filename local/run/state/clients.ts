import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GlacierClient } from "@aws-sdk/client-glacier";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator, Gateway } from "../../types.ts";

/** The runner's own clients: straight to the emulator, past the gateway, unless `keys` are the gateway's. */
export function stateClients(place: Pick<Emulator, "endpoint" | "region">, keys?: Gateway["administrator"]) {
  const config = { ...administrator(place), ...(keys === undefined ? {} : { credentials: keys }) };
  const dynamo = new DynamoDBClient(config);
  const clients = {
    tables: DynamoDBDocument.from(dynamo),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
    glacier: new GlacierClient(config),
  };
  return {
    ...clients,
    destroy() {
      for (const client of [dynamo, clients.s3, clients.sqs, clients.glacier]) client.destroy();
    },
  };
}
export type StateClients = ReturnType<typeof stateClients>;
