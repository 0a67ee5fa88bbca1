// A driver that leaves the instances' lives to somebody else tells the engine what stands.
import test from "ava";
import { step } from "../../../scaling/engine/engine.ts";
import type { ObservedGroup } from "../../../scaling/engine/events.ts";
import { startState } from "../../../scaling/engine/state.ts";
import { alarm, below, group, scalingOf, simple, stepwise } from "../declared.ts";
import { minute, requests } from "../drive.ts";

type Seen = ObservedGroup["instances"][number];
const seen = (phase: Seen["phase"], ...ids: string[]): Seen[] => ids.map((id) => ({ id, phase, protected: false }));
const observed = (at: number, desired: number, instances: readonly Seen[], bounds = { min: 1, max: 10 }) =>
  ({ kind: "observed", at, groups: [{ group: "farm", desired, ...bounds, instances }] }) as const;

/** The engine under hand-fed events. */
function fed(plan = outAndIn) {
  let state = startState(plan, { at: 0, seed: 1 });
  return {
    group: () => state.groups.farm ?? { desired: -1, ordered: [], instances: [], cooldownUntil: -1, min: -1, max: -1 },
    send(event: Parameters<typeof step>[2]) {
      const advance = step(plan, state, event);
      state = advance.state;
      return advance.decisions;
    },
  };
}

const outAndIn = scalingOf([
  group(),
  simple("out", { scalingAdjustment: 1, cooldown: 300 }),
  alarm("out"),
  simple("in", { scalingAdjustment: -1, cooldown: 300 }),
  below("in", { threshold: 10, treatMissingData: "breaching" }),
]);
const busy = (at: number) => ({ kind: "minute", at, data: [requests(500)] }) as const;
const idle = (at: number) => ({ kind: "minute", at, data: [] }) as const;

test("what stands is taken as it is, whoever has made it so", (t) => {
  const farm = fed();
  farm.send(observed(1, 3, seen("InService", "a", "b", "c"), { min: 2, max: 5 }));
  t.like(farm.group(), { desired: 3, min: 2, max: 5 });
  t.deepEqual(
    farm.group().instances.map(({ id, phase, inServiceAt }) => [id, phase, inServiceAt]),
    [
      ["a", "InService", 1],
      ["b", "InService", 1],
      ["c", "InService", 1],
    ],
  );
  farm.send(observed(2, 1, [...seen("InService", "a"), ...seen("Terminating", "b")]));
  t.deepEqual(
    farm.group().instances.map(({ id, phase }) => [id, phase]),
    [
      ["a", "InService"],
      ["b", "Terminating"],
    ],
  );
});

test("an instance that has come fills an order, and the cooldown begins when the last is in service", (t) => {
  const farm = fed();
  farm.send(observed(1, 1, seen("InService", "a")));
  const out = farm.send(busy(minute));
  t.like(
    out.find(({ kind }) => kind === "desired"),
    { from: 1, to: 2, alarm: "out" },
  );
  t.is(farm.group().ordered.length, 1);
  farm.send(observed(minute + 1, 2, [...seen("InService", "a"), ...seen("Pending", "b")]));
  t.is(farm.group().ordered.length, 0);
  t.like(
    farm.send(busy(2 * minute)).find(({ kind }) => kind === "ignored"),
    { why: "activity" },
  );
  farm.send(observed(2 * minute + 1, 2, seen("InService", "a", "b")));
  t.is(farm.group().cooldownUntil, 7 * minute + 1);
  for (let n = 3; n <= 7; n++) {
    t.like(
      farm.send(busy(n * minute)).find(({ kind }) => kind === "ignored"),
      { why: "cooldown" },
    );
  }
  t.like(
    farm.send(busy(8 * minute)).find(({ kind }) => kind === "desired"),
    { from: 2, to: 3 },
  );
});

test("a change that did not come about is decided again, not remembered", (t) => {
  const farm = fed(
    scalingOf([group(), stepwise("out", [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }]), alarm("out")]),
  );
  farm.send(observed(1, 1, seen("InService", "a")));
  farm.send(busy(minute));
  farm.send(observed(minute + 1, 1, seen("InService", "a")));
  t.like(farm.group(), { desired: 1, ordered: [] });
  t.like(
    farm.send(busy(2 * minute)).find(({ kind }) => kind === "desired"),
    { from: 1, to: 2 },
  );
});

test("who goes is chosen among those that are not protected", (t) => {
  const farm = fed();
  farm.send(
    observed(1, 2, [
      { id: "busy", phase: "InService", protected: true },
      { id: "free", phase: "InService", protected: false },
    ]),
  );
  const decisions = farm.send(idle(minute));
  t.like(
    decisions.find(({ kind }) => kind === "desired"),
    { from: 2, to: 1 },
  );
  t.like(
    decisions.find(({ kind }) => kind === "terminate"),
    { instanceId: "free" },
  );
});

test("an alarm that somebody sets acts at once, and is evaluated again at the end of the minute", (t) => {
  const farm = fed();
  farm.send(observed(1, 1, seen("InService", "a")));
  const set = { kind: "alarm-set", at: 2, alarm: "out", state: "ALARM", reason: "by hand" } as const;
  t.like(farm.send(set)[0], { kind: "alarm", alarm: "out", to: "ALARM", reason: "by hand" });
  t.is(farm.group().desired, 2);
  t.like(
    farm.send({ kind: "minute", at: minute, data: [requests(50)] }).find(({ kind }) => kind === "alarm"),
    { alarm: "out", from: "ALARM", to: "OK" },
  );
  t.throws(() => farm.send({ ...set, at: minute, alarm: "none" }), { message: "there is no alarm none in this plan" });
});
