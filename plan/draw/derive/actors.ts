/** Who acts: groups of instances, the services that share a host, functions, whatever else takes on a role. */
import type { BootService } from "../../../runtime/contract/boot.ts";
import { bootManifestOf } from "../../boot.ts";
import type { PlannedResource } from "../../types.ts";
import { objects, textsWithin } from "./read.ts";
import type { References } from "./references.ts";

export interface Actor {
  /** The resource's URN; a service among several on a host: `<group's URN>#<service>`. */
  readonly id: string;
  readonly resource: PlannedResource;
  /** Set where the resource hosts several services, each with a role of its own. */
  readonly service?: BootService;
  /** URNs of its roles. */
  readonly roles: readonly string[];
}

const role = "aws:iam/role:Role";
const profile = "aws:iam/instanceProfile:InstanceProfile";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
export const groupType = "aws:autoscaling/group:Group";

function profileRole(references: References, named: unknown): string[] {
  const found = references.find(profile, named);
  return [references.find(role, found?.inputs.role)?.urn].filter((urn) => urn !== undefined);
}

/** Launch template of a group, named directly or by its mix of instance types. */
function templateOf(references: References, group: PlannedResource): PlannedResource | undefined {
  const mixed = objects(objects(group.inputs.mixedInstancesPolicy)[0]?.launchTemplate)[0];
  const named = objects(group.inputs.launchTemplate)[0] ?? objects(mixed?.launchTemplateSpecification)[0];
  const names = [named?.id, named?.name, named?.launchTemplateId, named?.launchTemplateName];
  return names.map((name) => references.find(template, name)).find((found) => found !== undefined);
}

function ofGroup(references: References, group: PlannedResource): Actor[] {
  const launchTemplate = templateOf(references, group);
  const instance = objects(launchTemplate?.inputs.iamInstanceProfile)[0];
  const own = profileRole(references, instance?.arn ?? instance?.name);
  const services = bootManifestOf(launchTemplate)?.services ?? [];
  const roleOf = ({ roleArn }: BootService) =>
    roleArn === undefined ? own : [references.find(role, roleArn)?.urn].filter((urn) => urn !== undefined);
  if (services.length < 2) {
    return [{ id: group.urn, resource: group, roles: [...new Set([...own, ...services.flatMap(roleOf)])] }];
  }
  const hosted = services.map((service) => ({
    id: `${group.urn}#${service.name}`,
    resource: group,
    service,
    roles: roleOf(service),
  }));
  return [{ id: group.urn, resource: group, roles: own }, ...hosted];
}

const notActors = /^aws:(iam|ec2\/launch|cloudwatch|autoscaling)/;

/** Functions, tasks and so on: a resource outside of IAM that names a role is one that takes it on. */
function ofOther(references: References, resource: PlannedResource): Actor[] {
  if (!resource.custom || notActors.test(resource.type)) return [];
  const roles = [
    ...profileRole(references, resource.inputs.iamInstanceProfile),
    ...textsWithin(resource.inputs).flatMap((value) =>
      value.startsWith("arn:") ? (references.find(role, value)?.urn ?? []) : [],
    ),
  ];
  return roles.length === 0 ? [] : [{ id: resource.urn, resource, roles: [...new Set(roles)] }];
}

export function actorsOf(references: References): Actor[] {
  return references.plan.resources.flatMap((resource) =>
    resource.type === groupType ? ofGroup(references, resource) : ofOther(references, resource),
  );
}
