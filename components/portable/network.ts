import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { given } from "../bundle/service.ts";
import { endpointKinds } from "../network/interface-endpoints.ts";
import { Network as Component } from "../network/network.ts";
import { oneOf, requirePlain } from "./plain.ts";
import type { NetworkReference } from "./references.ts";

/** A VPC that is there already. */
export interface ExistingVpc {
  /** `vpc-…` */
  vpcId: Input<string>;
  /** Subnets in which instances stand, at least one. */
  instanceSubnetIds: Input<Input<string>[]>;
  /** Public subnets for a balancer of ours, in two zones at least. Default: none, so no WebFarm can stand in it. */
  publicSubnetIds?: Input<Input<string>[]>;
  /** Security group of a balancer that is there already: web instances then answer it and nobody else. Default: one of ours. */
  balancerSecurityGroupId?: Input<string>;
}

export interface NetworkArgs {
  /** A VPC that is there already: only security groups are made in it. Default: a VPC of ours. */
  existing?: ExistingVpc;
  /** Address range of the VPC, /16 to /24. Default: 10.0.0.0/16. */
  cidrBlock?: string;
  /** Availability zones, 2 to 3. Default: 2. */
  zones?: number;
  /** Availability zones by name, 2 to 4 of the stack's region, instead of their number; add further ones at the end. Default: the first ones. */
  zoneNames?: string[];
  /** Where instances stand: `public` or `private`. Default: `public`; `private` in a VPC that is there already. */
  instances?: string;
  /** Port on which web instances answer the balancer, 1024 to 65,535. Default: 8080. */
  webPort?: number;
  /** Which connections are recorded in CloudWatch Logs for 30 days: `none`, `rejected` or `all`. Default: `none`. */
  flowLogs?: string;
  /** How instances reach AWS: `gateway` (S3 and DynamoDB) or `interface` (more services, about $102 a month). Default: `gateway`. */
  endpoints?: string;
  /** ARN of a KMS key of your own for those records: `arn:aws:kms:…:key/…`. Default: CloudWatch's own. */
  kmsKeyArn?: Input<string>;
}

/** A VPC over two zones, or security groups in one that is there already. */
export class Network extends ComponentResource {
  /** What the other components take. */
  readonly reference: Output<NetworkReference>;

  constructor(name: string, args: NetworkArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:Network", name, {}, opts);
    const what = `Network ${name}`;
    const { existing, cidrBlock, zones, zoneNames, instances, webPort, flowLogs, endpoints } = args;
    requirePlain(what, { existing, cidrBlock, zones, zoneNames, instances, webPort, flowLogs, endpoints });
    const placing = oneOf(what, "instances", instances, ["public", "private"]);
    const recorded = oneOf(what, "flowLogs", flowLogs, ["none", "rejected", "all"]);
    const reached = oneOf(what, "endpoints", endpoints, endpointKinds);
    const network = new Component(
      name,
      {
        ...given({
          existing,
          cidrBlock,
          zones,
          zoneNames,
          webPort,
          instances: placing,
          flowLogs: recorded,
          endpoints: reached,
          kmsKeyArn: args.kmsKeyArn,
        }),
      },
      { parent: this },
    );
    this.reference = output({
      vpcId: network.vpcId,
      publicSubnetIds: network.publicSubnetIds ?? [],
      instanceSubnetIds: network.instanceSubnetIds,
      publicAddresses: network.publicAddresses,
      webPort: network.webPort,
      balancerSecurityGroupId: network.balancerSecurityGroupId,
      webSecurityGroupId: network.webSecurityGroupId,
      workerSecurityGroupId: network.workerSecurityGroupId,
    });
    this.registerOutputs({ reference: this.reference });
  }
}
