/** The course's annotator exercise. How many jobs were sent, and how long each took, is not on record: these are assumptions. */
import { fairConditions, type Scenario } from "../model.ts";
import type { RunResult } from "../recorder.ts";
import { annotatorPlan } from "./plan.ts";

export const assumed = { everySeconds: 20, sentForMinutes: 30, jobSeconds: 60, hours: 3 } as const;

export const annotatorScenario: Scenario = {
  title: "The course's annotator load test",
  seconds: assumed.hours * 3600,
  group: "annotator",
  plan: annotatorPlan,
  sources: [
    {
      kind: "open",
      at: 0,
      from: 1 / assumed.everySeconds,
      stages: [{ seconds: assumed.sentForMinutes * 60, to: 1 / assumed.everySeconds }],
    },
  ],
  conditions: fairConditions,
  service: {
    kind: "workers",
    // The record has the numbers in service only: it does not say how long after that an instance answered.
    runningSeconds: 60,
    bootSeconds: 60,
    stopSeconds: 0,
    lossesPerHour: 0,
    jobSeconds: assumed.jobSeconds,
    distribution: { kind: "exponential" },
    concurrency: 1,
    visibilitySeconds: 300,
    receives: 5,
    errorShare: 0,
    protects: true,
  },
};

export interface AnnotatorOutcome {
  readonly peak: number;
  readonly end: number;
  /** Minutes from the start at which the farm was at two again, for good. */
  readonly backAt: number | undefined;
}

export function annotatorOutcome({ rows }: RunResult): AnnotatorOutcome {
  const sizes = rows.map(({ inService }) => inService);
  const last = sizes.findLastIndex((size) => size > 2);
  return {
    peak: Math.max(...sizes),
    end: sizes.at(-1) ?? 0,
    backAt: last + 1 < sizes.length ? rows[last + 1]?.minute : undefined,
  };
}
