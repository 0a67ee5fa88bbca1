/** What a run has shown, against what was expected of it. Pure. */
import { figure, percent } from "../../../scaling/simulate/report/format.ts";
import type { LoadTotals } from "../k6/points.ts";
import type { Threshold } from "../k6/run.ts";
import type { Measured, SizeChange } from "../measured.ts";
import type { JobCounts } from "../record/jobs.ts";
import { type Expectation, expectationText } from "./expectation.ts";

export interface PredictionVerdict {
  readonly what: string;
  /** `unknown`: the run tells neither. It fails nothing. */
  readonly verdict: "held" | "failed" | "unknown";
  /** What was seen. */
  readonly detail: string;
}

export interface Evidence {
  readonly measured: Pick<Measured, "sizes" | "minutes">;
  /** Of which expectations speak. */
  readonly group: string;
  readonly totals: Pick<LoadTotals, "requests" | "failed" | "latency">;
  readonly thresholds: readonly Threshold[];
  /** True: k6 said by its exit code that some threshold was crossed. */
  readonly crossed: boolean;
  /** In words, why not, when nothing is known of them. */
  readonly jobs: JobCounts | string;
}

const minutes = (value: number) => `${figure(Math.max(0, Number(value.toFixed(1))))} min`;

/** When a group first had so many in service; what stood at the start is minute 0. */
const reachedAt = (changes: readonly SizeChange[], count: number): number | undefined => {
  const found = changes.find(({ inService }) => inService >= count);
  return found === undefined ? undefined : Math.max(0, found.minute);
};

function judgeReached(
  changes: readonly SizeChange[],
  count: number,
  byMinute: number,
): Omit<PredictionVerdict, "what"> {
  const at = reachedAt(changes, count);
  const most = Math.max(0, ...changes.map(({ inService }) => inService));
  if (at === undefined) return { verdict: "failed", detail: `not reached: at most ${most} were in service` };
  return { verdict: at <= byMinute ? "held" : "failed", detail: `at ${minutes(at)}` };
}

function judgeBack(changes: readonly SizeChange[], count: number, byMinute: number): Omit<PredictionVerdict, "what"> {
  const last = changes.findLastIndex(({ inService }) => inService > count);
  if (last === -1) return { verdict: "failed", detail: `no more than ${count} were ever in service` };
  const back = changes[last + 1];
  if (back === undefined) {
    return {
      verdict: "failed",
      detail: `not during the recording: ${changes.at(-1)?.inService} were in service at its end`,
    };
  }
  return { verdict: back.minute <= byMinute ? "held" : "failed", detail: `at ${minutes(back.minute)}` };
}

export function judgeExpectation(expectation: Expectation, { measured, group, totals }: Evidence): PredictionVerdict {
  const changes = measured.sizes[group] ?? [];
  const what = expectationText(expectation);
  if (expectation.kind === "reached" || expectation.kind === "back") {
    const judge = expectation.kind === "reached" ? judgeReached : judgeBack;
    return { what, ...judge(changes, expectation.count, expectation.byMinute) };
  }
  if (expectation.kind === "p95") {
    const { p95 } = totals.latency;
    const held = p95 !== undefined && p95 < expectation.seconds;
    return { what, verdict: held ? "held" : "failed", detail: p95 === undefined ? "no answer" : `${figure(p95)} s` };
  }
  const share = totals.requests === 0 ? 1 : totals.failed / totals.requests;
  return {
    what,
    verdict: share <= expectation.share ? "held" : "failed",
    detail: percent(totals.failed, totals.requests),
  };
}

/** Of every group that was recorded, at every look. */
export function judgeBounds(sizes: Measured["sizes"]): PredictionVerdict {
  const what = "never below min or above max";
  for (const [group, changes] of Object.entries(sizes)) {
    for (const { minute, min, max, desired, inService } of changes) {
      const [at, seen] = [minutes(minute), `${group} had a desired capacity of ${desired} and ${inService} in service`];
      if (desired < min || inService < min) return { what, verdict: "failed", detail: `${seen} at ${at}, min ${min}` };
      if (desired > max || inService > max) return { what, verdict: "failed", detail: `${seen} at ${at}, max ${max}` };
    }
  }
  return { what, verdict: "held", detail: Object.keys(sizes).join(", ") };
}

export function judgeJobs(jobs: JobCounts | string): PredictionVerdict {
  const what = "no running job killed";
  if (typeof jobs === "string") return { what, verdict: "unknown", detail: jobs };
  const { submitted, byStatus, begunAgain } = jobs;
  const failed = byStatus.FAILED ?? 0;
  const states = Object.entries(byStatus).map(([status, count]) => `${count} ${status}`);
  const detail = `${submitted} jobs: ${states.join(", ") || "none"}; ${begunAgain} started more than once`;
  return { what, verdict: failed === 0 && begunAgain === 0 ? "held" : "failed", detail };
}

export function judgeThresholds(thresholds: readonly Threshold[], crossed: boolean): PredictionVerdict[] {
  if (thresholds.length === 0) {
    const what = "k6's thresholds";
    return [
      crossed
        ? { what, verdict: "failed", detail: "crossed" }
        : { what, verdict: "unknown", detail: "k6 reported none" },
    ];
  }
  return thresholds.map(({ metric, threshold, held }) => ({
    what: `k6: ${metric} ${threshold}`,
    verdict: held ? "held" : "failed",
    detail: held ? "" : "crossed",
  }));
}

export const judge = (expectations: readonly Expectation[], evidence: Evidence): PredictionVerdict[] => [
  ...expectations.map((each) => judgeExpectation(each, evidence)),
  judgeJobs(evidence.jobs),
  judgeBounds(evidence.measured.sizes),
  ...judgeThresholds(evidence.thresholds, evidence.crossed),
];
