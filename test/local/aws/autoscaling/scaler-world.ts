/** The live loop's scaler on a group that does what it is told. */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Groups } from "../../../../local/aws/autoscaling/groups.ts";
import { startScaler } from "../../../../local/aws/autoscaling/scaler.ts";
import type { AlarmBoard } from "../../../../local/aws/cloudwatch/alarms.ts";
import type { PlannedResource } from "../../../../plan/types.ts";
import type { ScalingProcess } from "../../../../scaling/engine/health.ts";
import { scalingOf } from "../../../scaling/declared.ts";

const minute = 60_000;
const start = Date.UTC(2026, 0, 5, 12);

/** The live loop's scaler on a group of one instance; time passes as `minutes` are told. */
export async function scalerOf(resources: readonly PlannedResource[]) {
  const suspended = new Set<ScalingProcess>();
  const state = { now: start, min: 1, max: 10, desired: 1 };
  const done: string[] = [];
  const errors: unknown[] = [];
  const groups: Pick<Groups, "observe" | "scale" | "setBounds"> = {
    observe: async () => {
      const ids = Array.from({ length: state.desired }, (_, index) => `i-${index}`);
      const instances = ids.map((id) => ({ id, phase: "InService" as const, protected: false }));
      const { min, max, desired } = state;
      return [{ group: "farm", min, max, desired, suspended: [...suspended], instances, metrics: [] }];
    },
    async scale(name, { desired }) {
      done.push(`${name} to ${desired}`);
      state.desired = desired;
    },
    async setBounds(name, { min, max }) {
      done.push(`${name} between ${min} and ${max}`);
      Object.assign(state, { min, max });
    },
  };
  const board: AlarmBoard = {
    begin: async () => {},
    change: async ({ alarm: name, to }) => void done.push(`${name} is ${to}`),
    notify: async () => {},
    acted: () => {},
    history: () => [],
    destroy: () => {},
  };
  const scaler = await startScaler({
    plan: scalingOf(resources),
    clock: { now: () => state.now },
    groups,
    board,
    onError: (error) => errors.push(error),
  });
  return {
    suspended,
    done,
    errors,
    scaler,
    replan: (next: readonly PlannedResource[]) => scaler.replan(scalingOf(next)),
    /** Ten seconds pass, in which a metric had a value. */
    async tenSeconds(namespace: string, datum: MetricDatum) {
      const begun = state.now;
      state.now += 10_000;
      const data = [{ ...datum, Timestamp: new Date(begun) }];
      await scaler.tenSeconds({ starts: [begun], series: [{ namespace, data }] });
    },
    async minutes(count: number) {
      for (let n = 0; n < count; n++) {
        const begun = state.now;
        state.now += minute;
        await scaler.minutes({ starts: [begun], series: [] });
      }
    },
  };
}
