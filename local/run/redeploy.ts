/**
 * The program again, with what it has changed since applied to what stands: what `pulumi up` does the second time, without
 * the engine. Changes are made in place. What is not declared any more stays.
 */
import { isDeepStrictEqual } from "node:util";
import type { Plan } from "../../plan/types.ts";
import { apply, type DeployOptions } from "./deploy.ts";

/**
 * @param before what stands, as the last deployment returned it.
 * @returns the new plan. @throws as `deploy`.
 */
export function redeploy(options: DeployOptions, before: Plan): Promise<Plan> {
  const standing = new Map(before.resources.map((resource) => [resource.urn, resource]));
  return apply(options, (resources) => (request) => {
    const known = standing.get(request.urn);
    if (known === undefined || request.existing !== undefined) return resources.create(request);
    if (isDeepStrictEqual(known.inputs, request.inputs)) return { id: known.id, outputs: { ...known.outputs } };
    return resources.update(request, known);
  });
}
