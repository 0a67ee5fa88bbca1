/** A comparison for programs. */
import type { Comparison } from "../compare.ts";

/** Figures of all runs, and instances in service by minute. */
export function compareJson({ outcomes, ...comparison }: Comparison): object {
  return {
    ...comparison,
    variants: outcomes.map(({ variant, measures, known, prediction }) => ({
      ...variant,
      measures,
      known,
      inService: prediction.inService,
    })),
  };
}
