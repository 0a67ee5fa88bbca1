import { request } from "node:http";
import { fromInstanceMetadata } from "@aws-sdk/credential-providers";
import test from "ava";
import {
  type InstanceFacts,
  type MetadataServer,
  startMetadata,
} from "../../../../../local/aws/ec2/metadata/server.ts";

let issued = 0;
let state = "InService";
const facts: InstanceFacts = {
  instanceId: "i-0123456789abcdef0",
  accountId: "123456789012",
  region: "eu-central-1",
  availabilityZone: "eu-central-1b",
  instanceType: "t4g.small",
  imageId: "ami-1",
  launchedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  userData: "#!/bin/bash\necho hello\n",
  tags: { Name: "web", "aws:autoscaling:groupName": "web-farm" },
  profile: { arn: "arn:aws:iam::123456789012:instance-profile/web", roleName: "web-role" },
  credentials: () => {
    issued += 1;
    return {
      accessKeyId: `ASIA${issued}`,
      secretAccessKey: "secret",
      sessionToken: "session",
      expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
  },
  lifecycleState: () => state,
};
let server: MetadataServer;
test.before(async () => {
  server = await startMetadata(facts);
});
test.after.always(() => server?.stop());

const put = (headers: Record<string, string>) =>
  fetch(`${server.endpoint}/latest/api/token`, { method: "PUT", headers });
async function get(path: string): Promise<[number, string]> {
  const token = await (await put({ "X-aws-ec2-metadata-token-ttl-seconds": "60" })).text();
  const response = await fetch(`${server.endpoint}/latest/${path}`, { headers: { "X-aws-ec2-metadata-token": token } });
  return [response.status, await response.text()];
}

test.serial("the SDK's own provider gets the role's credentials by it", async (t) => {
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = server.endpoint;
  const credentials = await fromInstanceMetadata({ maxRetries: 0 })();
  t.like(credentials, { accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "session" });
  t.true((credentials.expiration?.getTime() ?? 0) > Date.now());
  await fromInstanceMetadata({ maxRetries: 0 })();
  t.is(issued, 1, "credentials are the same until they near their end");
});

test("what tools ask an instance is answered", async (t) => {
  t.deepEqual(await get("meta-data/instance-id"), [200, "i-0123456789abcdef0"]);
  t.deepEqual(await get("meta-data/placement/region"), [200, "eu-central-1"]);
  t.deepEqual(await get("meta-data/placement/availability-zone"), [200, "eu-central-1b"]);
  t.deepEqual(await get("meta-data/iam/security-credentials/"), [200, "web-role"]);
  t.deepEqual(await get("meta-data/tags/instance/Name"), [200, "web"]);
  t.deepEqual(await get("meta-data/tags/instance"), [200, "Name\naws:autoscaling:groupName"]);
  t.deepEqual(await get("user-data"), [200, "#!/bin/bash\necho hello\n"]);
  t.is((await get("meta-data/no/such/thing"))[0], 404);
  t.is((await get("meta-data/%E0%A4%A"))[0], 404);
  const [, document] = await get("dynamic/instance-identity/document");
  t.like(JSON.parse(document), { instanceId: facts.instanceId, region: facts.region, instanceType: "t4g.small" });
  t.true((await get("meta-data/"))[1].split("\n").includes("iam/"));
});

test("the lifecycle state is read when it is asked for", async (t) => {
  const path = "meta-data/autoscaling/target-lifecycle-state";
  t.deepEqual(await get(path), [200, "InService"]);
  state = "Terminated";
  t.deepEqual(await get(path), [200, "Terminated"]);
});

test("version 1 is refused, and so are tokens that are not ours or ended", async (t) => {
  const url = `${server.endpoint}/latest/meta-data/instance-id`;
  t.is((await fetch(url)).status, 401);
  t.is((await fetch(url, { headers: { "X-aws-ec2-metadata-token": "invented" } })).status, 401);
});

test("a token wants a time to live between 1 and 21,600 s and a caller on the instance", async (t) => {
  const ttl = "X-aws-ec2-metadata-token-ttl-seconds";
  t.is((await put({})).status, 400);
  t.is((await put({ [ttl]: "0" })).status, 400);
  t.is((await put({ [ttl]: "21601" })).status, 400);
  t.is((await put({ [ttl]: "60", "X-Forwarded-For": "203.0.113.9" })).status, 403);
  const response = await put({ [ttl]: "21600" });
  t.is(response.headers.get(ttl), "21600");
  t.is((await fetch(`${server.endpoint}/latest/api/token`)).status, 405);
});

test("only this machine's own names are answered: a web page may point its name here", async (t) => {
  const asked = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host, "X-aws-ec2-metadata-token-ttl-seconds": "60" };
      request(`${server.endpoint}/latest/api/token`, { method: "PUT", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once("error", reject)
        .end();
    });
  const { port } = new URL(server.endpoint);
  for (const host of [
    "attacker.example",
    `attacker.example:${port}`,
    "169.254.169.254",
    "127.0.0.1.attacker.example",
  ]) {
    t.is(await asked(host), 421, host);
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`]) t.is(await asked(host), 200, host);
});

test("an instance without profile or shown tags has neither", async (t) => {
  const { profile: _, ...without } = facts;
  const bare = await startMetadata({ ...without, tags: {} });
  const token = await (
    await fetch(`${bare.endpoint}/latest/api/token`, {
      method: "PUT",
      headers: { "X-aws-ec2-metadata-token-ttl-seconds": "60" },
    })
  ).text();
  for (const path of ["iam/security-credentials/", "tags/instance/"]) {
    const answer = await fetch(`${bare.endpoint}/latest/meta-data/${path}`, {
      headers: { "X-aws-ec2-metadata-token": token },
    });
    t.is(answer.status, 404, path);
  }
  await bare.stop();
  await t.throwsAsync(fetch(bare.endpoint));
});
