/** Drives the engine as a farm would: machines boot and go in a given time, metrics come each minute. */
import { step } from "../../scaling/engine/engine.ts";
import type { MetricData, ScalingDecision, ScalingEvent } from "../../scaling/engine/events.ts";
import { type EngineState, startState } from "../../scaling/engine/state.ts";
import type { ScalingPlan } from "../../scaling/scaling-plan.ts";

export const second = 1000;
export const minute = 60 * second;

export interface DriveOptions {
  readonly seed?: number;
  readonly bootSeconds?: number;
  /** From the decision to terminate until the instance is gone, where no hook holds it. */
  readonly goneSeconds?: number;
  /** Instances in service from the start, beside what is desired. */
  readonly inService?: number;
  readonly protected?: boolean;
  /** Told of each decision; may answer with events of now or later. */
  readonly answer?: (decision: ScalingDecision, state: EngineState) => readonly ScalingEvent[];
}

export const requests = (count: number): MetricData => ({
  namespace: "AWS/ApplicationELB",
  name: "RequestCount",
  dimensions: { LoadBalancer: "app/farm/1", TargetGroup: "targetgroup/farm/1" },
  sum: count,
  count: 1,
  minimum: count,
  maximum: count,
});

export const gauge = (
  namespace: string,
  name: string,
  dimensions: Record<string, string>,
  value: number,
): MetricData => ({
  namespace,
  name,
  dimensions,
  sum: value,
  count: 1,
  minimum: value,
  maximum: value,
});

/** A farm of one group, `farm`, at time 0. */
export function drive(plan: ScalingPlan, options: DriveOptions = {}) {
  const { bootSeconds = 60, goneSeconds = 30, inService = plan.groups[0]?.desired ?? 1, answer = () => [] } = options;
  const instances = Array.from({ length: inService }, (_, index) => ({
    group: "farm",
    id: `i-${index}`,
    zone: index % 2 === 0 ? "a" : "b",
    ...(options.protected === undefined ? {} : { protected: options.protected }),
  }));
  let state = startState(plan, { at: 0, seed: options.seed ?? 1, instances, desired: { farm: inService } });
  let launched = inService;
  const waiting: ScalingEvent[] = [];
  const decisions: ScalingDecision[] = [];

  function take(decision: ScalingDecision): void {
    decisions.push(decision);
    const answers = answer(decision, state);
    waiting.push(...answers);
    const { at } = decision;
    if (decision.kind === "launch" && !answers.some(({ kind }) => kind === "launch-failed")) {
      for (let n = 0; n < decision.count; n++) {
        const instanceId = `i-${launched++}`;
        waiting.push({ kind: "launching", at, group: decision.group, instanceId });
        waiting.push({ kind: "running", at: at + bootSeconds * second, instanceId });
      }
    } else if (decision.kind === "shut-down" || (decision.kind === "terminate" && !decision.waits)) {
      waiting.push({ kind: "terminated", at: at + goneSeconds * second, instanceId: decision.instanceId });
    }
  }

  function send(event: ScalingEvent): void {
    const advance = step(plan, state, event);
    state = advance.state;
    for (const decision of advance.decisions) take(decision);
  }

  /** Everything that is due up to a time. */
  function until(at: number): void {
    for (;;) {
      waiting.sort((a, b) => a.at - b.at);
      if (waiting[0] === undefined || waiting[0].at > at) return;
      send(waiting.shift() as ScalingEvent);
    }
  }

  const group = () => state.groups.farm as EngineState["groups"][string];
  return {
    decisions,
    state: () => state,
    group,
    /** Something happens now or later. */
    send(event: ScalingEvent): void {
      until(event.at);
      send(event);
      until(event.at);
    },
    /** The next `count` minutes, each with this data; resolves to the desired capacity after each. */
    minutes(count: number, data: MetricData[] | ((state: EngineState) => MetricData[])): number[] {
      return Array.from({ length: count }, () => {
        const at = Math.floor(state.now / minute) * minute + minute;
        until(at);
        send({ kind: "minute", at, data: typeof data === "function" ? data(state) : data });
        until(at);
        return group().desired;
      });
    },
    /** The next `count` stretches of ten seconds, each with this data; resolves to the desired capacity after each. */
    tenSeconds(count: number, data: MetricData[]): number[] {
      return Array.from({ length: count }, () => {
        const at = Math.floor(state.now / 10_000) * 10_000 + 10_000;
        until(at);
        send({ kind: "ten-seconds", at, data });
        if (at % minute === 0) send({ kind: "minute", at, data });
        until(at);
        return group().desired;
      });
    },
    of: <Kind extends ScalingDecision["kind"]>(kind: Kind) =>
      decisions.filter((each): each is Extract<ScalingDecision, { kind: Kind }> => each.kind === kind),
  };
}
