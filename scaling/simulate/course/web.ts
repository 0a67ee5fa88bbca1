/**
 * The course's web load test under competing explanations of its 29.3 requests a second. What an explanation leaves open is
 * found by a fit to the record.
 */
import type { ScalingPlan } from "../../scaling-plan.ts";
import { fairConditions, type Scenario, type WebService } from "../model.ts";
import type { RunResult } from "../recorder.ts";
import { simulate } from "../simulate.ts";
import { minimise } from "./minimise.ts";
import { webPlan } from "./plan.ts";
import { eveningSeconds, loadSeconds, users, webRecord } from "./record.ts";

export const explanations = ["instance", "shared", "both"] as const;
/** Who saturates: each instance by itself, something that all of them share, or both one after the other. */
export type Explanation = (typeof explanations)[number];

export interface Parameters {
  /** Requests a second that one instance gets through. */
  readonly instanceRate: number;
  /** Requests a second that what is shared gets through; `undefined`: nothing is. */
  readonly sharedRate: number | undefined;
  /** Seconds of every answer that no server spends. */
  readonly clientSeconds: number;
}

/** Fast enough not to matter, where an explanation says that instances do not. */
const unboundRate = 200;
/** Somebody looks now and then after the load; without any request the scale-in alarm would have no data. */
const visitsPerSecond = 1 / 30;

/** @param fixed: so many instances from beginning to end, for an experiment that the course did not make. */
export function courseScenario(
  explanation: Explanation,
  parameters: Parameters,
  seconds: number = eveningSeconds,
  fixed?: number,
): Scenario {
  const { instanceRate, sharedRate, clientSeconds } = parameters;
  const rampSeconds = users / ((webRecord.ramp[0] + webRecord.ramp[1]) / 2);
  const exponential = { kind: "exponential" } as const;
  const service: WebService = {
    // The record has the numbers in service only: it does not say how long after that an instance answered.
    runningSeconds: 60,
    bootSeconds: 60,
    stopSeconds: 0,
    lossesPerHour: 0,
    rate: instanceRate,
    concurrency: 1,
    distribution: exponential,
    queueLimit: 100_000,
    ...(sharedRate === undefined ? {} : { shared: { rate: sharedRate, distribution: exponential } }),
    clientSeconds,
    timeoutSeconds: Number.POSITIVE_INFINITY,
    servesAbandoned: false,
    retries: { attempts: 0, pauseSeconds: 0 },
    errorShare: webRecord.failures / webRecord.requests,
    healthySeconds: 20,
    deregistrationSeconds: 300,
    balancing: "round robin",
  };
  return {
    title: `The course's web load test, if ${saturates[explanation]}`,
    seconds,
    group: "web",
    conditions: fairConditions,
    plan: fixed === undefined ? webPlan : fixedAt(webPlan, fixed),
    sources: [
      {
        kind: "closed",
        at: 0,
        from: 0,
        stages: [
          { seconds: rampSeconds, to: users },
          { seconds: loadSeconds - rampSeconds, to: users },
        ],
        think: webRecord.think,
      },
      {
        kind: "open",
        at: loadSeconds,
        from: visitsPerSecond,
        stages: [{ seconds: eveningSeconds - loadSeconds, to: visitsPerSecond }],
      },
    ],
    service: { kind: "web", ...service },
  };
}

const fixedAt = (plan: ScalingPlan, size: number): ScalingPlan => ({
  ...plan,
  groups: plan.groups.map((group) => ({ ...group, min: size, max: size, desired: size })),
});

const saturates: Readonly<Record<Explanation, string>> = {
  instance: "each instance saturates",
  shared: "something shared saturates",
  both: "both saturate",
};

/** The figures that both the record and a run have. */
export const compared = {
  requests: { record: webRecord.requests, of: ({ totals }: RunResult) => totals.ended },
  mean: { record: webRecord.latency.mean, of: ({ totals }: RunResult) => totals.latency.mean ?? 0 },
  p50: { record: webRecord.latency.p50, of: ({ totals }: RunResult) => totals.latency.p50 ?? 0 },
  min: { record: webRecord.latency.min, of: ({ totals }: RunResult) => totals.latency.min ?? 0 },
  max: { record: webRecord.latency.max, of: ({ totals }: RunResult) => totals.latency.max ?? 0 },
} as const;
export type Compared = keyof typeof compared;

/**
 * Which figures each explanation is fitted to: as many as it leaves open. The others it has to predict. The mean is among
 * neither: with the users and their thinking given, the number of requests decides it.
 */
export const fittedTo: Readonly<Record<Explanation, readonly Compared[]>> = {
  instance: ["min", "requests"],
  shared: ["min", "requests"],
  both: ["min", "requests", "max"],
};

/** Root of the mean squared logarithm of run over record: 0.1 is about ten per cent off. */
function misfit(run: RunResult, figures: readonly Compared[]): number {
  const errors = figures.map((name) => Math.log(Math.max(compared[name].of(run), 1e-9) / compared[name].record));
  return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
}

function parametersAt(explanation: Explanation, at: readonly number[]): Parameters {
  const [client = 0, first = 0, second = 0] = at.map(Math.exp);
  if (explanation === "instance") return { instanceRate: first, sharedRate: undefined, clientSeconds: client };
  if (explanation === "shared") return { instanceRate: unboundRate, sharedRate: first, clientSeconds: client };
  return { instanceRate: second, sharedRate: first, clientSeconds: client };
}

/** What an explanation leaves open, so that its run comes nearest to the record. Only the load is simulated for it. */
export function fitted(explanation: Explanation, seed: number): Parameters {
  // Far from what the record suggests, so that a fit has something to find.
  const from = { instance: [1, 10], shared: [1, 60], both: [1, 60, 10] }[explanation].map(Math.log);
  const best = minimise(
    (at) =>
      misfit(
        simulate(courseScenario(explanation, parametersAt(explanation, at), loadSeconds), seed),
        fittedTo[explanation],
      ),
    from,
    { stride: -0.5, evaluations: 12 + 14 * from.length },
  );
  return parametersAt(explanation, best);
}
