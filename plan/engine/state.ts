/** What Pulumi's state file says, as far as it is read here. */
import { idByName } from "./named.ts";

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly delete?: boolean;
  readonly dependencies?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface Deployment {
  readonly resources?: readonly StateResource[] | null;
  readonly pending_operations?: readonly { readonly type: string; readonly resource: StateResource }[] | null;
}

/** URNs that an engine was creating when it was cut off, and that the state does not have since. */
export function pendingCreates({ resources, pending_operations: pending }: Deployment): ReadonlySet<string> {
  const known = new Set((resources ?? []).map(({ urn }) => urn));
  const creating = (pending ?? []).filter(({ type }) => type === "creating").map(({ resource }) => resource.urn);
  return new Set(creating.filter((urn) => !known.has(urn)));
}

/**
 * The state without operations that a later engine has made good; `undefined` when there are none. Pulumi itself would ask a
 * person, since it does not know what this provider has written down.
 */
export function settled(deployment: Deployment): Deployment | undefined {
  const pending = deployment.pending_operations ?? [];
  const open = pendingCreates(deployment);
  const left = pending.filter(({ type, resource }) => type === "creating" && open.has(resource.urn));
  return left.length === pending.length ? undefined : { ...deployment, pending_operations: left };
}

/**
 * The state with those creations that an engine left open put among its resources whose id follows from their inputs: a refresh finds
 * them, or that they are not there. The others stay open.
 */
export function supposed(deployment: Deployment): Deployment {
  const open = pendingCreates(deployment);
  const pending = deployment.pending_operations ?? [];
  const named = pending.flatMap(({ type, resource }) => {
    const id = type === "creating" && open.has(resource.urn) ? idByName(resource) : undefined;
    return id === undefined ? [] : [{ ...resource, id, outputs: resource.outputs ?? {} }];
  });
  const urns = new Set(named.map(({ urn }) => urn));
  return {
    ...deployment,
    // What they depend on was made before them, and so stands before them.
    resources: [...(deployment.resources ?? []), ...named],
    pending_operations: pending.filter(({ resource }) => !urns.has(resource.urn)),
  };
}
