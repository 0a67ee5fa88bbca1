import { ACMClient } from "@aws-sdk/client-acm";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { administrator } from "../emulator/administrator.ts";
import type { Emulator } from "../types.ts";

/** The account's own clients: straight to the emulator. */
export function awsClients(emulator: Pick<Emulator, "endpoint" | "region">) {
  const config = administrator(emulator);
  const clients = {
    acm: new ACMClient(config),
    iam: new IAMClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    ssm: new SSMClient(config),
  };
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
