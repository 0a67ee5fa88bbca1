// Two stacks of one owner stand in one account, and one program in two regions, because no name of one is a name of the other.
import { fileURLToPath } from "node:url";
import test from "ava";
import { nameLengths } from "../../components/base/naming.ts";
import { withPlans } from "../../plan/plan.ts";
import { resourceTypes } from "../../plan/resource-types/all.ts";
import { notRunHere } from "../../plan/resource-types/resource-type.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";

/** Where a name may stand once: `account` for all of its regions, `region`; or beside the others of the `parent` that it is part of. */
type Scope = "account" | "region" | { readonly parent: string };

interface Named {
  /** Input that is the physical name. */
  readonly input: string;
  readonly scope: Scope;
  readonly max: number;
}

const ofGroup = { parent: "autoscalingGroupName" };
/** Every type whose name the program chooses; scopes are from the services' API references. */
const named: Readonly<Record<string, Named>> = {
  "aws:autoscaling/group:Group": { input: "name", scope: "region", max: nameLengths.autoScalingGroup },
  "aws:autoscaling/lifecycleHook:LifecycleHook": { input: "name", scope: ofGroup, max: nameLengths.lifecycleHook },
  "aws:autoscaling/policy:Policy": { input: "name", scope: ofGroup, max: nameLengths.scalingPolicy },
  "aws:autoscaling/schedule:Schedule": {
    input: "scheduledActionName",
    scope: ofGroup,
    max: nameLengths.scheduledAction,
  },
  "aws:budgets/budget:Budget": { input: "name", scope: "account", max: nameLengths.budget },
  "aws:cloudwatch/dashboard:Dashboard": { input: "dashboardName", scope: "account", max: nameLengths.dashboard },
  "aws:cloudwatch/eventRule:EventRule": { input: "name", scope: "region", max: nameLengths.eventRule },
  "aws:cloudwatch/logGroup:LogGroup": { input: "name", scope: "region", max: nameLengths.logGroup },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { input: "name", scope: "region", max: nameLengths.metricFilter },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { input: "name", scope: "region", max: nameLengths.alarm },
  "aws:dynamodb/table:Table": { input: "name", scope: "region", max: nameLengths.table },
  "aws:ec2/launchTemplate:LaunchTemplate": { input: "name", scope: "region", max: nameLengths.launchTemplate },
  "aws:glacier/vault:Vault": { input: "name", scope: "region", max: nameLengths.vault },
  "aws:iam/instanceProfile:InstanceProfile": { input: "name", scope: "account", max: nameLengths.instanceProfile },
  "aws:iam/role:Role": { input: "name", scope: "account", max: nameLengths.role },
  "aws:iam/rolePolicy:RolePolicy": { input: "name", scope: { parent: "role" }, max: 128 },
  "aws:lb/loadBalancer:LoadBalancer": { input: "name", scope: "region", max: nameLengths.loadBalancer },
  "aws:s3/bucket:Bucket": { input: "bucket", scope: "account", max: nameLengths.bucket },
  "aws:sns/topic:Topic": { input: "name", scope: "region", max: nameLengths.topic },
  "aws:sqs/queue:Queue": { input: "name", scope: "region", max: nameLengths.queue },
};
/** The provider appends something of its own to these. */
const prefixed: Readonly<Record<string, number>> = {
  "aws:ec2/securityGroup:SecurityGroup": 229,
  "aws:lb/targetGroup:TargetGroup": 6,
};
/** A name in DNS, which whoever deploys chooses. */
const given = new Set(["aws:route53/record:Record"]);

const directory = fileURLToPath(new URL("../..", import.meta.url));
const config = {
  owner: "gas",
  operatorEmail: "me@example.org",
  budget: "40",
  webSchedule: "50 17 * * MON-FRI = 3",
  flowLogs: "rejected",
  store: "vault",
};
const read = (...stacks: readonly (readonly [stack: string, region: string, more?: Record<string, string>])[]) =>
  withPlans(async (plan) => {
    const plans: Plan[] = [];
    for (const [stack, region, more] of stacks) {
      plans.push(
        await plan({ directory, stack, config: { ...config, "aws:region": region, ...more }, onOutput: () => {} }),
      );
    }
    return plans;
  });

