/** A profile for the AWS CLI and SDKs that leads to the gateway, where this machine answers all that AWS would. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Gateway } from "../types.ts";

export const profileName = "annofarm";

/**
 * Writes `<state>/aws.config` with the keys of this run's administrator, for its owner's eyes only.
 *
 * @returns takes it away again.
 */
export function writeProfile(
  stateDirectory: string,
  region: string,
  { endpoint, administrator }: Pick<Gateway, "endpoint" | "administrator">,
): () => void {
  const file = join(stateDirectory, "aws.config");
  const lines = [
    "# While annofarm local runs; version 1 of the CLI needs the address as an option:",
    `# AWS_CONFIG_FILE=<this file> aws --profile ${profileName} --endpoint-url ${endpoint} sqs list-queues`,
    `[profile ${profileName}]`,
    `region = ${region}`,
    `endpoint_url = ${endpoint}`,
    `aws_access_key_id = ${administrator.accessKeyId}`,
    `aws_secret_access_key = ${administrator.secretAccessKey}`,
  ];
  rmSync(file, { force: true });
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}
