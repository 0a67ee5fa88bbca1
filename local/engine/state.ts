/** What Pulumi's state file says, as far as it is read here. */

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
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: StateResource }[];
}

/** URNs that an engine was creating when it was cut off. */
export function pendingCreates({ pending_operations: pending = [] }: Deployment): ReadonlySet<string> {
  return new Set(pending.filter(({ type }) => type === "creating").map(({ resource }) => resource.urn));
}
