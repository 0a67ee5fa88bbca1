// Warm pools on the engine: what fills them, what the group takes out of them, and which hooks hold an instance on its way.
import test from "ava";
import { step } from "../../../scaling/engine/engine.ts";
import type { ScalingEvent } from "../../../scaling/engine/events.ts";
import { startState } from "../../../scaling/engine/state.ts";
import { group, hook, type Inputs, scalingOf } from "../declared.ts";
import { second } from "../drive.ts";

/** A farm of 2 of at most 5 whose pool is driven by hand. */
function pooled(warmPool: Inputs, more: Parameters<typeof scalingOf>[0] = [], full = 3) {
  const plan = scalingOf([group({ minSize: 1, maxSize: 5, desiredCapacity: 2, warmPool }), ...more]);
  const own = (id: string, zone = "a") => ({ group: "farm", id, zone });
  const state = startState(plan, {
    at: 0,
    seed: 1,
    instances: [own("i-0"), own("i-1", "b")],
    pooled: Array.from({ length: full }, (_, index) => own(`w-${index}`)),
  });
  const farm = { state, told: [] as string[] };
  const named = ({ kind, ...decision }: ReturnType<typeof step>["decisions"][number]) => {
    if ("instanceId" in decision) return `${kind} ${decision.instanceId}`;
    return "count" in decision ? `${kind} ${decision.count}` : kind;
  };
  const send = (event: ScalingEvent) => {
    const { state: next, decisions } = step(plan, farm.state, event);
    farm.state = next;
    farm.told = decisions.map(named);
    return farm.told;
  };
  return {
    send,
    desired: (at: number, desired: number) => send({ kind: "desired", at, group: "farm", desired }),
    group: () => farm.state.groups.farm as (typeof farm.state.groups)[string],
  };
}

test("a pool holds what the desired capacity leaves of the maximum, and is filled beside the group", (t) => {
  const farm = pooled({ poolState: "Stopped" }, [], 0);
  t.deepEqual(farm.send({ kind: "minute", at: 60 * second, data: [] }), ["warm 3"]);
  t.deepEqual(farm.send({ kind: "minute", at: 120 * second, data: [] }), [], "it is ordered once");
  farm.send({ kind: "launching", at: 121 * second, group: "farm", instanceId: "w-0", into: "pool" });
  t.deepEqual(farm.send({ kind: "running", at: 130 * second, instanceId: "w-0" }), ["warmed w-0"]);
  t.is(farm.group().instances.length, 2, "the group has none of it");
});

test("prepared capacity and least size decide how large the pool is", (t) => {
  const first = (warmPool: Inputs) => pooled(warmPool, [], 0).send({ kind: "minute", at: 0, data: [] });
  t.deepEqual(first({ maxGroupPreparedCapacity: 4 }), ["warm 2"]);
  t.deepEqual(first({ maxGroupPreparedCapacity: -1 }), ["warm 3"]);
  t.deepEqual(first({ maxGroupPreparedCapacity: 2 }), []);
  t.deepEqual(first({ maxGroupPreparedCapacity: 3, minSize: 3 }), ["warm 3"]);
});

test("the group takes what is warmed, and launches the rest", (t) => {
  const farm = pooled({ maxGroupPreparedCapacity: 3 }, [], 1);
  t.deepEqual(farm.desired(second, 4), ["desired", "start w-0", "launch 1"]);
  t.is(farm.group().pool.instances.length, 0);
  t.deepEqual(farm.send({ kind: "running", at: 10 * second, instanceId: "w-0" }), ["in-service w-0"]);
});

test("launch hooks hold an instance on its way into the pool, and once more on its way out", (t) => {
  const farm = pooled({}, [hook("boot", "LAUNCHING")], 0);
  farm.send({ kind: "minute", at: 0, data: [] });
  farm.send({ kind: "launching", at: 0, group: "farm", instanceId: "w-0", into: "pool" });
  t.deepEqual(farm.send({ kind: "running", at: 10 * second, instanceId: "w-0" }), []);
  t.is(farm.group().pool.instances[0]?.phase, "Warmed:Pending:Wait");
  const answer = (at: number) =>
    farm.send({ kind: "hook-completed", at, instanceId: "w-0", hook: "boot", result: "CONTINUE" });
  t.deepEqual(answer(90 * second), ["warmed w-0"]);

  t.deepEqual(farm.desired(100 * second, 3), ["desired", "start w-0"]);
  t.deepEqual(farm.send({ kind: "running", at: 110 * second, instanceId: "w-0" }), []);
  t.is(farm.group().instances.at(-1)?.phase, "Pending:Wait");
  t.deepEqual(answer(120 * second), ["in-service w-0"]);
});

