import type { CustomResourceOptions } from "@pulumi/pulumi";

/**
 * Options of what holds data. In production the engine refuses to delete it or to replace it, and `pulumi destroy` after
 * `pulumi state unprotect` forgets it but leaves it where it is.
 */
export function keepsData(production: boolean): Pick<CustomResourceOptions, "protect" | "retainOnDelete"> {
  return production ? { protect: true, retainOnDelete: true } : {};
}

/**
 * Options of what another name would make anew, and lose with it data, an address or what hangs on it: it keeps the name that it was
 * made with, however the program or the stack is renamed.
 */
export const keepsName = (...inputs: string[]): { ignoreChanges: string[] } => ({
  ignoreChanges: inputs.length === 0 ? ["name"] : inputs,
});

/**
 * Options of what is made anew only under another name, or for another of what it is part of: the new one stands before the old one
 * goes. The provider would do it the other way round wherever a program gives the name, because both could have the same.
 */
export const standsBeside = { deleteBeforeReplace: false } as const satisfies CustomResourceOptions;

/** Options of a setting of such a resource: what stays must not lose its encryption or its policy. */
export function staysWithData(production: boolean): Pick<CustomResourceOptions, "retainOnDelete"> {
  return production ? { retainOnDelete: true } : {};
}
