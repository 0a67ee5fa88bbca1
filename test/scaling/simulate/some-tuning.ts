/** The search for the size of a farm, as it is reported. */
import type { Candidate } from "../../../scaling/simulate/compare/compare.ts";
import { parseSlo } from "../../../scaling/simulate/slo.ts";
import type { TuneReport } from "../../../scaling/simulate/tune/report/report.ts";
import type { Space } from "../../../scaling/simulate/tune/space.ts";
import { trialOf } from "../../../scaling/simulate/tune/trial.ts";
import { foundBy, tune } from "../../../scaling/simulate/tune/tune.ts";
import { group, scalingOf } from "../declared.ts";
import { steady, web } from "./given.ts";

/** Farms of a fixed size, under a fifth of an hour of 100/s. */
export async function reportOf(slo: string, budget?: number): Promise<TuneReport> {
  const sizes: Space = {
    axes: [{ name: "size", positions: 3, ordered: true }],
    starts: [],
    declaredCounts: true,
    variantAt: ([size = 0]) => ({ name: `of <${size + 2}>`, config: { webMin: `${size + 2}` } }),
  };
  const candidateOf = async (variant: Candidate["variant"]): Promise<Candidate> => {
    const size = Number(variant.config.webMin ?? 8);
    return {
      variant,
      scenario: web(
        { rate: 40, queueLimit: 50 },
        {
          plan: scalingOf([group({ minSize: size, maxSize: size, desiredCapacity: size })]),
          sources: [steady(100, 120)],
          seconds: 120,
        },
      ),
      cost: ({ instanceHours }) => instanceHours,
    };
  };
  const tuning = await tune(sizes, {
    goal: { slo: parseSlo(slo), budget, share: 0.9, confidence: 0.95 },
    ...{ seed: 1, runs: 40, count: 10, candidateOf },
    run: async (each, seeds) => seeds.map((seed) => trialOf(each, seed)),
  });
  return {
    tuning,
    found: foundBy(tuning),
    budget: budget === undefined ? undefined : `USD ${budget} a run`,
    notes: ["A note."],
    file: "Pulumi.dev.yaml",
    diff: ["+  annofarm:webMin: 4"],
    commands: ["pulumi config set annofarm:webMin 4 --stack dev"],
  };
}
