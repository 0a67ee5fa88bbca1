/** When a policy is worse than the others under a load, and whether any of them is better for it. */

export type Farm = "web" | "annotator";

export const policyNames = ["course", "targetTracking", "former", "recommended"] as const;
export type JudgedPolicy = (typeof policyNames)[number];
const others = policyNames.filter((name) => name !== "recommended");

/** Medians over the runs. */
export interface PolicyOutcome {
  /** Of a web farm the share of requests that failed, 0 to 1; of an annotator farm the mean seconds that a job waits. */
  readonly failures: number;
  /** Instance-hours. */
  readonly hours: number;
  /** Minutes with less in service than the load needs. */
  readonly short: number;
  /** Of the desired capacity. */
  readonly changes: number;
  /** Greatest desired capacity. */
  readonly peak: number;
}
export type Outcomes = Readonly<Record<JudgedPolicy, PolicyOutcome>>;

/** What the recommended policy may take more than the best of the others. */
export const bounds = { failures: 1.3, hours: 1.15 } as const;

/** Failures that nobody notices: one request in a thousand, ten seconds of waiting. */
const negligible: Readonly<Record<Farm, number>> = { web: 0.001, annotator: 10 };

export interface Excess {
  /** The best of the others in this measure. */
  readonly by: (typeof others)[number];
  /** How many times as much the recommended policy has. */
  readonly times: number;
}

export interface Judgement {
  /** `undefined`: within the bound. */
  readonly failures: Excess | undefined;
  readonly hours: Excess | undefined;
  /** Another that is better in one measure by more than its bound, and within its bound in the other. */
  readonly beatenBy: (typeof others)[number] | undefined;
}

const failsMore = (one: PolicyOutcome, other: PolicyOutcome, farm: Farm): boolean =>
  one.failures > bounds.failures * other.failures + negligible[farm];
const takesMore = (one: PolicyOutcome, other: PolicyOutcome): boolean => one.hours > bounds.hours * other.hours;

export function judge(outcomes: Outcomes, farm: Farm): Judgement {
  const own = outcomes.recommended;
  const least = (of: (outcome: PolicyOutcome) => number) =>
    [...others].sort((a, b) => of(outcomes[a]) - of(outcomes[b]))[0] as Excess["by"];
  const surest = least(({ failures }) => failures);
  const cheapest = least(({ hours }) => hours);
  return {
    failures: failsMore(own, outcomes[surest], farm)
      ? { by: surest, times: own.failures / Math.max(outcomes[surest].failures, negligible[farm]) }
      : undefined,
    hours: takesMore(own, outcomes[cheapest])
      ? { by: cheapest, times: own.hours / outcomes[cheapest].hours }
      : undefined,
    beatenBy: others.find((name) => {
      const other = outcomes[name];
      return (
        (failsMore(own, other, farm) && !takesMore(other, own)) ||
        (takesMore(own, other) && !failsMore(other, own, farm))
      );
    }),
  };
}

/**
 * How bad a load is for the recommended policy, for a search: by how much of a bound another is better that is within its bound in the
 * other measure. Above 1 it is beaten.
 */
export function badness(outcomes: Outcomes, farm: Farm): number {
  const own = outcomes.recommended;
  return Math.max(
    ...others.map((name) => {
      const other = outcomes[name];
      const inFailures = own.failures / (bounds.failures * other.failures + negligible[farm]);
      const inHours = own.hours / (bounds.hours * other.hours);
      return Math.max(takesMore(other, own) ? 0 : inFailures, failsMore(other, own, farm) ? 0 : inHours);
    }),
  );
}
