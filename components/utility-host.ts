import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ScaledGroupTransform } from "./group-args.ts";
import type { MachineArgs } from "./launch-template.ts";
import type { NetworkIds } from "./network.ts";
import { ScaledGroup } from "./scaled-group.ts";
import type { Service } from "./service.ts";

export interface UtilityHostArgs extends MachineArgs {
  readonly network: NetworkIds;
  /** Services the host runs, each under a role of its own. */
  readonly services: readonly Service[];
  readonly transform?: ScaledGroupTransform;
}

/**
 * One small machine for the services that need no farm: a group of one, so that a failed host is replaced without
 * anybody. Its own role may do nothing but take on those of its services.
 */
export class UtilityHost extends ComponentResource {
  readonly groupName: Output<string>;
  readonly group: ScaledGroup;
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
