// A group whose schedules or alarms are suspended (SuspendProcesses) does not do what those ask of it, and does again once resumed.
import test from "ava";
import type { ScalingProcess } from "../../../../local/aws/autoscaling/emulated.ts";
import type { Groups } from "../../../../local/aws/autoscaling/groups.ts";
import { startScaler } from "../../../../local/aws/autoscaling/scaler.ts";
import type { AlarmBoard } from "../../../../local/aws/cloudwatch/alarms.ts";
import type { PlannedResource } from "../../../../plan/types.ts";
import { alarm, group, scalingOf, schedule, simple } from "../../../scaling/declared.ts";

const minute = 60_000;
const start = Date.UTC(2026, 0, 5, 12);

/** The live loop's scaler on a group of one instance; time passes as `minutes` are told. */
async function scalerOf(resources: readonly PlannedResource[]) {
  const suspended = new Set<ScalingProcess>();
  const state = { now: start, min: 1, max: 10, desired: 1 };
  const done: string[] = [];
  const errors: unknown[] = [];
  const groups: Pick<Groups, "observe" | "scale" | "setBounds" | "isSuspended"> = {
    observe: async () => {
      const ids = Array.from({ length: state.desired }, (_, index) => `i-${index}`);
      const instances = ids.map((id) => ({ id, phase: "InService" as const, protected: false }));
      const { min, max, desired } = state;
      return [{ group: "farm", min, max, desired, instances, metrics: [] }];
    },
    async scale(name, { desired }) {
      done.push(`${name} to ${desired}`);
      state.desired = desired;
    },
    async setBounds(name, { min, max }) {
      done.push(`${name} between ${min} and ${max}`);
      Object.assign(state, { min, max });
    },
    isSuspended: (_, process) => suspended.has(process),
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
    async minutes(count: number) {
      for (let n = 0; n < count; n++) {
        const begun = state.now;
        state.now += minute;
        await scaler.minutes({ starts: [begun], series: [] });
      }
    },
  };
}

test("suspended schedules: the hour passes and nothing changes; the next one after they are resumed does", async (t) => {
  const world = await scalerOf([group(), schedule("class", { recurrence: "5 * * * *", minSize: 4 })]);
  world.suspended.add("ScheduledActions");
  await world.minutes(30);
  t.deepEqual(world.done, []);
  world.suspended.clear();
  await world.minutes(60);
  t.deepEqual(world.done, ["farm between 4 and 10", "farm to 4"]);
  t.deepEqual(world.errors, []);
});

test("suspended alarms ring, and their policies do nothing; a schedule goes on meanwhile", async (t) => {
  const world = await scalerOf([
    group(),
    simple("out", { scalingAdjustment: 2, cooldown: 60 }),
    alarm("out", { treatMissingData: "breaching", threshold: 0 }),
    schedule("class", { recurrence: "5 * * * *", minSize: 2 }),
  ]);
  world.suspended.add("AlarmNotification");
  await world.minutes(4);
  t.deepEqual(world.done, ["out is ALARM"]);
  await world.minutes(3);
  t.deepEqual(world.done.slice(1), ["farm between 2 and 10", "farm to 2"]);
  world.suspended.clear();
  await world.scaler.setAlarm("out", "OK", "a test");
  await world.minutes(3);
  t.true(world.done.includes("farm to 4"), world.done.join("; "));
  t.deepEqual(world.errors, []);
});
