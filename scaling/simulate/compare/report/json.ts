/** A comparison for programs. */
import type { Comparison } from "../compare.ts";

/** Figures of all runs, `null` where no run has one, and instances in service by minute. */
export function compareJson({ outcomes, ...comparison }: Comparison): object {
  return {
    ...comparison,
    variants: outcomes.map(({ variant, measures, known, met, prediction }) => ({
      ...variant,
      measures: Object.fromEntries(Object.entries(measures).map(([name, interval]) => [name, interval ?? null])),
      known,
      ...(met === undefined ? {} : { met }),
      inService: prediction.inService,
    })),
  };
}
