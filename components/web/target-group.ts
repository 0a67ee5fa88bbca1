import * as lb from "@pulumi/aws/lb/index.js";
import type { Input, Resource } from "@pulumi/pulumi";
import { targetGroupPrefix } from "../base/naming.ts";
import { type Transform, transformed } from "../base/transform.ts";
import type { NetworkIds } from "../network/network.ts";

/** The instances of a web farm, as a balancer sees them. */
export function createTargetGroup(
  name: string,
  args: { network: NetworkIds; port: Input<number>; healthPath: string },
  transform: Transform<lb.TargetGroupArgs> | undefined,
  parent: Resource,
): lb.TargetGroup {
  return new lb.TargetGroup(
    ...transformed(
      transform,
      name,
      {
        // Another port is another group, which must be able to stand beside this one: AWS deletes none that a listener forwards to.
        namePrefix: targetGroupPrefix(name),
        vpcId: args.network.vpcId,
        targetType: "instance",
        protocol: "HTTP",
        port: args.port,
        deregistrationDelay: 30,
        healthCheck: {
          path: args.healthPath,
          matcher: "200",
          interval: 10,
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 4,
        },
        tags: { Name: name },
      },
      { parent },
    ),
  );
}