const chosen = (plan: Plan) => plan.resources.filter(({ type }) => type in named);

/** `account us-east-1? type name`: what AWS has once. */
function placeOf({ type, inputs }: PlannedResource, region: string): string {
  const { input, scope } = named[type] as Named;
  const inside = typeof scope === "object" ? `${region} ${String(inputs[scope.parent])}` : "";
  const where = scope === "region" ? region : inside;
  return `${type} ${where} ${String(inputs[input])}`;
}

const shared = (one: readonly string[], other: readonly string[]) => one.filter((place) => other.includes(place));

const stacks = ["dev", "local"] as const;
const plans = read(
  ["dev", "us-east-1"],
  ["local", "us-east-1"],
  ["dev", "eu-west-1"],
  ["dev", "us-east-1", { names: "owner" }],
);
const places = async () => {
  const [dev, local, abroad, byOwner] = (await plans) as [Plan, Plan, Plan, Plan];
  const of = (plan: Plan, region: string) => chosen(plan).map((each) => placeOf(each, region));
  return {
    dev: of(dev, "us-east-1"),
    local: of(local, "us-east-1"),
    abroad: of(abroad, "eu-west-1"),
    byOwner: of(byOwner, "us-east-1"),
  };
};

test("no name of one stack is a name of another of the same owner", async (t) => {
  const { dev, local } = await places();
  t.is(new Set(dev).size, dev.length);
  t.deepEqual(shared(dev, local), []);
});

test("no name of one region is in the way of another", async (t) => {
  const { dev, abroad } = await places();
  t.deepEqual(shared(dev, abroad), []);
});

test("names by owner are those of version 0.1.0, and collide with nothing of a stack's", async (t) => {
  const { dev, byOwner } = await places();
  t.true(byOwner.includes("aws:s3/bucket:Bucket  gas-results-123456789012-us-east-1"));
  t.true(byOwner.includes("aws:iam/role:Role  gas-web"));
  t.true(byOwner.includes("aws:sqs/queue:Queue us-east-1 gas-annotator-requests-dead-letters"));
  t.deepEqual(shared(dev, byOwner), []);
});

test("every name says owner, stack and, where an account has one list, region, and fits its service", async (t) => {
  for (const plan of (await plans).slice(0, 3)) {
    for (const { type, name, inputs } of chosen(plan)) {
      const { input, scope, max } = named[type] as Named;
      const physical = String(inputs[input]);
      t.true(physical.length <= max, physical);
      if (typeof scope === "object") continue;
      const between = type.endsWith(":LoadBalancer") ? "-" : "--";
      t.true(physical.startsWith(`${name}${between}${plan.stack}`), `${type} ${physical}`);
      if (scope === "account") t.true(physical.endsWith(`-${plan.config["aws:region"]}`), `${type} ${physical}`);
    }
    for (const { type, inputs } of plan.resources.filter(({ type }) => type in prefixed)) {
      t.is(inputs.name, undefined);
      t.regex(String(inputs.namePrefix), /^gas-.*$/);
      t.true(String(inputs.namePrefix).length <= (prefixed[type] ?? 0));
    }
  }
});

test("each type that can be named is known to this test", async (t) => {
  const unknown = (await plans)
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => {
      const rule = resourceTypes[type]?.replacement;
      const byName = rule !== undefined && rule !== notRunHere && rule.name !== undefined;
      return byName && !(type in named) && !(type in prefixed) && !given.has(type);
    });
  t.deepEqual([...new Set(unknown.map(({ type }) => type))], []);
});

test("each stack has secrets of its own", async (t) => {
  const [dev, local, , byOwner] = (await plans) as [Plan, Plan, Plan, Plan];
  const secretsOf = ({ resources }: Plan) => {
    const policies = resources.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
    const text = policies.map(({ inputs }) => String(inputs.policy)).join();
    return [...new Set(text.match(/parameter\/[\w./-]+\/session-secret/g))];
  };
  t.deepEqual(secretsOf(dev), ["parameter/gas/dev/session-secret"]);
  t.deepEqual(secretsOf(local), ["parameter/gas/local/session-secret"]);
  t.deepEqual(secretsOf(byOwner), ["parameter/gas/session-secret"]);
  t.deepEqual([...stacks], [dev.stack, local.stack]);
});
