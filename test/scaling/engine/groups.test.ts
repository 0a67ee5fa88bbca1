// "Groups" of the AWS rules, on the engine: hooks, protection, health, schedules, choice of who goes.
import test from "ava";
import { hookLimitSeconds } from "../../../scaling/engine/hooks.ts";
import { chooseToTerminate } from "../../../scaling/engine/termination.ts";
import { alarm, below, group, hook, type Inputs, scalingOf, schedule, simple } from "../declared.ts";
import { drive, minute, requests, second } from "../drive.ts";

const shrinking = (inputs: Inputs, ...more: Parameters<typeof scalingOf>[0]) =>
  scalingOf([group(inputs), simple("in", { scalingAdjustment: -1, cooldown: 0 }), below("in"), ...more]);
const quiet = [requests(1)];

test("termination hook + drain: default heartbeat 1 h, global cap min(48 h, 100 × heartbeat)", (t) => {
  const [farm] = shrinking({}, hook("drain", "TERMINATING")).groups;
  t.is(farm?.hooks[0]?.heartbeatSeconds, 3600);
  t.is(hookLimitSeconds(3600), 48 * 3600);
  t.is(hookLimitSeconds(60), 6000);
});

test("an instance waits in its hook until it answers; then it is shut down", (t) => {
  const farm = drive(shrinking({}, hook("drain", "TERMINATING", { heartbeatTimeout: 600 })), { inService: 2 });
  farm.minutes(3, quiet);
  const { instanceId, waits } = farm.of("terminate")[0] ?? { instanceId: "", waits: false };
  t.true(waits);
  t.is(farm.group().instances.find(({ id }) => id === instanceId)?.phase, "Terminating:Wait");
  farm.send({ kind: "hook-completed", at: 200 * second, instanceId, hook: "drain", result: "CONTINUE" });
  t.like(farm.of("shut-down")[0], { instanceId, timedOut: false });
  farm.minutes(1, quiet);
  t.is(farm.group().instances.length, 1);
});

test("without an answer the heartbeat ends it, and heartbeats put that off to the cap", (t) => {
  const plan = shrinking({}, hook("drain", "TERMINATING", { heartbeatTimeout: 30, defaultResult: "CONTINUE" }));
  const silent = drive(plan, { inService: 2 });
  silent.minutes(2, quiet);
  t.like(silent.of("shut-down")[0], { at: 2 * minute, timedOut: true });

  const beating = drive(plan, { inService: 2 });
  beating.minutes(1, quiet);
  const { instanceId } = beating.of("terminate")[0] ?? { instanceId: "" };
  for (let at = minute + 20 * second; at <= 2 * 3600 * second; at += 20 * second) {
    beating.send({ kind: "heartbeat", at, instanceId });
  }
  // 100 heartbeats of 30 s, not one more.
  t.is(beating.of("shut-down")[0]?.at, minute + 3000 * second);
});

test("without a launch hook InService is when EC2 runs the instance, with one when the hook is completed", (t) => {
  const inServiceAt = (...hooks: Parameters<typeof scalingOf>[0]) => {
    const farm = drive(scalingOf([group(), ...hooks]), { inService: 1, bootSeconds: 15 });
    farm.send({ kind: "desired", at: 0, group: "farm", desired: 2 });
    farm.send({ kind: "hook-completed", at: 110 * second, instanceId: "i-1", result: "CONTINUE" });
    return farm.group().instances[1]?.inServiceAt;
  };
  t.is(inServiceAt(), 15 * second);
  t.is(inServiceAt(hook("boot", "LAUNCHING")), 110 * second);
});

test("an abandoned launch is terminated and launched again", (t) => {
  const plan = scalingOf([
    group(),
    simple("out", { scalingAdjustment: 1 }),
    alarm("out"),
    hook("prepare", "LAUNCHING", { heartbeatTimeout: 60 }),
  ]);
  const farm = drive(plan, { bootSeconds: 10 });
  farm.minutes(1, [requests(500)]);
  farm.minutes(2, []);
  t.like(farm.of("terminate")[0], { instanceId: "i-1", waits: false });
  t.regex(farm.of("terminate")[0]?.cause ?? "", /abandoned lifecycle hook prepare/);
  t.deepEqual(
    farm.of("launch").map(({ count }) => count),
    [1, 1],
  );
});

test("workers start protected from scale-in, unprotect only when idle: whoever is protected stays, and goes once it is not", (t) => {
  const farm = drive(shrinking({ protectFromScaleIn: true }), { inService: 3 });
  t.deepEqual(farm.minutes(1, quiet), [2]);
  t.is(farm.of("terminate").length, 0);
  farm.send({ kind: "protection", at: 90 * second, instanceId: "i-1", protected: false });
  t.like(farm.of("terminate")[0], { instanceId: "i-1", at: 90 * second });
});

