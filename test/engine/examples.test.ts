// Each example under the real engine, as its reader would run it: up, up again without a change, destroyed without a trace.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecurityGroupCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import test from "ava";
import { openEngine } from "../../local/engine/engine.ts";
import type { Emulator } from "../../local/types.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { type Example, examples } from "../support/examples.ts";
import { emulated } from "./emulated.ts";
import { noPulumi, pulumiForTests } from "./support.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

let emulator: Emulator;
test.before(async () => {
  if (pulumi !== undefined) emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

/** Somebody else's VPC and balancer, which must be there before the program that uses them. */
async function neighbours(): Promise<{ config: Record<string, string>; listenerArn: string }> {
  const [ec2, elb] = [
    new EC2Client(clientOptions(emulator)),
    new ElasticLoadBalancingV2Client(clientOptions(emulator)),
  ];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const subnetIds = Subnets.slice(0, 2).map(({ SubnetId = "" }) => SubnetId);
  const vpcId = Subnets[0]?.VpcId ?? "";
  const { GroupId = "" } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "balancer", Description: "of the balancer", VpcId: vpcId }),
  );
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "shared", Subnets: subnetIds, SecurityGroups: [GroupId] }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    }),
  );
  const listenerArn = Listeners?.[0]?.ListenerArn ?? "";
  ec2.destroy();
  elb.destroy();
  const config = { vpcId, subnetIds: JSON.stringify(subnetIds), balancerSecurityGroupId: GroupId, listenerArn };
  return { config, listenerArn };
}

async function hostsOf(listenerArn: string): Promise<string[]> {
  const elb = new ElasticLoadBalancingV2Client(clientOptions(emulator));
  const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
  elb.destroy();
  return Rules.flatMap(({ Conditions = [] }) =>
    Conditions.flatMap(({ HostHeaderConfig }) => HostHeaderConfig?.Values ?? []),
  );
}

/** Whose domain it is has a zone of it already. */
async function makeZone(name: string): Promise<void> {
  const route53 = new Route53Client(clientOptions(emulator));
  await route53.send(new CreateHostedZoneCommand({ Name: name, CallerReference: name }));
  route53.destroy();
}

const engineOf = (example: Example, config: Readonly<Record<string, string>>) =>
  openEngine({
    directory: example.directory,
    stack: "dev",
    config,
    emulator,
    stateDirectory: mkdtempSync(join(tmpdir(), "annofarm-example-")),
    pulumi: pulumi as string,
    onOutput: () => {},
  });

for (const example of examples) {
  engineTest(`${example.name}: up, nothing to do, gone`, async (t) => {
    const { config, listenerArn } =
      example.name === "existing-network" ? await neighbours() : { config: {}, listenerArn: undefined };
    if (example.name === "course-shared") await makeZone("example.org");
    const before = await emulated(emulator);
    const engine = await engineOf(example, config);
    const { changes } = await engine.run("up");
    t.true((changes.create ?? 0) > 10, JSON.stringify(changes));
    if (listenerArn !== undefined) t.deepEqual(await hostsOf(listenerArn), ["hello.example.org"]);
    const again = await engine.run("up");
    t.deepEqual(Object.keys(again.changes), ["same"]);
    await engine.run("destroy");
    t.deepEqual(await emulated(emulator), before);
  });
}
