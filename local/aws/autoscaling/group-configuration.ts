/** What the instances of an Auto Scaling group are launched from: declared, and as it is. */
import type { AutoScalingGroup, DesiredConfiguration } from "@aws-sdk/client-auto-scaling";
import { defined, pascal } from "../../resources/shape.ts";

interface TemplateReference {
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
}
interface MixedInstances {
  readonly instancesDistribution?: Readonly<Record<string, unknown>>;
  readonly launchTemplate: {
    readonly launchTemplateSpecification: Readonly<Record<string, unknown>>;
    readonly overrides?: readonly Readonly<Record<string, unknown>>[];
  };
}
export interface GroupConfiguration {
  readonly launchTemplate?: TemplateReference;
  readonly mixedInstancesPolicy?: MixedInstances;
}

/** What instances are launched from, as declared. */
export function configurationOf({
  launchTemplate: template,
  mixedInstancesPolicy: mixed,
}: GroupConfiguration): DesiredConfiguration {
  return defined({
    LaunchTemplate:
      template &&
      defined({
        LaunchTemplateId: template.id,
        LaunchTemplateName: template.name,
        Version: template.version ?? "$Default",
      }),
    MixedInstancesPolicy: mixed && (pascal(mixed) as object),
  });
}

/** What a group's instances are launched from now, in the words of its declaration. */
export function standingConfiguration(group: AutoScalingGroup, declared: GroupConfiguration): GroupConfiguration {
  const { LaunchTemplate: template, MixedInstancesPolicy: mixed } = group;
  const spec = mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  const { mixedInstancesPolicy: policy, launchTemplate } = declared;
  if (template !== undefined && spec === undefined) {
    const { LaunchTemplateId: id, LaunchTemplateName: name, Version: version } = template;
    return { launchTemplate: defined(launchTemplate?.name === undefined ? { id, version } : { name, version }) };
  }
  if (spec === undefined || policy === undefined) return {};
  const { launchTemplateSpecification: reference, ...rest } = policy.launchTemplate;
  const launchTemplateSpecification = defined({ ...reference, version: spec.Version });
  return { mixedInstancesPolicy: { ...policy, launchTemplate: { ...rest, launchTemplateSpecification } } };
}

/** What a group's instances are launched from now, as it can be sent: by id alone, where the emulator's answer has the name too. */
export function presentConfiguration(group: AutoScalingGroup | undefined): DesiredConfiguration {
  const byId = <S extends { LaunchTemplateName?: string | undefined }>({ LaunchTemplateName: _, ...rest }: S) => rest;
  const { LaunchTemplate: template, MixedInstancesPolicy: mixed } = group ?? {};
  if (mixed?.LaunchTemplate?.LaunchTemplateSpecification === undefined)
    return defined({ LaunchTemplate: template && byId(template) });
  const { LaunchTemplateSpecification: specification, ...rest } = mixed.LaunchTemplate;
  return {
    MixedInstancesPolicy: { ...mixed, LaunchTemplate: { ...rest, LaunchTemplateSpecification: byId(specification) } },
  };
}
