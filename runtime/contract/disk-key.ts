/**
 * How Auto Scaling launches instances whose disks a customer's KMS key encrypts: its service-linked role has to be granted the key.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */

export const scalingRoleName = "AWSServiceRoleForAutoScaling";

/** The role within an account's ARN. */
export const scalingRole = `role/aws-service-role/autoscaling.amazonaws.com/${scalingRoleName}`;

/** What a launch does with the key; `CreateGrant` hands it on to EC2. */
export const diskKeyOperations = [
  "Encrypt",
  "Decrypt",
  "ReEncryptFrom",
  "ReEncryptTo",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "DescribeKey",
  "CreateGrant",
];
