import type { CustomResourceOptions } from "@pulumi/pulumi";

/**
 * Last word on a child resource before it is created: values merged over ours, or a function that edits arguments and
 * options in place; what it returned would be lost, so the compiler refuses one that returns anything.
 *
 * @example { balancer: { idleTimeout: 120 }, group: (args, opts) => { opts.protect = true; } }
 */
export type Transform<Args> = Partial<Args> | ((args: Args, opts: CustomResourceOptions, name: string) => undefined);

/** Constructor arguments of a child after its transform: `new Queue(...transformed(transform, name, args, opts))`. */
export function transformed<Args extends object>(
  transform: Transform<Args> | undefined,
  name: string,
  args: Args,
  opts: CustomResourceOptions,
): [name: string, args: Args, opts: CustomResourceOptions] {
  if (typeof transform === "function") {
    transform(args, opts, name);
    return [name, args, opts];
  }
  return [name, { ...args, ...transform }, opts];
}
