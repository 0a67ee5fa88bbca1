/** The groups that a stack declares: what each is to launch, and the alarms that speak against a version. Pure. */
import type { Plan, PlannedResource } from "../../plan/types.ts";

type Values = Readonly<Record<string, unknown>>;

/** Physical names. */
export interface DeclaredGroup {
  readonly name: string;
  readonly logicalName: string;
  readonly templateName: string;
  /** How it mixes on-demand and spot capacity, as declared; `undefined`: it launches from its template alone. */
  readonly mixed: { readonly distribution: Values; readonly overrides: readonly Values[] } | undefined;
  /** Names, in the order of the declaration. */
  readonly alarms: readonly string[];
}

const groupType = "aws:autoscaling/group:Group";

/** What a resource stands in, from the inside out, itself first. */
function* around(resource: PlannedResource, byUrn: ReadonlyMap<string, PlannedResource>): Generator<string> {
  for (let next: PlannedResource | undefined = resource; next; next = byUrn.get(next.parent ?? "")) yield next.urn;
}

/** Alarms beside the group, in the largest component that holds no other group; those that scale say nothing of a version. */
function alarmsOf(group: PlannedResource, { resources }: Plan, byUrn: ReadonlyMap<string, PlannedResource>): string[] {
  const others = resources.filter(({ type, urn }) => type === groupType && urn !== group.urn);
  const shared = new Set(others.flatMap((other) => [...around(other, byUrn)]));
  const whole = [...around(group, byUrn)].filter((urn) => !shared.has(urn)).at(-1) ?? group.urn;
  const scales = ({ inputs }: PlannedResource) =>
    ((inputs.alarmActions as readonly unknown[] | undefined) ?? []).some((arn) => /:scalingPolicy:/.test(String(arn)));
  return resources
    .filter(({ type }) => /^aws:cloudwatch\/(metric|composite)Alarm:/.test(type))
    .filter((alarm) => !scales(alarm) && [...around(alarm, byUrn)].includes(whole))
    .map(({ outputs, name }) => String(outputs.name ?? outputs.alarmName ?? name));
}

/** In the order of the declaration. Groups that launch from something else than a template of the program are left out. */
export function declaredGroups(plan: Plan): DeclaredGroup[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const templates = plan.resources.filter(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate");
  return plan.resources
    .filter(({ type }) => type === groupType)
    .flatMap((group) => {
      const policy = group.inputs.mixedInstancesPolicy as
        | { instancesDistribution?: Values; launchTemplate: Values }
        | undefined;
      const launches = (policy?.launchTemplate.launchTemplateSpecification ??
        group.inputs.launchTemplate ??
        {}) as Values;
      const ids = [launches.id, launches.launchTemplateId, launches.name, launches.launchTemplateName];
      const template = templates.find(({ id, outputs }) => ids.includes(id) || ids.includes(outputs.name));
      if (template === undefined) return [];
      const overrides = (policy?.launchTemplate.overrides ?? []) as readonly Values[];
      return {
        name: String(group.outputs.name),
        logicalName: group.name,
        templateName: String(template.outputs.name),
        mixed: policy && { distribution: policy.instancesDistribution ?? {}, overrides },
        alarms: alarmsOf(group, plan, byUrn),
      };
    });
}

/** @throws {Error} naming what no group is called. */
export function chosenGroups(
  groups: readonly DeclaredGroup[],
  named: readonly string[],
  stack: string,
): DeclaredGroup[] {
  if (groups.length === 0) throw new Error(`stack ${stack} declares no Auto Scaling group with a launch template`);
  const isCalled = ({ name, logicalName }: DeclaredGroup, word: string) =>
    word === name || word === logicalName || name.endsWith(`-${word}`) || logicalName.endsWith(`-${word}`);
  const unknown = named.find((word) => !groups.some((group) => isCalled(group, word)));
  if (unknown !== undefined) {
    throw new Error(`stack ${stack} has no group ${unknown}; it has ${groups.map(({ name }) => name).join(", ")}`);
  }
  return groups.filter((group) => named.length === 0 || named.some((word) => isCalled(group, word)));
}
