/**
 * The metadata service at its address in EC2, run within the network of a booted root: the local run's own, behind the address that it is not
 * made to listen on.
 */
import { request as ask, createServer } from "node:http";
import { startMetadata } from "../../../../local/aws/ec2/metadata/server.ts";

const [instanceId = "", region = ""] = process.argv.slice(2);

const metadata = await startMetadata({
  instanceId,
  accountId: "123456789012",
  region,
  availabilityZone: `${region}a`,
  instanceType: "t4g.small",
  imageId: "ami-0debian",
  launchedAt: Date.now(),
  userData: "",
  tags: {},
  profile: { arn: "arn:aws:iam::123456789012:instance-profile/probe", roleName: "probe" },
  credentials: () => ({
    accessKeyId: "ASIAPROBE",
    secretAccessKey: "secret",
    sessionToken: "token",
    expiration: new Date(Date.now() + 3_600_000).toISOString(),
  }),
  lifecycleState: () => "InService",
});
const { host } = new URL(metadata.endpoint);

createServer((incoming, outgoing) => {
  const { method, url, headers } = incoming;
  const onward = ask(new URL(url ?? "/", metadata.endpoint), { method, headers: { ...headers, host } }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.writeHead(502).end());
  incoming.pipe(onward);
}).listen(80, "169.254.169.254", () => console.log("ready"));
