import * as kms from "@pulumi/aws/kms/index.js";
import { type Input, interpolate, type Resource } from "@pulumi/pulumi";
import { diskKeyOperations, scalingRole } from "../../runtime/contract/disk-key.ts";
import { accountOf } from "../base/account.ts";
import { type Transform, transformed } from "../base/transform.ts";

/**
 * Lets Auto Scaling's service-linked role use the customer's key, or no instance of the group would ever start: AWS gives that
 * role its own keys only. A grant, because the key's policy is the customer's; nothing without such a key. AWS makes the role
 * with the account's first group, and a grant needs it before: `annofarm doctor` looks for it.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
export function createKeyGrant(
  group: string,
  {
    kmsKeyArn,
    transform,
  }: { kmsKeyArn: Input<string> | undefined; transform: { readonly keyGrant?: Transform<kms.GrantArgs> } },
  parent: Resource,
): kms.Grant | undefined {
  if (kmsKeyArn === undefined) return undefined;
  const { partition, accountId } = accountOf(parent);
  return new kms.Grant(
    ...transformed<kms.GrantArgs>(
      transform.keyGrant,
      `${group}-disks`,
      {
        name: `${group}-disks`,
        keyId: kmsKeyArn,
        granteePrincipal: interpolate`arn:${partition}:iam::${accountId}:${scalingRole}`,
        operations: diskKeyOperations,
      },
      { parent },
    ),
  );
}
