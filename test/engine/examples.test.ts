// Each example under the real engine, as its reader would run it: up, up again without a change, destroyed without a trace.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeRulesCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import test from "ava";
import { openEngine } from "../../local/engine/engine.ts";
import type { Emulator } from "../../local/types.ts";
import { clientsOf } from "../support/clients.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { type Example, examples } from "../support/examples.ts";
import { shareZone } from "../support/shared.ts";
import { emulated } from "./emulated.ts";
import { makeNeighbours } from "./neighbours.ts";
import { noPulumi, pulumiForTests } from "./support.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

let emulator: Emulator;
test.before(async () => {
  if (pulumi !== undefined) emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

async function inNeighbours(): Promise<{ config: Record<string, string>; listenerArn: string }> {
  const { subnetIds, ...others } = await makeNeighbours(emulator);
  return { config: { ...others, subnetIds: JSON.stringify(subnetIds) }, listenerArn: others.listenerArn };
}

async function hostsOf(listenerArn: string): Promise<string[]> {
  const elb = new ElasticLoadBalancingV2Client(clientOptions(emulator));
  const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
  elb.destroy();
  return Rules.flatMap(({ Conditions = [] }) =>
    Conditions.flatMap(({ HostHeaderConfig }) => HostHeaderConfig?.Values ?? []),
  );
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
      example.name === "existing-network" ? await inNeighbours() : { config: {}, listenerArn: undefined };
    if (example.name === "course-shared") await shareZone(clientsOf(emulator, emulator.region), "example.org");
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
