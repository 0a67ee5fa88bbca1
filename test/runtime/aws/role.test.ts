// Which role a service calls AWS by: that of its configuration, whatever the metadata service does.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import test from "ava";
import { serviceConfigFile } from "../../../local/aws/ec2/instances/service-environment.ts";
import { createSqsClient } from "../../../runtime/aws/clients.ts";
import { UnavailableError } from "../../../runtime/jobs/errors.ts";

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const instanceCredentials = () => ({
  Code: "Success",
  AccessKeyId: "INSTANCE",
  SecretAccessKey: "secret",
  Token: "token",
  Expiration: inAnHour(),
});
const assumed = () =>
  "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId>" +
  "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>" +
  `<Expiration>${inAnHour()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

test("a role to assume is assumed or nothing is called: no other takes its place when the metadata service is late", async (t) => {
  const keys: string[] = [];
  // The session's token, and the question that is asked without one.
  let failures = 2;
  const answer = ({ method, url = "", headers }: IncomingMessage): string | undefined => {
    if (url.startsWith("/latest/") && failures-- > 0) return undefined;
    if (method === "PUT") return "session";
    if (url === "/latest/meta-data/iam/security-credentials/") return "instance-role";
    if (url.startsWith("/latest/meta-data/iam/security-credentials/")) return JSON.stringify(instanceCredentials());
    if (headers["x-amz-target"] === undefined) return assumed();
    keys.push(/Credential=(\w+)/.exec(headers.authorization ?? "")?.[1] ?? "none");
    return "{}";
  };
  const server = createServer((request, response) => {
    const text = answer(request);
    request.resume();
    if (text === undefined) request.socket.destroy();
    else response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), "annofarm-role-"));
  const AWS_CONFIG_FILE = join(folder, "config");
  writeFileSync(AWS_CONFIG_FILE, serviceConfigFile("arn:aws:iam::123456789012:role/service", "us-east-1"));
  Object.assign(process.env, {
    AWS_CONFIG_FILE,
    AWS_PROFILE: "service",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint,
  });
  const client = createSqsClient();
  t.teardown(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  const call = () => client.send(new ListQueuesCommand({}));
  await t.throwsAsync(call(), { instanceOf: UnavailableError });
  t.deepEqual(keys, [], "nothing was called under another role");
  await call();
  t.deepEqual(keys, ["ASSUMED"]);
});
