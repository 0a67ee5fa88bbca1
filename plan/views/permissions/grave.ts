/** Actions that would make any other permission worthless; nobody who works on jobs needs one of them. */
import type { DeclaredPolicies } from "../../iam/roles.ts";

const grave: Readonly<Record<string, readonly string[]>> = {
  "take on more rights": [
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreateAccessKey",
    "iam:CreateRole",
  ],
  "run code elsewhere": [
    "ssm:SendCommand",
    "ssm:StartSession",
    "ec2:RunInstances",
    "ec2:ModifyInstanceAttribute",
    "lambda:InvokeFunction",
    "autoscaling:UpdateAutoScalingGroup",
    "s3:PutBucketPolicy",
  ],
  "read in bulk what it has no key of": [
    "dynamodb:Scan",
    "ssm:GetParametersByPath",
    "s3:ListAllMyBuckets",
    "sns:Subscribe",
  ],
  "destroy what holds the data": [
    "s3:DeleteBucket",
    "dynamodb:DeleteTable",
    "sqs:PurgeQueue",
    "sqs:DeleteQueue",
    "glacier:DeleteVault",
    "kms:ScheduleKeyDeletion",
  ],
};

/** All of them. */
export const graveActionNames: readonly string[] = Object.values(grave).flat();

export interface Grave {
  /** `take on more rights` */
  readonly harm: string;
  readonly action: string;
  /** Roles with a statement that allows it on anything at all. */
  readonly roles: readonly string[];
}

const context = new Map<string, string>();

export function graveActions({ roles }: DeclaredPolicies): Grave[] {
  const may = (action: string) =>
    roles
      .filter(({ identity }) =>
        identity.some(
          ({ effect, actions }) =>
            effect === "Allow" && actions.patterns.some((each) => each.matches(action, context)) !== actions.negated,
        ),
      )
      .map(({ name }) => name);
  return Object.entries(grave).flatMap(([harm, actions]) =>
    actions.map((action) => ({ harm, action, roles: may(action) })),
  );
}

/** What no role may, and which role may nevertheless. */
export function markdownOfGrave(found: readonly Grave[]): string {
  const nobody = found.filter(({ roles }) => roles.length === 0);
  const lines = [...new Set(nobody.map(({ harm }) => harm))].map((harm) => {
    const actions = nobody.filter((each) => each.harm === harm).map(({ action }) => `\`${action}\``);
    return `- ${harm}: ${actions.join(", ")}`;
  });
  const somebody = found
    .filter(({ roles }) => roles.length > 0)
    .map(({ action, roles }) => `- **\`${action}\` is allowed to ${roles.join(", ")}**`);
  return ["No role may, on anything:", "", ...lines, ...(somebody.length > 0 ? ["", ...somebody] : []), ""].join("\n");
}
