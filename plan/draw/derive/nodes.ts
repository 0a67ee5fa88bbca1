/** Nodes of a picture: resources, services on shared hosts, and the people that the plan implies. */
import type { BootService } from "../../../runtime/contract/boot.ts";
import { zoneCount } from "../../resource-types/zone-count.ts";
import type { PlannedResource } from "../../types.ts";
import { shortType } from "../../views/tree.ts";
import type { Badge, PictureNode } from "../picture.ts";
import { type Actor, groupType } from "./actors.ts";
import { kindOf } from "./kinds.ts";
import { shortener, topComponent } from "./names.ts";
import { objects, texts } from "./read.ts";
import type { References } from "./references.ts";
import { deadLettersOf, people, subscribers } from "./relations.ts";
import { alarmBadges, scalingBadges } from "./scaling.ts";

const implied = {
  [people]: { title: "Users", subtitle: "browser, mail", kind: "people" },
  [subscribers]: { title: "Operators", subtitle: "mail", kind: "people" },
  mail: { title: "mail", subtitle: "SES", kind: "mail" },
} as const;

const bare = { hint: [], group: undefined, badges: [], uses: [], many: false } as const;

/** A node for what a flow names and no resource declares. */
export function impliedNode(id: string): PictureNode | undefined {
  const known = implied[id as keyof typeof implied];
  return known === undefined ? undefined : { id, ...bare, ...known };
}

function sizeOf({ inputs }: PlannedResource): string {
  const { minSize = "?", maxSize = "?" } = inputs;
  if (minSize === maxSize) return `${minSize} instance${minSize === 1 ? "" : "s"}`;
  return `${minSize} – ${maxSize} instances`;
}

const networkDetail = ({ type, inputs }: PlannedResource): string =>
  type === "awsx:ec2:Vpc" ? `VPC, ${zoneCount(inputs)} zones` : "VPC";

function subtitleOf(resource: PlannedResource): string {
  const known = kindOf(resource.type);
  if (resource.type === groupType) return sizeOf(resource);
  if (known?.[0] === "network") return networkDetail(resource);
  return known?.[1] ?? shortType(resource.type);
}

function deadLetterBadges(queue: PlannedResource, references: References): Badge[] {
  const letters = references.at(deadLettersOf(queue));
  if (letters === undefined) return [];
  return [
    { kind: "deadLetters", text: "dead letters", title: `gives up into ${letters.name}` },
    ...alarmBadges([letters.name, String(letters.outputs.name)], references),
  ];
}

function accessLogBadges({ inputs }: PlannedResource): Badge[] {
  const logged = objects(inputs.accessLogs)[0];
  return logged?.enabled === true ? [{ kind: "note", text: "access logs", title: `to bucket ${logged.bucket}` }] : [];
}

const note = (text: string, title: string): Badge => ({ kind: "note", text, title });

function endpointBadges({ outputs, id }: PlannedResource, references: References): Badge[] {
  return references
    .ofType("aws:ec2/vpcEndpoint:VpcEndpoint")
    .filter(({ inputs }) => inputs.vpcId === (outputs.vpcId ?? id))
    .map(({ inputs }) => note(`${String(inputs.serviceName).split(".").at(-1)} endpoint`, String(inputs.serviceName)));
}

function objectBadges({ id }: PlannedResource, references: References): Badge[] {
  // By name: keys may tell the content's hash, and the picture would change with every line of code.
  const names = references.plan.resources
    .filter(({ type, inputs }) => /^aws:s3\/bucketObject(v2)?:/.test(type) && inputs.bucket === id)
    .map(({ name }) => name);
  return names.length === 0
    ? []
    : [note(names.length === 1 ? "1 object" : `${names.length} objects`, names.join("\n"))];
}

/** A topic that alarms speak to. */
function tellingBadges({ outputs }: PlannedResource, references: References): Badge[] {
  const told = references
    .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
    .filter(({ inputs }) => texts(inputs.alarmActions).includes(String(outputs.arn)))
    .map(({ name }) => name);
  return told.length === 0 ? [] : [note(told.length === 1 ? "1 alarm" : `${told.length} alarms`, told.join("\n"))];
}

function badgesOf(resource: PlannedResource, references: References): Badge[] {
  const own = alarmBadges(texts([resource.outputs.name, resource.outputs.arnSuffix]), references);
  switch (kindOf(resource.type)?.[0]) {
    case "instances":
      return [...scalingBadges(resource, references), ...own];
    case "queue":
      return [...deadLetterBadges(resource, references), ...own];
    case "topic":
      return [...tellingBadges(resource, references), ...own];
    case "network":
      return endpointBadges(resource, references);
    case "bucket":
      return [...objectBadges(resource, references), ...own];
    case "balancer":
      return [...accessLogBadges(resource), ...own];
    default:
      return own;
  }
}

const bundleObject = "aws:s3/bucketObjectv2:BucketObjectv2";

/** A service stands where its code is declared; a host is a place to run, not what it is about. */
function homeOf({ bundle }: BootService, references: References): PlannedResource | undefined {
  return references
    .ofType(bundleObject)
    .find(({ inputs }) => inputs.bucket === bundle.bucket && inputs.key === bundle.key);
}

export class Nodes {
  readonly #byUrn: ReadonlyMap<string, PlannedResource>;
  readonly #short: (name: string) => string;

  constructor(readonly references: References) {
    this.#byUrn = new Map(references.plan.resources.map((resource) => [resource.urn, resource]));
    this.#short = shortener(references.plan);
  }

  groupOf(resource: PlannedResource | undefined): PlannedResource | undefined {
    return resource === undefined ? undefined : topComponent(resource, this.#byUrn);
  }

  short(name: string): string {
    return this.#short(name);
  }

  /** What a name adds to its component's; all of it where it adds nothing. */
  titleOf(resource: PlannedResource): string {
    const component = this.groupOf(resource)?.name;
    const { name, inputs } = resource;
    if (typeof inputs.emailIdentity === "string") return inputs.emailIdentity;
    return component !== undefined && name.startsWith(`${component}-`)
      ? name.slice(component.length + 1)
      : this.short(name);
  }

  of(resource: PlannedResource): PictureNode {
    return {
      id: resource.urn,
      kind: kindOf(resource.type)?.[0] ?? "other",
      title: this.titleOf(resource),
      subtitle: subtitleOf(resource),
      hint: [`${shortType(resource.type)} ${resource.name}`],
      group: this.groupOf(resource)?.urn,
      badges: badgesOf(resource, this.references),
      uses: [],
      many: resource.type === groupType && Number(resource.inputs.maxSize) > 1,
    };
  }

  ofService({ id, resource, service }: Actor & { readonly service: BootService }): PictureNode {
    return {
      ...bare,
      id,
      kind: "service",
      title: service.name,
      subtitle: `service on ${this.short(resource.name)}`,
      hint: [`service ${service.name} on instances of ${resource.name}`],
      group: this.groupOf(homeOf(service, this.references) ?? resource)?.urn,
    };
  }
}
