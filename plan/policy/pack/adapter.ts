/** Resources as Pulumi's engine shows them to a policy → the declaration that the controls look at. */
import type { PolicyResource } from "@pulumi/policy";
import { canonicalType, type Declaration, type DeclaredResource, declarationOf, ifKnown } from "../declaration.ts";

/** Outputs under which other resources know one. */
const naming = ["id", "arn", "name", "bucket", "url", "vpcId"];

/** `urn:pulumi:dev::annofarm::…::name` → the stack's own URN. */
function stackUrnOf(urn: string | undefined): string {
  const [, stack = "stack", project = "project"] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(urn ?? "") ?? [];
  return `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
}

/**
 * The declaration of a stack under `preview` or `up`. Settings stay as the engine gives them: reading one that is not known
 * before the deployment throws, upon which @pulumi/policy says that this policy cannot run yet. Relations are told by the
 * engine's own record of which property came from which resource, so that they hold in a first preview too.
 */
export function declarationOfStack(resources: readonly PolicyResource[]): Declaration {
  const declared = resources.map(
    ({ urn, type, name, parent, props, propertyDependencies }): DeclaredResource => ({
      urn,
      type: canonicalType(type),
      name,
      parent: parent?.urn,
      properties: props,
      identities: naming
        .map((key) => ifKnown(() => props[key] as unknown))
        .filter((text): text is string => typeof text === "string" && text !== ""),
      references: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, sources]) => [property, sources.map((one) => one.urn)]),
      ),
    }),
  );
  return declarationOf(stackUrnOf(resources[0]?.urn), declared);
}
