/** What the runner must know of the declared service, read from the plan: nothing is told twice. */

import type { Plan, PlannedResource } from "../../plan/types.ts";
import { type BootManifest, type BootService, readBootManifest } from "../../runtime/contract/boot.ts";

/** Resources of one type, in registration order. */
export function resourcesOfType(plan: Plan, type: string): PlannedResource[] {
  return plan.resources.filter((resource) => resource.type === type);
}

/** Name of a group in AWS. */
export const groupName = ({ id, inputs, outputs }: PlannedResource) => String(outputs.name ?? inputs.name ?? id);

export function isBalanced({ inputs: { targetGroupArns: arns } }: PlannedResource): boolean {
  return Array.isArray(arns) && arns.length > 0;
}

/** Names of the groups behind the balancer. */
export function balancedGroups(plan: Plan): string[] {
  return resourcesOfType(plan, "aws:autoscaling/group:Group").filter(isBalanced).map(groupName);
}

/** Boot manifests of all launch templates that carry one, by the template's name. */
function bootManifests(plan: Plan): { template: string; manifest: BootManifest }[] {
  return resourcesOfType(plan, "aws:ec2/launchTemplate:LaunchTemplate").map((resource) => {
    const userData = resource.inputs.userData;
    if (typeof userData !== "string") throw new Error(`launch template ${resource.name} has no user data`);
    return {
      template: resource.name,
      manifest: readBootManifest(Buffer.from(userData, "base64").toString("utf8")),
    };
  });
}

/** Every service that some launch template runs. */
export function declaredServices(plan: Plan): BootService[] {
  return bootManifests(plan).flatMap(({ manifest }) => manifest.services);
}

/**
 * A service as declared, wherever it runs.
 *
 * @throws {Error} when no launch template runs it: the program does not declare the whole service.
 */
export function declaredService(plan: Plan, name: string): BootService {
  const service = declaredServices(plan).find((each) => each.name === name);
  if (service !== undefined) return service;
  throw new Error(`stack ${plan.stack} declares no service "${name}": no launch template's boot manifest names it`);
}

/** Value of a variable that the declaration gives to a service. */
export function declaredVariable(plan: Plan, service: string, variable: string): string {
  const value = declaredService(plan, service).environment[variable];
  if (value === undefined) throw new Error(`stack ${plan.stack} gives service "${service}" no ${variable}`);
  return value;
}
