// Small plans, written down as a program would declare them.
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { planned } from "../../support/planned.ts";

const account = "us-east-1:123456789012";
const arns: Readonly<Record<string, (name: string) => string>> = {
  "aws:sns/topic:Topic": (name) => `arn:aws:sns:${account}:${name}`,
  "aws:sqs/queue:Queue": (name) => `arn:aws:sqs:${account}:${name}`,
  "aws:dynamodb/table:Table": (name) => `arn:aws:dynamodb:${account}:table/${name}`,
  "aws:s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
  "aws:glacier/vault:Vault": (name) => `arn:aws:glacier:${account}:vaults/${name}`,
  "aws:iam/role:Role": (name) => `arn:aws:iam::123456789012:role/${name}`,
  "aws:iam/policy:Policy": (name) => `arn:aws:iam::123456789012:policy/${name}`,
  "aws:lambda/function:Function": (name) => `arn:aws:lambda:${account}:function:${name}`,
  "aws:autoscaling/policy:Policy": (name) => `arn:aws:autoscaling:${account}:scalingPolicy:1:policyName/${name}`,
  "aws:lb/loadBalancer:LoadBalancer": (name) => `arn:aws:elasticloadbalancing:${account}:loadbalancer/app/${name}/1`,
  "aws:lb/targetGroup:TargetGroup": (name) => `arn:aws:elasticloadbalancing:${account}:targetgroup/${name}/1`,
};

export const arnOf = (type: string, name: string): string => arns[type]?.(name) ?? `arn:aws:other:${account}:${name}`;

export function declare(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>> = {},
  more: Partial<PlannedResource> = {},
): PlannedResource {
  const arn = arnOf(type, name);
  return planned({ urn: `${type}::${name}`, type, name, inputs, outputs: { ...inputs, arn, name }, ...more });
}

export const component = (type: string, name: string): PlannedResource =>
  declare(`test:index:${type}`, name, {}, { custom: false });

export const planOf = (...resources: readonly PlannedResource[]): Plan => ({
  project: "small",
  stack: "test",
  config: {},
  resources,
  outputs: {},
});

/** A role with one inline policy, and an instance profile, a launch template and a group that act under it. */
export function groupWithRole(
  name: string,
  statements: readonly {
    Action: string | readonly string[];
    Resource: string | readonly string[];
    [key: string]: unknown;
  }[],
  group: Readonly<Record<string, unknown>> = {},
): PlannedResource[] {
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  return [
    declare("aws:iam/role:Role", name),
    declare("aws:iam/rolePolicy:RolePolicy", name, { role: name, policy: JSON.stringify({ Statement }) }),
    declare("aws:iam/instanceProfile:InstanceProfile", name, { role: name }),
    declare("aws:ec2/launchTemplate:LaunchTemplate", name, { iamInstanceProfile: { name } }),
    declare("aws:autoscaling/group:Group", name, { minSize: 1, maxSize: 3, launchTemplate: { id: name }, ...group }),
  ];
}
