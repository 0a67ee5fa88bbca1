/** Words and figures of a stack's configuration → how its farms scale. */

import { given } from "../bundle/service.ts";
import type { AnnotatorScaling, BacklogArgs } from "../pipelines/annotator-scaling.ts";
import type { WebLoadScaling, WebScaling } from "../web/web-scaling.ts";

type WebFigures = { readonly [Key in keyof Pick<WebLoadScaling, "requestsPerTarget">]: number | undefined };
type AnnotatorFigures = { readonly [Key in keyof BacklogArgs]: BacklogArgs[Key] | undefined };

/** By word: the scaling with these figures. Words that take none say so. */
interface Word<Scaling, Figures> {
  readonly takesFigures: boolean;
  readonly scaling: (figures: Figures) => Scaling | undefined;
}

const anyFigure = (figures: object): boolean => Object.values(figures).some((value) => value !== undefined);

/** `undefined`, where the components recommend the same without a figure. */
export const webScalings = {
  recommended: {
    takesFigures: true,
    scaling: (figures) => (anyFigure(figures) ? { by: "load", ...given(figures) } : undefined),
  },
  requestsPerTarget: { takesFigures: true, scaling: (figures) => ({ by: "requestsPerTarget", ...given(figures) }) },
  course: { takesFigures: false, scaling: () => ({ by: "course" }) },
} as const satisfies Readonly<Record<string, Word<WebScaling, WebFigures>>>;

export const annotatorScalings = {
  recommended: {
    takesFigures: true,
    scaling: (figures) => (anyFigure(figures) ? { by: "backlog", ...given(figures) } : undefined),
  },
  backlogPerInstance: { takesFigures: true, scaling: (figures) => ({ by: "backlogPerInstance", ...given(figures) }) },
  course: { takesFigures: false, scaling: () => ({ by: "course" }) },
  jobsSent: { takesFigures: false, scaling: () => ({ by: "jobsSent" }) },
} as const satisfies Readonly<Record<string, Word<AnnotatorScaling, AnnotatorFigures>>>;

/** Which figures are given to a word that takes none: their keys. */
export function uselessFigures(word: Pick<Word<unknown, never>, "takesFigures">, figures: object): string[] {
  if (word.takesFigures) return [];
  return Object.entries(figures).flatMap(([key, value]) => (value === undefined ? [] : [key]));
}
