/**
 * Whether Auto Scaling can launch instances whose disks a customer's KMS key encrypts. Its service-linked role may use AWS's own keys by
 * itself; a customer's lets it in by a grant, or by statements of the key's policy that name the role.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
import { diskKeyOperations, scalingRole } from "../../runtime/contract/disk-key.ts";
import { contextOf } from "./context.ts";
import { parsePolicy } from "./document.ts";
import { evaluate } from "./evaluate.ts";

/** A grant of the key, as `ListGrants` has it. */
export interface KeyGrant {
  /** ARN. */
  readonly grantee: string;
  /** `CreateGrant` */
  readonly operations: readonly string[];
}

interface DiskKey {
  /** ARN. */
  readonly arn: string;
  /** The key's policy, as JSON. */
  readonly policy: string;
  readonly grants: readonly KeyGrant[];
}

/** What is asked of the key at each launch; the others are in AWS's example, and a grant of ours has all. */
const needed = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"];

/** ARN of the role in an account. */
const scalingRoleOf = (account: string): string => `arn:aws:iam::${account}:${scalingRole}`;

/** What Auto Scaling of the account may not do with the key, and a launch needs; nothing: instances start. */
export function missingForLaunch({ arn, policy, grants }: DiskKey, account: string): string[] {
  const role = scalingRoleOf(account);
  const granted = new Set(grants.filter(({ grantee }) => grantee === role).flatMap((grant) => grant.operations));
  const statements = parsePolicy(policy, `of ${arn}`);
  const context = contextOf({
    "kms:CallerAccount": account,
    "kms:GrantIsForAWSResource": "true",
    "kms:ViaService": `ec2.${arn.split(":")[3]}.amazonaws.com`,
  });
  const byPolicy = (operation: string) =>
    evaluate(
      { caller: { role }, action: `kms:${operation}`, resource: arn, context },
      { identity: [], resource: statements },
    ).allowed;
  return needed.filter((operation) => !granted.has(operation) && !byPolicy(operation));
}

/** The command that lets it. */
export function grantCommand(arn: string, account: string): string {
  const [, , , region] = arn.split(":");
  return (
    `aws kms create-grant --region ${region} --key-id ${arn} --grantee-principal ${scalingRoleOf(account)} ` +
    `--operations ${diskKeyOperations.join(" ")}`
  );
}