test("protection does not cover health replacement", (t) => {
  const farm = drive(shrinking({ healthCheckGracePeriod: 0 }), { inService: 2, protected: true });
  farm.send({ kind: "health", at: second, instanceId: "i-0", by: "EC2", healthy: false });
  t.like(farm.of("terminate")[0], { instanceId: "i-0" });
  t.like(farm.of("launch")[0], { count: 1 });
});

test("health replacement waits for the grace period after InService, a lost machine does not", (t) => {
  const plan = scalingOf([group({ healthCheckType: "ELB", healthCheckGracePeriod: 300 })]);
  const farm = drive(plan, { inService: 2 });
  farm.send({ kind: "health", at: 60 * second, instanceId: "i-0", by: "ELB", healthy: false });
  farm.minutes(3, []);
  t.is(farm.of("terminate").length, 0);
  farm.minutes(1, []);
  t.like(farm.of("terminate")[0], { at: 5 * minute, instanceId: "i-0" });
  t.regex(farm.of("terminate")[0]?.cause ?? "", /ELB system health check failure/);
  farm.send({ kind: "lost", at: 301 * second, instanceId: "i-1" });
  t.is(farm.of("terminate").length, 2);
  t.deepEqual(
    farm.of("launch").map(({ count }) => count),
    [1, 1],
  );
});

test("an instance that recovers within its grace stays; the balancer's word counts only for groups that ask it", (t) => {
  const recovers = drive(scalingOf([group({ healthCheckType: "ELB" })]), { inService: 1 });
  recovers.send({ kind: "health", at: 1, instanceId: "i-0", by: "ELB", healthy: false });
  recovers.send({ kind: "health", at: 2, instanceId: "i-0", by: "ELB", healthy: true });
  recovers.minutes(8, []);
  t.is(recovers.of("terminate").length, 0);
  const deaf = drive(scalingOf([group({ healthCheckGracePeriod: 0 })]), { inService: 1 });
  deaf.send({ kind: "health", at: 1, instanceId: "i-0", by: "ELB", healthy: false });
  deaf.minutes(2, []);
  t.is(deaf.of("terminate").length, 0);
});

test("a failed launch is tried again a minute later, with the same warm-up", (t) => {
  let failures = 2;
  const farm = drive(scalingOf([group({ defaultInstanceWarmup: 30 })]), {
    inService: 1,
    answer: (decision) => {
      if (decision.kind !== "launch" || failures-- <= 0) return [];
      return [{ kind: "launch-failed", at: decision.at, group: "farm" }];
    },
  });
  farm.send({ kind: "desired", at: 0, group: "farm", desired: 2 });
  farm.minutes(4, []);
  t.deepEqual(
    farm.of("launch").map(({ at }) => at / minute),
    [0, 1, 2],
  );
  t.like(farm.group().instances[1], { phase: "InService", warmUpSeconds: 30 });
});

test("scheduled actions change bounds and capacity when they are due, once or again and again", (t) => {
  const plan = scalingOf([
    group({ maxSize: 4 }),
    schedule("evening", { startTime: "1970-01-01T00:03:00Z", minSize: 3, maxSize: -1, desiredCapacity: -1 }),
    schedule("hourly", { recurrence: "*/5 * * * *", endTime: "1970-01-01T00:09:00Z", desiredCapacity: 4 }),
  ]);
  const farm = drive(plan, { inService: 1 });
  t.deepEqual(farm.minutes(5, []), [1, 1, 3, 3, 4]);
  t.like(farm.of("bounds")[0], { min: 3, max: 4, by: "evening", at: 3 * minute });
  farm.send({ kind: "desired", at: 6 * minute, group: "farm", desired: 3 });
  t.is(farm.minutes(6, []).at(-1), 3, "it has ended");
});

test("with a recurrence and a start time an action runs at its start time, and then as it recurs", (t) => {
  const recurring = { startTime: "1970-01-01T00:03:00Z", recurrence: "*/5 * * * *" };
  const farm = drive(scalingOf([group({ maxSize: 4 }), schedule("often", { ...recurring, desiredCapacity: 4 })]), {
    inService: 1,
  });
  t.deepEqual(farm.minutes(3, []), [1, 1, 4]);
  farm.send({ kind: "desired", at: 3 * minute, group: "farm", desired: 2 });
  t.deepEqual(farm.minutes(2, []), [2, 4]);
});

test("a scheduled desired capacity outside the bounds that the group has by then is refused, and nothing of the action is done", (t) => {
  const plan = scalingOf([
    group({ maxSize: 10 }),
    schedule("fewer", { startTime: "1970-01-01T00:01:00Z", maxSize: 4 }),
    schedule("more", { startTime: "1970-01-01T00:02:00Z", minSize: 2, desiredCapacity: 6 }),
  ]);
  const farm = drive(plan, { inService: 1 });
  t.deepEqual(farm.minutes(3, []), [1, 1, 1]);
  t.like(farm.group(), { min: 1, max: 4 });
  t.like(farm.of("refused")[0], {
    at: 2 * minute,
    by: "more",
    why: "its desired capacity 6 is not between the minimum 2 and the maximum 4",
  });
});

