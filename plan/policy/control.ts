/** What a control is, and what it finds. */
import { at, type Declaration, type DeclaredResource } from "./declaration.ts";

const severities = ["Critical", "High", "Medium", "Low"] as const;
type Severity = (typeof severities)[number];

/** Something that is not as it should be. */
export interface Fault {
  /** Where it stands, when that is not the thing examined: a bucket's policy, a group's launch template. */
  readonly resource?: DeclaredResource;
  /** Property path in the resource: `metadataOptions.httpTokens`; for a missing resource, its kind. */
  readonly path: string;
  readonly found: unknown;
  readonly wanted: string;
}

/** One thing that a control applies to, with its faults. */
export interface Examined {
  /** Undefined: the account, of which no resource speaks. */
  readonly resource: DeclaredResource | undefined;
  readonly faults: readonly Fault[];
}

/** One control of AWS Foundational Security Best Practices. */
export interface Control {
  /** AWS's id: `ELB.1`. */
  readonly id: string;
  /** AWS's title. */
  readonly title: string;
  readonly severity: Severity;
  /** Page and place in the Security Hub user guide: `elb-controls.html#elb-1`. */
  readonly source: string;
  /** What is checked here, in one sentence. */
  readonly checks: string;
  /** Why the control does not apply when it finds nothing to examine. */
  readonly otherwise: string;
  /** What to set: the argument of our component, or the property. */
  readonly fix: string;
  examine(declared: Declaration): readonly Examined[];
}

const guide = "https://docs.aws.amazon.com/securityhub/latest/userguide/";

/** Where AWS explains the control. */
export const sourceUrl = ({ source }: Pick<Control, "source">): string => guide + source;

/** `AutoScaling.1` → `autoscaling-controls.html#autoscaling-1`. */
function sourceOf(id: string): string {
  const [service = "", number] = id.toLowerCase().split(".");
  return `${service}-controls.html#${service}-${number}`;
}

export function control(definition: Omit<Control, "source">): Control {
  return { ...definition, source: sourceOf(definition.id) };
}

/** A resource's faults; `undefined` when the control does not apply to it. */
type Judge = (resource: DeclaredResource, declared: Declaration) => readonly Fault[] | undefined;

/** Judges each resource of the types. */
export function each(types: string | readonly string[], judge: Judge): Control["examine"] {
  const list = typeof types === "string" ? [types] : types;
  return (declared) =>
    declared.ofType(...list).flatMap((resource) => {
      const faults = judge(resource, declared);
      return faults === undefined ? [] : [{ resource, faults }];
    });
}

/** A fault unless `fulfils` holds for what stands at the path. */
export function want(
  resource: DeclaredResource,
  path: string,
  fulfils: (value: unknown) => boolean,
  wanted: string,
): Fault[] {
  const found = at(resource.properties, path);
  return fulfils(found) ? [] : [{ resource, path, found, wanted }];
}

/** Some of Pulumi's booleans are the words "true" and "false". */
export const isTrue = (value: unknown): boolean => value === true || value === "true";

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A setting of the whole account and Region, which a resource of the type declares, fulfilled there by `judge`. */
export function ofAccount(
  applies: (declared: Declaration) => boolean,
  type: string,
  judge: (resource: DeclaredResource) => readonly Fault[],
): Control["examine"] {
  return (declared) => {
    if (!applies(declared)) return [];
    const settings = declared.ofType(type);
    if (settings.length > 0) return settings.map((resource) => ({ resource, faults: judge(resource) }));
    return [{ resource: undefined, faults: [{ path: type, found: undefined, wanted: "declared" }] }];
  };
}
