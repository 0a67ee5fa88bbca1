import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Service } from "../bundle/service.ts";
import type { NetworkIds } from "../network/network.ts";
import type { ScaledGroupTransform } from "./group-args.ts";
import type { MachineArgs } from "./launch-template.ts";
import { ScaledGroup } from "./scaled-group.ts";

/** What a utility host may be told. */
export interface UtilityHostArgs extends MachineArgs {
  /** Where it stands: a `Network`, or ids from elsewhere. */
  readonly network: NetworkIds;
  /** Services the host runs, each under a role of its own. */
  readonly services: readonly Service[];
  /** ARNs told when AWS refuses calls of its services. @default nobody */
  readonly alarmActions?: readonly Input<string>[];
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: ScaledGroupTransform;
}

/**
 * One small machine for the services that need no farm: a group of one, so that a failed host is replaced without
 * anybody. Its own role may do nothing but take on those of its services.
 */
export class UtilityHost extends ComponentResource {
  /** Name of the Auto Scaling group. */
  readonly groupName: Output<string>;
  /** The group of one. */
  readonly group: ScaledGroup;
  /** The raw resources. */
  readonly nodes: ScaledGroup["nodes"];

  constructor(name: string, args: UtilityHostArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:UtilityHost", name, {}, opts);
    this.group = new ScaledGroup(
      name,
      {
        ...args,
        securityGroupId: args.network.workerSecurityGroupId,
        separateRoles: true,
        size: { min: 1, max: 1 },
      },
      { parent: this },
    );
    this.groupName = this.group.groupName;
    this.nodes = this.group.nodes;
    this.registerOutputs({ groupName: this.groupName });
  }
}
