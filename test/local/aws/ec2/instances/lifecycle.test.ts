import test from "ava";
import { createLifecycleActions } from "../../../../../local/aws/ec2/instances/lifecycle.ts";
import type { LocalClock } from "../../../../../local/types.ts";

/** A clock that stands until it is told to go on. */
function handClock(speed = 1) {
  const timers: { at: number; callback: () => void; cancelled: boolean }[] = [];
  let now = 0;
  const clock: LocalClock = {
    speed,
    now: () => now,
    after(milliseconds, callback) {
      const timer = { at: now + milliseconds, callback, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
  };
  return {
    clock,
    goOn(seconds: number) {
      now += seconds * 1_000;
      for (const timer of timers.splice(0).filter((each) => !each.cancelled)) {
        if (timer.at <= now) timer.callback();
        else timers.push(timer);
      }
    },
  };
}
const hook = { name: "drain", heartbeatSeconds: 3_600 };
const action = { groupName: "workers", hookName: "drain", instanceId: "i-1" };

test("an action lasts until it is completed, and can be completed once", async (t) => {
  const actions = createLifecycleActions(handClock().clock);
  const result = actions.begin("workers", "i-1", hook);
  t.deepEqual(actions.waiting(), [action]);
  t.false(actions.complete({ ...action, hookName: "other" }, "CONTINUE"));
  t.false(actions.complete({ ...action, instanceId: "i-2" }, "CONTINUE"));
  t.true(actions.complete(action, "CONTINUE"));
  t.is(await result, "CONTINUE");
  t.false(actions.complete(action, "CONTINUE"));
  t.deepEqual(actions.waiting(), []);
});

test("without heartbeat it times out; a heartbeat begins the time anew", async (t) => {
  const { clock, goOn } = handClock();
  const actions = createLifecycleActions(clock);
  const result = actions.begin("workers", "i-1", hook);
  goOn(3_599);
  t.true(actions.heartbeat(action));
  goOn(3_599);
  t.is(actions.waiting().length, 1);
  goOn(1);
  t.is(await result, "TIMEOUT");
  t.false(actions.heartbeat(action));
});

test("heartbeats do not help for ever: 100 of them, or 48 hours", async (t) => {
  const { clock, goOn } = handClock();
  const actions = createLifecycleActions(clock);
  const result = actions.begin("workers", "i-1", hook);
  for (let hour = 0; hour < 47.5; hour += 0.5) {
    goOn(1_800);
    t.true(actions.heartbeat(action));
  }
  goOn(1_800);
  t.is(await result, "TIMEOUT");
});

test("on a fast clock a job still has a minute of real time", async (t) => {
  const { clock, goOn } = handClock(600);
  const actions = createLifecycleActions(clock);
  const result = actions.begin("workers", "i-1", hook);
  goOn(35_999);
  t.is(actions.waiting().length, 1);
  goOn(1);
  t.is(await result, "TIMEOUT");
});

test("an instance that is gone is not waited for", async (t) => {
  const actions = createLifecycleActions(handClock().clock);
  const result = actions.begin("workers", "i-1", hook);
  actions.forget("i-2");
  t.is(actions.waiting().length, 1);
  actions.forget("i-1");
  t.is(await result, "GONE");
});

const hooks = [
  { name: "drain", heartbeatSeconds: 3_600, defaultResult: "CONTINUE" },
  { name: "report", heartbeatSeconds: 600, defaultResult: "ABANDON" },
] as const;
const named = (hookName: string) => ({ groupName: "workers", hookName, instanceId: "i-1" });

test("an instance passes every hook of its transition; the last answer decides", async (t) => {
  const actions = createLifecycleActions(handClock().clock);
  t.deepEqual(await actions.pass("workers", "i-1", "launching", []), { outcome: "in service", hook: undefined });
  const passage = actions.pass("workers", "i-1", "launching", hooks);
  actions.complete(named("report"), "CONTINUE");
  await Promise.resolve();
  t.deepEqual(actions.waiting(), [named("drain")]);
  actions.complete(named("drain"), "CONTINUE");
  t.deepEqual(await passage, { outcome: "in service", hook: "drain" });
});

test("abandoning one hook ends the others, coming and going", async (t) => {
  const actions = createLifecycleActions(handClock().clock);
  for (const [transition, outcome] of [
    ["launching", "terminate"],
    ["terminating", "shut down"],
  ] as const) {
    const passage = actions.pass("workers", "i-1", transition, hooks);
    actions.complete(named("drain"), "ABANDON");
    t.deepEqual(await passage, { outcome, hook: "drain" });
    t.deepEqual(actions.waiting(), []);
  }
});

test("when the time is up the default result stands for the answer", async (t) => {
  const { clock, goOn } = handClock();
  const actions = createLifecycleActions(clock);
  const kept = actions.pass("workers", "i-1", "launching", hooks.slice(0, 1));
  goOn(3_600);
  t.deepEqual(await kept, { outcome: "in service", hook: "drain" });
  const given = actions.pass("workers", "i-1", "launching", hooks);
  goOn(600);
  t.deepEqual(await given, { outcome: "terminate", hook: "report" });
});
