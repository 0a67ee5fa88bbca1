// The emulator refuses what AWS refuses: a second thing of one name, and the end of what is in use. What is replaced is made before the
// old one goes, so a fixed name shows here as it would there.
import test from "ava";
import { createResources, handlerOf } from "../../../local/resources/driver.ts";
import type { Inputs, State } from "../../../local/resources/handler.ts";
import type { Emulator } from "../../../local/types.ts";
import { testEmulator } from "../../support/emulator.ts";
import { type Lives, livesIn } from "./life.ts";

let emulator: Emulator;
let lives: Lives;
let vpc: State;
test.before(async () => {
  emulator = await testEmulator();
  lives = livesIn(emulator);
  vpc = await lives.create("awsx:ec2:Vpc", {
    cidrBlock: "10.0.0.0/16",
    numberOfAvailabilityZones: 2,
    subnetSpecs: [{ type: "Public" }],
    natGateways: { strategy: "None" },
  });
  await lives.create("aws:ec2/launchTemplate:LaunchTemplate", { name: "shared", instanceType: "t4g.small" });
});
test.after.always(() => emulator?.stop());

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const nothing = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }],
});
const subnets = () => vpc.outputs.publicSubnetIds as string[];
const vpcId = () => vpc.outputs.vpcId as string;

/** By type: what is made, what the second one has otherwise, and the code with which AWS refuses it. */
const refused: Readonly<Record<string, { inputs: () => Inputs; changed?: Inputs; code: string }>> = {
  "aws:autoscaling/group:Group": {
    inputs: () => ({ minSize: 0, maxSize: 0, vpcZoneIdentifiers: subnets(), launchTemplate: { name: "shared" } }),
    code: "AlreadyExists",
  },
  "aws:budgets/budget:Budget": {
    inputs: () => ({ budgetType: "COST", limitAmount: "10", limitUnit: "USD", timeUnit: "MONTHLY" }),
    code: "DuplicateRecordException",
  },
  "aws:cloudwatch/logGroup:LogGroup": { inputs: () => ({}), code: "ResourceAlreadyExistsException" },
  "aws:dynamodb/table:Table": {
    inputs: () => ({ hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST" }),
    code: "ResourceInUseException",
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    inputs: () => ({ instanceType: "t4g.small" }),
    code: "InvalidLaunchTemplateName.AlreadyExistsException",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    inputs: () => ({ description: "a group", vpcId: vpcId() }),
    code: "InvalidGroup.Duplicate",
  },
  "aws:iam/instanceProfile:InstanceProfile": { inputs: () => ({}), code: "EntityAlreadyExists" },
  "aws:iam/policy:Policy": { inputs: () => ({ policy: nothing }), code: "EntityAlreadyExists" },
  "aws:iam/role:Role": { inputs: () => ({ assumeRolePolicy: trust }), code: "EntityAlreadyExists" },
  "aws:lb/loadBalancer:LoadBalancer": {
    inputs: () => ({ subnets: subnets() }),
    changed: { internal: true },
    code: "DuplicateLoadBalancerName",
  },
  "aws:lb/targetGroup:TargetGroup": {
    inputs: () => ({ port: 8080, protocol: "HTTP", vpcId: vpcId() }),
    changed: { port: 8081 },
    code: "DuplicateTargetGroupName",
  },
  "aws:s3/bucket:Bucket": { inputs: () => ({}), code: "BucketAlreadyOwnedByYou" },
  "aws:sesv2/emailIdentity:EmailIdentity": { inputs: () => ({}), code: "AlreadyExistsException" },
  "aws:sqs/queue:Queue": {
    inputs: () => ({ visibilityTimeoutSeconds: 30 }),
    changed: { visibilityTimeoutSeconds: 31 },
    code: "QueueAlreadyExists",
  },
};
const nameOf: Readonly<Record<string, string>> = {
  "aws:s3/bucket:Bucket": "bucket",
  "aws:sesv2/emailIdentity:EmailIdentity": "emailIdentity",
};

for (const [type, { inputs, changed = {}, code }] of Object.entries(refused)) {
  test(`a second ${type} of one name is refused, and the first stays`, async (t) => {
    const input = nameOf[type] ?? "name";
    const name = input === "emailIdentity" ? "once@example.org" : "only-once";
    const handler = await handlerOf(type);
    const given = { ...inputs(), [input]: name };
    const first = await handler.create(given, lives.context);
    const error = await t.throwsAsync(handler.create({ ...given, ...changed }, lives.context));
    const { name: kind, Code } = error as Error & { Code?: string };
    t.true(
      [kind, Code].some((each) => each?.replace(/Exception$/, "") === code.replace(/Exception$/, "")),
      `${error}`,
    );
    t.truthy(await handler.read({ id: first.id, inputs: given }, lives.context));
  });
}

test("a target group is replaced while a listener forwards to it: its name is never the old one's", async (t) => {
  const resources = createResources({ emulator, projectDirectory: import.meta.dirname });
  t.teardown(() => resources.close());
  const asked = { urn: "urn:pulumi:test::test::aws:lb/targetGroup:TargetGroup::farm", name: "farm" };
  const groups = await handlerOf("aws:lb/targetGroup:TargetGroup");
  const listeners = await handlerOf("aws:lb/listener:Listener");
  const make = (port: number) => {
    const inputs = { namePrefix: "farm-", port, protocol: "HTTP", vpcId: vpcId() };
    return groups.create(inputs, resources.contextOf(asked, inputs, String(port)));
  };
  const balancer = await lives.create("aws:lb/loadBalancer:LoadBalancer", { name: "farm", subnets: subnets() });
  const old = await make(8080);
  t.regex(String(old.outputs.name), /^farm-[0-9a-f]{26}$/);
  const forwardTo = ({ id }: State) => ({
    loadBalancerArn: balancer.id,
    port: 80,
    protocol: "HTTP",
    defaultActions: [{ type: "forward", targetGroupArn: id }],
  });
  const listener = await listeners.create(forwardTo(old), lives.context);

  const next = await make(8081);
  t.not(next.outputs.name, old.outputs.name);
  const inUse = groups.delete({ id: old.id, inputs: {} }, lives.context);
  t.is((await t.throwsAsync(inUse))?.name.replace(/Exception$/, ""), "ResourceInUse");
  await listeners.update({ id: listener.id, inputs: forwardTo(old) }, forwardTo(next), lives.context);
  await t.notThrowsAsync(groups.delete({ id: old.id, inputs: {} }, lives.context));
});

test("a security group that another refers to stays until nothing does", async (t) => {
  const groups = await handlerOf("aws:ec2/securityGroup:SecurityGroup");
  const target = await lives.create("aws:ec2/securityGroup:SecurityGroup", {
    name: "target",
    description: "is referred to",
    vpcId: vpcId(),
  });
  const caller = await lives.create("aws:ec2/securityGroup:SecurityGroup", {
    name: "caller",
    description: "refers",
    vpcId: vpcId(),
  });
  const rule = {
    securityGroupId: caller.id,
    referencedSecurityGroupId: target.id,
    ipProtocol: "tcp",
    fromPort: 80,
    toPort: 80,
  };
  const rules = await handlerOf("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
  const made = await rules.create(rule, lives.context);
  const inUse = await t.throwsAsync(groups.delete({ id: target.id, inputs: {} }, lives.context));
  t.is(inUse?.name, "DependencyViolation");
  await rules.delete({ id: made.id, inputs: rule }, lives.context);
  await t.notThrowsAsync(groups.delete({ id: target.id, inputs: {} }, lives.context));
});
