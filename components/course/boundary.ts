/** Permissions boundaries: the most that roles can be allowed, whatever their own policies say. */
import { type Input, interpolate, type Output, runtime } from "@pulumi/pulumi";
import type { DeploymentPlace } from "../base/account.ts";
import { allow, policyDocument, type Statement } from "../base/policy-document.ts";

/**
 * Puts every role that the program declares from now on under a permissions boundary, in place of any other. As with tags, no
 * component has to pass it on, so none can forget it.
 */
export function boundEveryRole(policyArn: Input<string>): void {
  runtime.registerStackTransformation(({ type, props, opts }) =>
    type === "aws:iam/role:Role" ? { props: { ...props, permissionsBoundary: policyArn }, opts } : undefined,
  );
}

/** The tag that says whose a role is. No role that the boundary holds can change it: that would take `iam:TagRole`. */
const owner = "$" + "{aws:PrincipalTag/owner}";

/** What the boundary of a class may be told. */
export interface OwnerBoundaryArgs {
  /** Zone of the class: a stack may send from any address of `<owner>.<domain>`. */
  readonly domain?: string | undefined;
  /** Addresses that every stack may send from. */
  readonly mailFrom?: readonly string[];
}

type OwnArn = (service: string, resource: string) => Output<string>;

/** What a service keeps, sends and writes. */
function ownData({ own, objects }: { readonly own: OwnArn; readonly objects: Output<string> }): Statement[] {
  return [
    allow(
      "OwnObjects",
      [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject*",
        "s3:GetObject*",
        "s3:ListBucket*",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:RestoreObject",
      ],
      [objects],
    ),
    allow(
      "OwnItems",
      ["BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "DescribeTable", "GetItem"]
        .concat(["PartiQL*", "PutItem", "Query", "Scan", "UpdateItem"])
        .map((action) => `dynamodb:${action}`),
      [own("dynamodb", `table/${owner}-*`)],
    ),
    allow(
      "OwnMessages",
      ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage", "SendMessage"]
        .map((action) => `sqs:${action}`)
        .concat("sns:Publish"),
      [own("sqs", `${owner}-*`), own("sns", `${owner}-*`)],
    ),
    allow(
      "OwnArchives",
      ["DeleteArchive", "DescribeJob", "GetJobOutput", "InitiateJob", "*MultipartUpload", "UploadArchive"]
        .concat("UploadMultipartPart")
        .map((action) => `glacier:${action}`),
      [own("glacier", `vaults/${owner}-*`)],
    ),
    allow("OwnSecrets", ["ssm:GetParameter", "ssm:GetParameters"], [own("ssm", `parameter/${owner}/*`)]),
    allow(
      "OwnLogs",
      ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "GetLogEvents", "PutLogEvents"].map(
        (action) => `logs:${action}`,
      ),
      [own("logs", `log-group:${owner}-*`)],
    ),
  ];
}

/**
 * One boundary for all stacks of a class: a role reaches what begins with its own owner, and nothing else. It lets roles work
 * with data and messages; it lets none of them make, change or pass a role, or anything else that the program declares.
 */
export function ownerBoundary(account: DeploymentPlace, { domain, mailFrom = [] }: OwnerBoundaryArgs): Output<string> {
  const { partition, region, accountId } = account;
  const own = (service: string, resource: string) =>
    interpolate`arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  const senders = [...(domain === undefined ? [] : [`*@${owner}.${domain}`]), ...mailFrom];
  const statements: Statement[] = [
    ...ownData({ own, objects: interpolate`arn:${partition}:s3:::${owner}-*` }),
    allow(
      "OwnGroups",
      ["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat", "SetInstanceHealth", "SetInstanceProtection"].map(
        (action) => `autoscaling:${action}`,
      ),
      [own("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${owner}-*`)],
    ),
    allow("OwnRoles", ["sts:AssumeRole"], [interpolate`arn:${partition}:iam::${accountId}:role/${owner}-*`]),
    // These take no resource. They tell names of the account's groups, and open the sessions of Session Manager.
    allow(
      "WithoutResource",
      [
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLifecycleHooks",
        "logs:DescribeLogGroups",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:*",
      ],
      ["*"],
    ),
  ];
  if (senders.length > 0) {
    const condition = { StringLike: { "ses:FromAddress": senders } };
    statements.push(allow("OwnMail", ["ses:SendEmail", "ses:SendRawEmail"], [own("ses", "identity/*")], condition));
  }
  return policyDocument(statements);
}
