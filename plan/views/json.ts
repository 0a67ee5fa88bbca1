import type { Plan, PlannedResource } from "../types.ts";

const hidden = "[secret]";

function hide(value: unknown, path: string, secrets: ReadonlySet<string>): unknown {
  if (secrets.has(path)) return hidden;
  if (Array.isArray(value)) return value.map((item, index) => hide(item, `${path}[${index}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([key, item]) => [key, hide(item, path === "" ? key : `${path}.${key}`, secrets)]),
  );
}

function showable(resource: PlannedResource): unknown {
  const { inputs, outputs, secretInputs, dependencies, ...rest } = resource;
  const secrets = new Set(secretInputs);
  return {
    ...rest,
    dependencies: [...dependencies].sort(),
    inputs: hide(inputs, "", secrets),
    secretInputs: [...secretInputs].sort(),
    outputs: hide(outputs, "", secrets),
  };
}

/** The plan as JSON text: the same plan gives the same text. Secret inputs are not shown. */
export function jsonOf(plan: Plan): string {
  const { project, stack, config, resources, outputs } = plan;
  const document = {
    project,
    stack,
    config: hide(config, "", new Set()),
    resources: resources.map(showable),
    outputs: hide(outputs, "", new Set()),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
