// Interface endpoints: one for each service that the roles call, in each zone, closed to everybody outside the VPC, with their price.
import { fileURLToPath } from "node:url";
import { DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { Config } from "@pulumi/pulumi";
import test from "ava";
import { ArgumentsError, readSettings } from "../../components/index.ts";
import { deploy } from "../../local/run/deploy.ts";
import type { Emulator } from "../../local/types.ts";
import { costOf } from "../../plan/cost/cost.ts";
import { readTable } from "../../plan/cost/prices.ts";
import { usageOf } from "../../plan/cost/usage.ts";
import { declaredPolicies } from "../../plan/iam/roles.ts";
import type { Plan } from "../../plan/types.ts";
import { projectPlan } from "../operate/plans.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";

let plan: Plan;
let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
  plan = await projectPlan({ endpoints: "interface", instances: "private" });
});
test.after.always(() => emulator?.stop());

const endpoints = (of: Plan) => of.resources.filter(({ type }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint");
const serviceOf = (name: unknown) => String(name).split(".").at(-1) ?? "";

test("every service that a role calls has an endpoint, but for mail; and none has one that no role calls", (t) => {
  const called = new Set(
    declaredPolicies(plan).roles.flatMap(({ identity }) =>
      identity.flatMap(({ actions }) => actions.patterns.map(({ text }) => text.split(":")[0] ?? "")),
    ),
  );
  called.delete("ses");
  const reached = endpoints(plan).map(({ inputs }) => serviceOf(inputs.serviceName));
  t.deepEqual(reached.sort(), [...called].sort());
});

test("an interface endpoint stands in every zone, by the service's usual name, open to the VPC only", (t) => {
  const interfaces = endpoints(plan).filter(({ inputs }) => inputs.vpcEndpointType === "Interface");
  t.is(interfaces.length, 7);
  const [vpc] = plan.resources.filter(({ type }) => type === "awsx:ec2:Vpc");
  const [group] = plan.resources.filter(({ name }) => name === "gas-endpoints" || name.endsWith("-endpoints"));
  for (const { inputs } of interfaces) {
    t.deepEqual(inputs.subnetIds, vpc?.outputs.privateSubnetIds);
    t.is((inputs.subnetIds as string[]).length, 2);
    t.deepEqual(inputs.securityGroupIds, [group?.id]);
    t.true(inputs.privateDnsEnabled);
  }
  const rules = plan.resources.filter(({ inputs }) => inputs.securityGroupId === group?.id);
  t.is(rules.length, 1);
  t.like(rules[0]?.inputs, { cidrIpv4: "10.0.0.0/16", ipProtocol: "tcp", fromPort: 443, toPort: 443 });
});

test("they cost $102.20 a month over two zones, and NAT stays without the traffic that they carry", async (t) => {
  const { lines } = costOf(plan, await readTable("us-east-1"), usageOf(), "min");
  const sum = (key: string) =>
    lines.filter((line) => line.key === key).reduce((usd, line) => usd + line.quantity * line.unitPrice, 0);
  t.is(sum("endpoint.hour").toFixed(2), "102.20");
  t.true(sum("endpoint.gb") > 0);
  t.true(sum("nat.hour") > 0);
  t.is(sum("nat.gb"), 0);
});

test("without the setting there are the two gateways, as before", async (t) => {
  const types = endpoints(await projectPlan()).map(({ inputs }) => inputs.vpcEndpointType);
  t.deepEqual(types, ["Gateway", "Gateway"]);
});

test("the emulator is given them as they are declared", async (t) => {
  const directory = fileURLToPath(new URL("../..", import.meta.url));
  const config = { endpoints: "interface" };
  await deploy({ directory, stack: "local", emulator, config, onOutput: () => {} });
  const { VpcEndpoints = [] } = await new EC2Client(clientOptions(emulator)).send(new DescribeVpcEndpointsCommand({}));
  const interfaces = VpcEndpoints.filter(({ VpcEndpointType }) => VpcEndpointType === "Interface");
  t.is(interfaces.length, 7);
  t.true(interfaces.every(({ SubnetIds, PrivateDnsEnabled }) => SubnetIds?.length === 2 && PrivateDnsEnabled));
});

test("the VPC that is there already has its own: the setting is refused beside it", (t) => {
  const values: Record<string, string> = { endpoints: "interface", vpcId: "vpc-0123456789abcdef0" };
  const { name } = new Config("annofarm");
  const read = () => readSettings({ name, get: (key: string) => values[key] as never }, []);
  const error = t.throws(read, { instanceOf: ArgumentsError });
  t.like(
    error?.mistakes.filter(({ path }) => path === "annofarm:endpoints"),
    [{ reason: "are those of the VPC that is there already; leave it out, or annofarm:vpcId" }],
  );
});
