export type Architecture = "arm64" | "x86_64";

/** `t4g.small`, `m7i-flex.large`, `u-6tb1.metal`. */
export const instanceTypePattern = /^[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/;

/**
 * Processor architecture of an EC2 instance type, read off its name: after the generation's digit a `g` stands for
 * Graviton (`t4g`, `m7gd`, `c7gn`, `x2gd`, `im4gn`, `g5g`); `a1` was the first of them. `g4dn` and `g6` are no Graviton:
 * there the `g` stands before the digit. Asking for both instance type and architecture would let them contradict.
 */
export function architectureOf(instanceType: string): Architecture {
  const family = instanceType.split(".")[0] ?? "";
  return family === "a1" || /^[a-z]+\d+g/.test(family) ? "arm64" : "x86_64";
}
