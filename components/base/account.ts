import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { getPartitionOutput } from "@pulumi/aws/getPartition.js";
import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import { type Output, type Resource, RunError } from "@pulumi/pulumi";

/** Where a component's resources are: what ARNs and globally unique names are made of. */
export interface DeploymentPlace {
  readonly accountId: Output<string>;
  readonly region: Output<string>;
  /** `aws`; every other one is refused. */
  readonly partition: Output<string>;
}

/** @throws {RunError} for China's, GovCloud's and other partitions, which nothing here has been tried in. */
function supported(partition: string): string {
  if (partition === "aws") return partition;
  throw new RunError(
    `partition ${partition} is not supported: policies, service principals and links here are those of partition aws, and not all of ` +
      "its services are elsewhere; set aws:region to a region of AWS's usual partition, such as us-east-1",
  );
}

/** Account and region of the provider that `parent` uses. The partition fails for any but AWS's usual one. */
export function accountOf(parent: Resource): DeploymentPlace {
  const opts = { parent };
  return {
    accountId: getCallerIdentityOutput({}, opts).accountId,
    region: getRegionOutput({}, opts).region,
    partition: getPartitionOutput({}, opts).partition.apply(supported),
  };
}
