/**
 * The program again, with what it has changed since applied to what stands: what `pulumi up` does the second time, without
 * the engine. Changes are made in place. What is not declared any more stays.
 */
import { isDeepStrictEqual } from "node:util";
import type { Plan } from "../../plan/types.ts";
import { apply, type DeployOptions } from "./deploy.ts";

type Inputs = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Inputs => typeof value === "object" && value !== null && !Array.isArray(value);

/** `declared` with what stands at this path, also where only one of both has it. */
function withStanding(standing: Inputs, declared: Inputs, [name = "", ...rest]: readonly string[]): Inputs {
  const { [name]: present, ...others } = declared;
  const kept = standing[name];
  if (rest.length > 0) {
    if (!isMap(kept) || !isMap(present)) return declared;
    return { ...declared, [name]: withStanding(kept, present, rest) };
  }
  return name in standing ? { ...others, [name]: kept } : others;
}

/**
 * Inputs as they hold: what the program ignores stays as it stands.
 *
 * @throws {Error} for a path that Pulumi's engine understands and this does not.
 */
function withIgnored(standing: Inputs, declared: Inputs, ignored: readonly string[] = []): Inputs {
  if (ignored.includes("*")) return standing;
  const strange = ignored.find((path) => !/^[\w$]+(\.[\w$]+)*$/.test(path));
  if (strange !== undefined)
    throw new Error(`ignoreChanges has ${strange}; give names joined by dots, or deploy with --engine`);
  return ignored.reduce((inputs, path) => withStanding(standing, inputs, path.split(".")), declared);
}

/**
 * @param before what stands, as the last deployment returned it.
 * @returns the new plan. @throws as `deploy`.
 */
export function redeploy(options: DeployOptions, before: Plan): Promise<Plan> {
  const standing = new Map(before.resources.map((resource) => [resource.urn, resource]));
  return apply(options, (resources) => async (request) => {
    const known = standing.get(request.urn);
    if (known === undefined || request.existing !== undefined) return resources.create(request);
    const inputs = withIgnored(known.inputs, request.inputs, request.ignoreChanges);
    if (isDeepStrictEqual(known.inputs, inputs)) return { id: known.id, outputs: { ...known.outputs }, inputs };
    return { ...(await resources.update({ ...request, inputs }, known)), inputs };
  });
}
