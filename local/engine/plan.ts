/** A stack's state as the plan that the rest of the runner reads. */

import type { Deployment, StateResource } from "../../plan/engine/state.ts";
import { inRegistrationOrder } from "../../plan/order.ts";
import { specialSecretSig, specialSigKey } from "../../plan/program/signatures.ts";
import { toPlain } from "../../plan/program/wire.ts";
import type { StackConfig } from "../../plan/stack-config.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { handledType, isWhole } from "./plugin/components.ts";
import { defaultsKey } from "./plugin/diff.ts";

const stackType = "pulumi:pulumi:Stack";

/** An exported state tells a secret as JSON text; the wire tells it as a value. */
function withValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withValues);
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (map[specialSigKey] === specialSecretSig && typeof map.plaintext === "string") {
    return { [specialSigKey]: specialSecretSig, value: withValues(JSON.parse(map.plaintext)) };
  }
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, withValues(item)]));
}

function plain(properties: Readonly<Record<string, unknown>> = {}) {
  const { [defaultsKey]: _, ...rest } = withValues(properties) as Record<string, unknown>;
  return toPlain(rest);
}

const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

/** @param config under which the stack was deployed. */
export function planOf(deployment: Deployment, stack: string, config: StackConfig): Plan {
  const resources = deployment.resources ?? [];
  const root = resources.find(({ type }) => type === stackType);
  // A replaced resource that could not yet be deleted is still listed.
  const standing = resources.filter((each) => each.delete !== true && !each.type.startsWith("pulumi:"));
  /** Components that a provider constructs: the one child that is all of it is theirs to know. */
  const wholes = new Map(standing.filter(({ type }) => isWhole(type)).map((child) => [child.parent ?? "", child]));
  const inPlan = new Map([...wholes].map(([component, child]) => [child.urn, component]));

  function planned(resource: StateResource): PlannedResource {
    const { urn, type, parent } = resource;
    const whole = wholes.get(urn);
    const inputs = plain((whole ?? resource).inputs);
    return {
      urn,
      type: handledType(type),
      name: nameOf(urn),
      parent: parent === root?.urn ? undefined : parent,
      custom: resource.custom || whole !== undefined,
      dependencies: (resource.dependencies ?? []).map((each) => inPlan.get(each) ?? each),
      protect: resource.protect ?? false,
      inputs: inputs.values,
      secretInputs: inputs.secrets,
      id: (whole ?? resource).id ?? "",
      outputs: plain((whole ?? resource).outputs).values,
    };
  }

  const shown = Object.entries(config.values).filter(([key]) => !config.encrypted.includes(key));
  return {
    project: config.project,
    stack,
    config: Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1))),
    resources: inRegistrationOrder(standing.filter(({ type }) => !isWhole(type)).map(planned)),
    outputs: plain(root?.outputs).values,
  };
}
