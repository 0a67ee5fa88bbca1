// A group whose schedules or alarms are suspended (SuspendProcesses) does not do what those ask of it, and does again once resumed.
import test from "ava";
import { alarm, group, schedule, simple } from "../../../scaling/declared.ts";
import { scalerOf } from "./scaler-world.ts";

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

test("an alarm that rings while alarms are suspended begins no cooldown", async (t) => {
  const world = await scalerOf([
    group(),
    simple("out", { scalingAdjustment: 2, cooldown: 3_600 }),
    alarm("out", { treatMissingData: "breaching", threshold: 0 }),
  ]);
  world.suspended.add("AlarmNotification");
  await world.minutes(4);
  t.false(world.scaler.isCooling("farm"));
  world.suspended.clear();
  await world.minutes(2);
  t.true(world.done.includes("farm to 3"), world.done.join("; "));
  t.true(world.scaler.isCooling("farm"));
});