test("an instance that nobody answers for never enters the pool, and another is ordered", (t) => {
  const farm = pooled({ maxGroupPreparedCapacity: 3 }, [hook("boot", "LAUNCHING", { heartbeatTimeout: 60 })], 0);
  farm.send({ kind: "minute", at: 0, data: [] });
  farm.send({ kind: "launching", at: 0, group: "farm", instanceId: "w-0", into: "pool" });
  farm.send({ kind: "running", at: 10 * second, instanceId: "w-0" });
  t.deepEqual(farm.send({ kind: "minute", at: 120 * second, data: [] }), ["terminate w-0", "warm 1"]);
});

test("a pool that has become too large ends what is furthest from ready", (t) => {
  const farm = pooled({}, [], 2);
  farm.send({ kind: "minute", at: 0, data: [] });
  farm.send({ kind: "launching", at: second, group: "farm", instanceId: "w-2", into: "pool" });
  // Two are taken; of the prepared capacity 1 is left, and that is the one under way.
  t.deepEqual(farm.desired(2 * second, 4), ["desired", "start w-0", "start w-1"]);
  t.deepEqual(farm.desired(3 * second, 5), ["desired", "launch 1", "terminate w-2"]);
});

test("a scale-in fills the pool again: by a launch, or by the instance itself where the pool reuses", (t) => {
  const plain = pooled({});
  t.deepEqual(plain.desired(second, 1).slice(2), ["warm 1"]);

  const reusing = pooled({ instanceReusePolicy: { reuseOnScaleIn: true } }, [hook("drain", "TERMINATING")]);
  const [, told = ""] = reusing.desired(second, 1);
  const instanceId = told.split(" ")[1] ?? "";
  t.is(reusing.group().instances.find(({ id }) => id === instanceId)?.phase, "Terminating:Wait");
  const answered = { kind: "hook-completed", at: 9 * second, instanceId, hook: "drain", result: "CONTINUE" } as const;
  t.deepEqual(reusing.send(answered), [`shut-down ${instanceId}`]);
  t.deepEqual(reusing.send({ kind: "terminated", at: 10 * second, instanceId }), [`warmed ${instanceId}`]);
  t.deepEqual(
    reusing.group().pool.instances.map(({ id, phase }) => `${id} ${phase}`),
    ["w-0 Warmed", "w-1 Warmed", "w-2 Warmed", `${instanceId} Warmed`],
  );
});

test("a machine that is lost on its way back does not enter the pool", (t) => {
  const farm = pooled({ instanceReusePolicy: { reuseOnScaleIn: true } });
  const [, told = ""] = farm.desired(second, 1);
  const instanceId = told.split(" ")[1] ?? "";
  t.deepEqual(farm.send({ kind: "lost", at: 2 * second, instanceId }), ["warm 1"]);
  t.deepEqual(farm.send({ kind: "terminated", at: 3 * second, instanceId }), []);
});

test("launches into the pool go to the zone with the fewest of group and pool, and what the group takes keeps its zone", (t) => {
  const farm = pooled({}, [], 2);
  const zones = () => farm.group().pool.instances.map(({ id, zone }) => `${id} ${zone}`);
  farm.send({ kind: "minute", at: 0, data: [] });
  t.deepEqual(farm.group().pool.ordered, ["b"], "i-0, w-0 and w-1 are in a, i-1 is in b");
  farm.send({ kind: "launching", at: second, group: "farm", instanceId: "w-2", into: "pool" });
  t.deepEqual([farm.group().pool.ordered.length, ...zones()], [0, "w-0 a", "w-1 a", "w-2 b"]);
  farm.send({ kind: "running", at: 2 * second, instanceId: "w-2" });
  farm.desired(3 * second, 5);
  t.deepEqual(
    farm.group().instances.map(({ id, zone }) => `${id} ${zone}`),
    ["i-0 a", "i-1 b", "w-0 a", "w-1 a", "w-2 b"],
  );
});

test("a launch into the pool that fails in one zone is tried in another; the pool gives what it has meanwhile", (t) => {
  const farm = pooled({}, [], 1);
  const failed = (at: number, zone?: string) =>
    farm.send({ kind: "launch-failed", at, group: "farm", into: "pool", ...(zone === undefined ? {} : { zone }) });
  farm.send({ kind: "minute", at: 0, data: [] });
  t.deepEqual(farm.group().pool.ordered, ["b", "a"]);
  t.deepEqual(failed(second, "b"), ["warm 1"]);
  t.deepEqual(farm.group().pool.ordered, ["a", "a"]);
  t.deepEqual(failed(2 * second), [], "where it fails everywhere, nothing is launched for a minute");
  t.deepEqual(farm.desired(3 * second, 3), ["desired", "start w-0"]);
  t.deepEqual(farm.group().instances.length, 3);
  t.deepEqual(farm.desired(4 * second, 2).slice(2), []);
  t.deepEqual(farm.send({ kind: "minute", at: 62 * second, data: [] }), ["warm 2"]);
});
