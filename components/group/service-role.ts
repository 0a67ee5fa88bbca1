import * as iam from "@pulumi/aws/iam/index.js";
import { type Input, interpolate, type Output, type Resource } from "@pulumi/pulumi";
import type { DeploymentPlace } from "../base/account.ts";
import { standsBeside } from "../base/keep.ts";
import { allow, policyDocument, type Statement } from "../base/policy-document.ts";
import { globalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import type { Service } from "../bundle/service.ts";

export interface RoleTransform {
  readonly role?: Transform<iam.RoleArgs>;
  readonly rolePolicy?: Transform<iam.RolePolicyArgs>;
}

export function createRole(
  name: string,
  args: { trust: Output<string>; description: string },
  transform: RoleTransform,
  parent: Resource,
): iam.Role {
  return new iam.Role(
    ...transformed(
      transform.role,
      name,
      {
        name: globalName("role", name, parent),
        description: args.description,
        assumeRolePolicy: args.trust,
        tags: { Name: name },
      },
      { parent, ...standsBeside },
    ),
  );
}

/** What a role allows, as an inline policy called `policy`; `name` is the role's logical name. */
export function createRolePolicy(
  name: string,
  policy: string,
  role: iam.Role,
  statements: readonly Statement[],
  transform: RoleTransform,
  parent: Resource,
): iam.RolePolicy {
  return new iam.RolePolicy(
    ...transformed(
      transform.rolePolicy,
      `${name}-${policy}`,
      { name: policy, role: role.name, policy: policyDocument(statements) },
      { parent, ...standsBeside },
    ),
  );
}

/** ARN of a group by its name: known before the group is there, which needs the role that is allowed to touch it. */
export function groupArn({ region, accountId, partition }: DeploymentPlace, groupName: string): Output<string> {
  return interpolate`arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${groupName}`;
}

/**
 * What every instance needs to boot, to be seen and to be logged in to, whatever it runs. Sessions have their own few
 * permissions: AWS's ready-made policy for them also reads every parameter of the account, and so every secret.
 */
export function hostPermissions(
  services: readonly Service[],
  logGroupArn: Input<string>,
  group: Output<string>,
): Statement[] {
  return [
    allow(
      "ReadOwnBundles",
      ["s3:GetObject"],
      services.map(({ bundle }) => bundle.objectArns),
    ),
    allow(
      "WriteOwnLogs",
      ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      [interpolate`${logGroupArn}:*`],
    ),
    allow("ReportHealth", ["autoscaling:CompleteLifecycleAction", "autoscaling:SetInstanceHealth"], [group]),
    // Session Manager's; none of them takes a resource.
    allow(
      "AcceptSessions",
      [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      ["*"],
    ),
  ];
}

/** What a service needs to end its instance in order: see that it must, stay until idle, say that it is done. */
export function drainPermissions(group: Output<string>): Statement[] {
  return [
    allow(
      "DrainInOrder",
      [
        "autoscaling:SetInstanceProtection",
        "autoscaling:RecordLifecycleActionHeartbeat",
        "autoscaling:CompleteLifecycleAction",
      ],
      [group],
    ),
    // These two take no resource.
    allow("FindOwnGroup", ["autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLifecycleHooks"], ["*"]),
  ];
}
