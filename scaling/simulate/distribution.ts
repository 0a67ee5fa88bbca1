/** How long things take, by chance. */
import { batched } from "../random.ts";

export type Distribution =
  | { readonly kind: "deterministic" }
  | { readonly kind: "exponential" }
  /** `variation`: standard deviation over mean. */
  | { readonly kind: "lognormal"; readonly variation: number };

/** Draws times of a mean; `random` gives numbers in [0, 1). */
export function sampler(distribution: Distribution, mean: number, random: () => number): () => number {
  if (distribution.kind === "deterministic" || mean === 0) return () => mean;
  if (distribution.kind === "exponential") return batched(() => -mean * Math.log(1 - random()));
  const variance = Math.log(1 + distribution.variation ** 2);
  const location = Math.log(mean) - variance / 2;
  const spread = Math.sqrt(variance);
  return batched(() => Math.exp(location + spread * normal(random)));
}

/** Box and Muller's, of which one half is let go: simpler than keeping it, and cheap enough. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
