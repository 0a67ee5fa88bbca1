import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as ec2 from "@pulumi/aws/ec2/index.js";
import type * as iam from "@pulumi/aws/iam/index.js";
import { type Input, interpolate, type Resource } from "@pulumi/pulumi";
import { keepsName } from "../base/keep.ts";
import { allow, policyDocument } from "../base/policy-document.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { given } from "../bundle/service.ts";
import { createRole, createRolePolicy, type RoleTransform } from "../group/service-role.ts";

export interface FlowLogTransform {
  readonly flowLog?: Transform<ec2.FlowLogArgs>;
  readonly flowLogGroup?: Transform<cloudwatch.LogGroupArgs>;
  readonly flowLogRole?: RoleTransform["role"];
  readonly flowLogRolePolicy?: RoleTransform["rolePolicy"];
}

export interface FlowLogNodes {
  readonly flowLog: ec2.FlowLog;
  readonly logGroup: cloudwatch.LogGroup;
  readonly role: iam.Role;
  readonly rolePolicy: iam.RolePolicy;
}

const trafficTypes = { rejected: "REJECT", all: "ALL" } as const;

/**
 * Records a VPC's connections in a log group of its own, written by a role that can do nothing else. Its five permissions are
 * those that VPC flow logs ask for.
 */
export function createFlowLog(
  network: string,
  args: {
    vpcId: Input<string>;
    traffic: keyof typeof trafficTypes;
    accountId: Input<string>;
    kmsKeyArn: Input<string> | undefined;
  },
  transform: FlowLogTransform,
  parent: Resource,
): FlowLogNodes {
  const name = `${network}-flow-log`;
  const roleTransform = given({ role: transform.flowLogRole, rolePolicy: transform.flowLogRolePolicy });

  const logGroup = new cloudwatch.LogGroup(
    ...transformed<cloudwatch.LogGroupArgs>(
      transform.flowLogGroup,
      name,
      { name: regionalName("logGroup", name), retentionInDays: 30, ...given({ kmsKeyId: args.kmsKeyArn }) },
      { parent, ...keepsName() },
    ),
  );
  const trust = policyDocument([
    {
      Effect: "Allow",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": args.accountId } },
    },
  ]);
  const role = createRole(name, { trust, description: `Flow log of ${network}` }, roleTransform, parent);
  const rolePolicy = createRolePolicy(
    name,
    "write",
    role,
    [
      allow(
        "WriteFlowLog",
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        [logGroup.arn, interpolate`${logGroup.arn}:*`],
      ),
      // It takes no group.
      allow("FindLogGroup", ["logs:DescribeLogGroups"], ["*"]),
    ],
    roleTransform,
    parent,
  );
  const flowLog = new ec2.FlowLog(
    ...transformed<ec2.FlowLogArgs>(
      transform.flowLog,
      name,
      {
        vpcId: args.vpcId,
        trafficType: trafficTypes[args.traffic],
        logDestinationType: "cloud-watch-logs",
        logDestination: logGroup.arn,
        iamRoleArn: role.arn,
        // Ten minutes' worth to a record: a tenth of the records of the finest setting.
        maxAggregationInterval: 600,
        tags: { Name: name },
      },
      { parent, dependsOn: [rolePolicy] },
    ),
  );
  return { flowLog, logGroup, role, rolePolicy };
}
