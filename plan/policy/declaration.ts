/** What the controls look at: the resources of a program, from a plan or from Pulumi's engine, and how they belong together. */
import type { Plan } from "../types.ts";

export interface DeclaredResource {
  readonly urn: string;
  /** Type token as the provider's newest version has it: `aws:s3/bucket:Bucket`, whether declared as that or as `…V2`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** URN of the parent. */
  readonly parent: string | undefined;
  /** Settings. From an engine's preview, reading one that is not known before the deployment throws. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** What others name it by: id, ARN, name, URL. Unknown ones are left out. */
  readonly identities: readonly string[];
  /** Property → URNs of the resources that its value came from, where that is told; by value otherwise. */
  readonly references: Readonly<Record<string, readonly string[]>>;
}

export interface Declaration {
  /** Of the stack itself: where a setting of the whole account is missing. */
  readonly stackUrn: string;
  ofType(...types: readonly string[]): readonly DeclaredResource[];
  /** Resources of the type whose property (a path) names the target. */
  naming(target: DeclaredResource, type: string, path: string): readonly DeclaredResource[];
  /** Whether the property (a path) of a resource names the target. */
  refers(resource: DeclaredResource, path: string, target: DeclaredResource): boolean;
  /** Whether one of the types stands somewhere under the resource. */
  holds(resource: DeclaredResource, type: string): boolean;
}

/** `aws:alb/…` and `aws:s3/bucketV2:BucketV2` are other names of what the newest provider calls `aws:lb/…` and `…Bucket`. */
export function canonicalType(type: string): string {
  return type.replace(/^aws:(alb|elasticloadbalancingv2)\//, "aws:lb/").replace(/^(aws:s3\/\w+)V2:(\w+)V2$/, "$1:$2");
}

/** The value at a path such as `metadataOptions.httpTokens` or `rules[0].status`; `null`, an engine's word for none, is none. */
export function at(value: unknown, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  const found = steps.reduce<unknown>(
    (inner, step) => (inner as Record<string, unknown> | null | undefined)?.[step],
    value,
  );
  return found ?? undefined;
}

/** Texts in a value, however deep. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** The result, or `undefined` where it depends on a value that is not known before the deployment. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export function declarationOf(stackUrn: string, resources: readonly DeclaredResource[]): Declaration {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));

  function isUnder(urn: string | undefined, ancestor: string): boolean {
    for (let next = urn; next !== undefined; next = byUrn.get(next)?.parent) if (next === ancestor) return true;
    return false;
  }

  function refers(resource: DeclaredResource, path: string, target: DeclaredResource): boolean {
    const [property = path] = path.split(/[.[]/);
    // What comes from a component of another provider came from something in it.
    if (resource.references[property]?.some((urn) => isUnder(target.urn, urn))) return true;
    return (
      ifKnown(() => texts(at(resource.properties, path)).some((text) => target.identities.includes(text))) ?? false
    );
  }

  const ofType = (...types: readonly string[]) => resources.filter(({ type }) => types.includes(type));
  return {
    stackUrn,
    ofType,
    naming: (target, type, path) => ofType(type).filter((resource) => refers(resource, path, target)),
    refers,
    holds: ({ urn }, type) => ofType(type).some((resource) => resource.urn !== urn && isUnder(resource.urn, urn)),
  };
}

/** Outputs under which other resources know one. */
const naming = ["arn", "name", "bucket", "url", "vpcId", "id"];

/** Outputs of awsx's VPC that name its subnets. */
const subnetLists = ["publicSubnetIds", "privateSubnetIds", "isolatedSubnetIds"];

/** What a plan declares. */
export function declarationOfPlan({ stack, project, resources }: Plan): Declaration {
  return declarationOf(
    `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`,
    resources.map(({ urn, type, name, parent, inputs, id, outputs }) => ({
      urn,
      type: canonicalType(type),
      name,
      parent,
      properties: inputs,
      identities: [
        id,
        ...naming.map((key) => outputs[key]),
        ...(type === "awsx:ec2:Vpc" ? subnetLists.flatMap((key) => outputs[key]) : []),
      ].filter((text): text is string => Boolean(text) && typeof text === "string"),
      references: {},
    })),
  );
}
