// One account takes two stacks of one owner, and one more in another region: nothing is refused and nothing is overwritten.
import { fileURLToPath } from "node:url";
import test from "ava";
import { deploy } from "../../../local/run/deploy.ts";
import type { Emulator } from "../../../local/types.ts";
import type { Plan } from "../../../plan/types.ts";
import { emulated } from "../../engine/emulated.ts";
import { testEmulator } from "../../support/emulator.ts";

const directory = fileURLToPath(new URL("../../..", import.meta.url));
const types: Readonly<Record<string, string>> = {
  alarms: "aws:cloudwatch/metricAlarm:MetricAlarm",
  balancers: "aws:lb/loadBalancer:LoadBalancer",
  buckets: "aws:s3/bucket:Bucket",
  dashboards: "aws:cloudwatch/dashboard:Dashboard",
  groups: "aws:autoscaling/group:Group",
  instanceProfiles: "aws:iam/instanceProfile:InstanceProfile",
  launchTemplates: "aws:ec2/launchTemplate:LaunchTemplate",
  logGroups: "aws:cloudwatch/logGroup:LogGroup",
  queues: "aws:sqs/queue:Queue",
  roles: "aws:iam/role:Role",
  scalingPolicies: "aws:autoscaling/policy:Policy",
  tables: "aws:dynamodb/table:Table",
  targetGroups: "aws:lb/targetGroup:TargetGroup",
  topics: "aws:sns/topic:Topic",
  vaults: "aws:glacier/vault:Vault",
};

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

type Inventory = Awaited<ReturnType<typeof emulated>>;

const countsOf = ({ resources }: Plan) =>
  Object.fromEntries(
    Object.entries(types).map(([kind, type]) => [kind, resources.filter((each) => each.type === type).length]),
  );

/** How many of each kind are there that were not before; those that were must still be. */
function added(before: Inventory, after: Inventory) {
  const counted = Object.keys(types).map((kind) => {
    const [was, is] = [before[kind] ?? [], after[kind] ?? []];
    const gone = was.filter((each) => !is.includes(each));
    return [kind, gone.length > 0 ? `gone: ${gone.join()}` : is.length - was.length] as const;
  });
  return Object.fromEntries(counted);
}

const config = { owner: "gas", operatorEmail: "me@example.org", budget: "40", store: "vault" };

test("stacks dev and local of one owner stand beside each other", async (t) => {
  const stand = async (stack: string, at: Emulator, more: Readonly<Record<string, string>> = {}) => {
    const before = await emulated(at);
    const plan = await deploy({ directory, stack, config: { ...config, ...more }, emulator: at, onOutput: () => {} });
    t.deepEqual(added(before, await emulated(at)), countsOf(plan), `${stack} in ${at.region}`);
    return plan;
  };
  await stand("dev", emulator);
  // An address belongs to one stack; the second uses its identity.
  await stand("local", emulator, { createMailIdentity: "false" });
  const abroad = { ...emulator, region: "eu-west-1" };
  await stand("dev", abroad, { "aws:region": "eu-west-1" });
  const refused = deploy({ directory, stack: "dev", config, emulator, onOutput: () => {} });
  await t.throwsAsync(refused, { message: /cannot create/ }, "the same stack again is a duplicate");
});