const zones = (farm: ReturnType<typeof drive>) =>
  farm
    .group()
    .instances.filter(({ phase }) => !phase.startsWith("Terminating"))
    .map(({ zone }) => zone)
    .sort()
    .join("");

test("a launch goes to the zone with the fewest instances: a, b, a that loses b is a, a, b again", (t) => {
  const farm = drive(scalingOf([group()]), { inService: 3 });
  farm.send({ kind: "lost", at: 10 * second, instanceId: "i-1" });
  t.like(farm.of("launch")[0], { count: 1, zones: ["b"] });
  farm.minutes(3, []);
  t.is(zones(farm), "aab");
  t.is(farm.of("launch").length, 1, "balanced as it is");
});

/** Both instances of zone b are lost while nothing can be launched there. */
function unbalanced(inputs: Inputs) {
  const farm = drive(scalingOf([group(inputs)]), {
    inService: 4,
    bootSeconds: 90,
    answer: (decision) =>
      decision.kind === "launch" && decision.at < minute && decision.zones.includes("b")
        ? [{ kind: "launch-failed", at: decision.at, group: "farm", zone: "b" }]
        : [],
  });
  for (const instanceId of ["i-1", "i-3"]) farm.send({ kind: "lost", at: second, instanceId });
  return farm;
}

test("where a launch fails in one zone, another is tried at once", (t) => {
  const farm = unbalanced({});
  t.deepEqual(
    farm.of("launch").map(({ zones: of }) => of.join()),
    ["b", "a", "a"],
  );
  farm.minutes(3, []);
  t.is(zones(farm), "aaaa");
});

test("AZRebalance: zones that differ by two are balanced again, by a launch before each termination", (t) => {
  const farm = unbalanced({});
  farm.minutes(6, []);
  t.is(zones(farm), "aaaabb");
  t.is(farm.of("terminate").length, 2, "the two that were lost: nothing goes before the new ones are in service");
  farm.minutes(2, []);
  t.is(zones(farm), "aabb");
  t.is(farm.group().desired, 4);
  t.regex(farm.of("terminate")[2]?.cause ?? "", /balance/);
});

test("a group at its maximum grows beyond it by a tenth to balance its zones, by one instance at least", (t) => {
  const farm = unbalanced({ maxSize: 4 });
  const sizes = Array.from({ length: 12 }, () => {
    farm.minutes(1, []);
    return zones(farm).length;
  });
  t.is(Math.max(...sizes), 5);
  t.is(zones(farm), "aabb");
});

test("AZRebalance can be suspended, and does not move what is protected", (t) => {
  const suspended = unbalanced({});
  suspended.minutes(1, []);
  const instances = suspended
    .group()
    .instances.filter(({ phase }) => !phase.startsWith("Terminating"))
    .map(({ id, zone }) => ({ id, zone, phase: "InService", protected: false }) as const);
  const seen = { group: "farm", min: 1, max: 10, desired: 4, suspended: ["AZRebalance"] as const, instances };
  suspended.send({ kind: "observed", at: 2 * minute, groups: [seen] });
  suspended.minutes(8, []);
  t.is(zones(suspended), "aaaa");
  const busy = unbalanced({ protectFromScaleIn: true });
  busy.minutes(10, []);
  t.is(zones(busy), "aaaa");
});

const member = (id: string, change: object = {}) => ({
  id,
  zone: "a",
  version: 1,
  launchedAt: 0,
  protected: false,
  ...change,
});

test("default termination policy: fullest zone, oldest template, next to the full hour, then chance", (t) => {
  const at = 90 * minute;
  const choose = (...members: ReturnType<typeof member>[]) => chooseToTerminate(members, ["Default"], 1, at).instanceId;
  t.is(choose(member("a1"), member("a2", { protected: true }), member("b1", { zone: "b" })), "a1");
  t.is(choose(member("new", { version: 2 }), member("old")), "old");
  t.is(choose(member("fresh", { launchedAt: 80 * minute }), member("nearly", { launchedAt: 31 * minute })), "nearly");
  const drawn = new Set(
    Array.from(
      { length: 40 },
      (_, seed) => chooseToTerminate([member("x"), member("y")], ["Default"], seed, at).instanceId,
    ),
  );
  t.deepEqual(drawn, new Set(["x", "y"]));
});

test("a zone whose members are all protected is passed over", (t) => {
  const members = [member("a1", { protected: true }), member("a2", { protected: true }), member("b1", { zone: "b" })];
  t.is(chooseToTerminate(members, ["Default"], 1, 0).instanceId, "b1");
});

test("declared termination policies come in their order", (t) => {
  const members = [member("old"), member("young", { launchedAt: 5 }), member("youngest", { launchedAt: 9 })];
  t.is(chooseToTerminate(members, ["NewestInstance"], 1, 10).instanceId, "youngest");
  t.is(chooseToTerminate(members, ["OldestLaunchTemplate", "OldestInstance"], 1, 10).instanceId, "old");
});
