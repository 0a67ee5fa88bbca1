import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { getPartitionOutput } from "@pulumi/aws/getPartition.js";
import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import type { Output, Resource } from "@pulumi/pulumi";

/** Where a component's resources are: what ARNs and globally unique names are made of. */
export interface DeploymentPlace {
  readonly accountId: Output<string>;
  readonly region: Output<string>;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: Output<string>;
}

/** Account and region of the provider that `parent` uses. */
export function accountOf(parent: Resource): DeploymentPlace {
  const opts = { parent };
  return {
    accountId: getCallerIdentityOutput({}, opts).accountId,
    region: getRegionOutput({}, opts).region,
    partition: getPartitionOutput({}, opts).partition,
  };
}
