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
  readonly measured: Pick<Measured, "sizes" | "minutes" | "unseen">;
  /** Of which expectations speak. */
  readonly group: string;
  readonly totals: Pick<LoadTotals, "requests" | "failed" | "latency">;
  readonly thresholds: readonly Threshold[];
  /** True: k6 said by its exit code that some threshold was crossed. */
  readonly crossed: boolean;
  /** Why k6 did not come to its end; `undefined`: it did. */
  readonly broken: string | undefined;
  /** What this machine itself takes for an answer, seconds of the wall clock, and seconds of the target's time in each. */
  readonly own: { readonly seconds: number; readonly speed: number };
  /** In words, why not, when nothing is known of them. */
  readonly jobs: JobCounts | string;
}

const minutes = (value: number) => `${figure(Math.max(0, Number(value.toFixed(1))))} min`;

/** When a group first had so many in service; what stood at the start is minute 0. */
const reachedAt = (changes: readonly SizeChange[], count: number): number | undefined => {
  const found = changes.find(({ inService }) => inService >= count);
  return found === undefined ? undefined : Math.max(0, found.minute);
};

type Judged = Omit<PredictionVerdict, "what">;

/** What was not seen may have been otherwise than what was. @returns `undefined`: all was seen. */
function ofUnseen(unseen: Measured["unseen"]): Judged | undefined {
  const [first] = unseen;
  if (first === undefined) return undefined;
  const sum = unseen.reduce((all, { from, to }) => all + to - from, 0);
  return {
    verdict: "unknown",
    detail: `not seen for ${minutes(sum)} from minute ${figure(Math.floor(first.from))} on`,
  };
}

/** Of the limit: an own share up to this is passed over. */
const ownShareMost = 0.2;

/** A missed limit, where this machine alone takes a good part of it, is not the service's. */
function unlessOwn(own: number, limit: number, judged: Judged): Judged {
  if (judged.verdict !== "failed" || own < ownShareMost * limit) return judged;
  const share = `${figure(1000 * own)} ms for an answer, and the limit is ${figure(1000 * limit)} ms`;
  return { verdict: "unknown", detail: `this machine itself takes ${share}` };
}

function judgeReached(
  changes: readonly SizeChange[],
  count: number,
  byMinute: number,
  unseen: Measured["unseen"],
): Judged {
  const at = reachedAt(changes, count);
  if (at !== undefined && at <= byMinute) return { verdict: "held", detail: `at ${minutes(at)}` };
  const unknown = ofUnseen(unseen);
  if (at === undefined) {
    const most = Math.max(0, ...changes.map(({ inService }) => inService));
    return unknown ?? { verdict: "failed", detail: `not reached: at most ${most} were in service` };
  }
  const before = unseen.some(({ from }) => from < at) ? unknown : undefined;
  return before ?? { verdict: "failed", detail: `at ${minutes(at)}` };
}

function judgeBack(
  changes: readonly SizeChange[],
  count: number,
  byMinute: number,
  unseen: Measured["unseen"],
): Judged {
  const last = changes.findLastIndex(({ inService }) => inService > count);
  const unknown = ofUnseen(unseen);
  if (last === -1) return unknown ?? { verdict: "failed", detail: `no more than ${count} were ever in service` };
  const back = changes[last + 1];
  if (back === undefined) {
    const left = `not during the recording: ${changes.at(-1)?.inService} were in service at its end`;
    return unknown ?? { verdict: "failed", detail: left };
  }
  const since = (changes[last] as SizeChange).minute;
  if (unknown !== undefined && unseen.some(({ to }) => to > since)) return unknown;
  return { verdict: back.minute <= byMinute ? "held" : "failed", detail: `at ${minutes(back.minute)}` };
}

export function judgeExpectation(
  expectation: Expectation,
  { measured, group, totals, own }: Evidence,
): PredictionVerdict {
  const changes = measured.sizes[group] ?? [];
  const what = expectationText(expectation);
  if (expectation.kind === "reached" || expectation.kind === "back") {
    const judge = expectation.kind === "reached" ? judgeReached : judgeBack;
    return { what, ...judge(changes, expectation.count, expectation.byMinute, measured.unseen) };
  }
  if (expectation.kind === "p95") {
    const { p95 } = totals.latency;
    if (p95 === undefined) return { what, verdict: "failed", detail: "no answer" };
    const judged: Judged = { verdict: p95 < expectation.seconds ? "held" : "failed", detail: `${figure(p95)} s` };
    return { what, ...unlessOwn(own.seconds * own.speed, expectation.seconds, judged) };
  }
  const share = totals.requests === 0 ? 1 : totals.failed / totals.requests;
  return {
    what,
    verdict: share <= expectation.share ? "held" : "failed",
    detail: percent(totals.failed, totals.requests),
  };
}

/** Of every group that was recorded, at every look. */
export function judgeBounds({ sizes, unseen }: Pick<Measured, "sizes" | "unseen">): PredictionVerdict {
  const what = "never below min or above max";
  for (const [group, changes] of Object.entries(sizes)) {
    for (const { minute, min, max, desired, inService } of changes) {
      const [at, seen] = [minutes(minute), `${group} had a desired capacity of ${desired} and ${inService} in service`];
      if (desired < min || inService < min) return { what, verdict: "failed", detail: `${seen} at ${at}, min ${min}` };
      if (desired > max || inService > max) return { what, verdict: "failed", detail: `${seen} at ${at}, max ${max}` };
    }
  }
  return { what, ...(ofUnseen(unseen) ?? { verdict: "held", detail: Object.keys(sizes).join(", ") }) };
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

/** The limit of a threshold on the time of an answer, seconds: `p(95)<500` of a metric in milliseconds. */
function limitOf({ metric, threshold }: Threshold): number | undefined {
  if (!/^http_req_(?!failed)/.test(metric)) return undefined;
  const found = /<=?\s*(\d+(?:\.\d+)?)$/.exec(threshold)?.[1];
  return found === undefined ? undefined : Number(found) / 1000;
}

export function judgeThresholds({
  thresholds,
  crossed,
  own,
}: Pick<Evidence, "thresholds" | "crossed" | "own">): PredictionVerdict[] {
  if (thresholds.length === 0) {
    const what = "k6's thresholds";
    return [
      crossed
        ? { what, verdict: "failed", detail: "crossed" }
        : { what, verdict: "unknown", detail: "k6 reported none" },
    ];
  }
  return thresholds.map((each): PredictionVerdict => {
    const judged: Judged = { verdict: each.held ? "held" : "failed", detail: each.held ? "" : "crossed" };
    return {
      what: `k6: ${each.metric} ${each.threshold}`,
      ...unlessOwn(own.seconds, limitOf(each) ?? Number.POSITIVE_INFINITY, judged),
    };
  });
}

const judgeEnd = (broken: string | undefined): PredictionVerdict[] =>
  broken === undefined ? [] : [{ what: "the load ran to its end", verdict: "failed", detail: broken }];

export const judge = (expectations: readonly Expectation[], evidence: Evidence): PredictionVerdict[] => [
  ...expectations.map((each) => judgeExpectation(each, evidence)),
  judgeJobs(evidence.jobs),
  judgeBounds(evidence.measured),
  ...judgeEnd(evidence.broken),
  ...judgeThresholds(evidence),
];
