// "Simple scaling" and "Alarms" of the AWS rules, on the engine.
import test from "ava";
import { alarm, below, group, hook, type Inputs, scalingOf, schedule, simple, topic } from "../declared.ts";
import { drive, minute, requests, second } from "../drive.ts";

const out = (inputs = {}) => simple("out", { scalingAdjustment: 1, ...inputs });
const busy = [requests(500)];

test("Auto Scaling actions repeat once a minute while the state holds; other actions fire on the transition only", (t) => {
  const plan = scalingOf([
    group({ maxSize: 4 }),
    out({ cooldown: 0 }),
    alarm("out", { alarmActions: [topic, out().outputs.arn] }),
  ]);
  const farm = drive(plan, { bootSeconds: 1 });
  t.deepEqual(farm.minutes(4, busy), [2, 3, 4, 4]);
  t.is(farm.of("alarm").length, 1);
  t.deepEqual(
    farm.of("notify").map(({ state, actions }) => ({ state, actions })),
    [{ state: "ALARM", actions: [topic] }],
  );
});

test("an alarm whose actions are disabled changes its state and nothing else", (t) => {
  const plan = scalingOf([group(), out({ enabled: false }), alarm("out", { actionsEnabled: false })]);
  const farm = drive(plan);
  t.deepEqual(farm.minutes(3, busy), [1, 1, 1]);
  t.like(farm.of("alarm")[0], { from: "INSUFFICIENT_DATA", to: "ALARM" });
});

test("alarms are ignored until the activity has completed and the cooldown has ended", (t) => {
  const farm = drive(scalingOf([group(), out({ cooldown: 180 }), alarm("out")]), { bootSeconds: 90 });
  // Out at 1:00, in service at 2:30, so the cooldown ends at 5:30 and the next minute is the sixth.
  t.deepEqual(farm.minutes(6, busy), [2, 2, 2, 2, 2, 3]);
  t.deepEqual(
    farm.of("ignored").map(({ at, why }) => [at / minute, why]),
    [
      [2, "activity"],
      [3, "cooldown"],
      [4, "cooldown"],
      [5, "cooldown"],
    ],
  );
});

test("policy cooldown overrides the group's (default 300 s)", (t) => {
  const changes = (groupInputs: Inputs, policyInputs: Inputs) => {
    const farm = drive(scalingOf([group(groupInputs), out(policyInputs), alarm("out")]), { bootSeconds: 0 });
    farm.minutes(12, busy);
    return farm.of("desired").map(({ at }) => at / minute);
  };
  t.deepEqual(changes({ defaultCooldown: 60 }, { cooldown: 240 }), [1, 5, 9]);
  t.deepEqual(changes({ defaultCooldown: 60 }, {}), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  t.deepEqual(changes({}, {}), [1, 6, 11]);
});

test("the cooldown starts when the last instance finishes launching", (t) => {
  const plan = scalingOf([group(), out({ scalingAdjustment: 2, cooldown: 60 }), alarm("out")]);
  const farm = drive(plan, { bootSeconds: 30 });
  farm.minutes(1, busy);
  // Both are on their way; the second takes longer because it is lost and launched again.
  farm.send({ kind: "lost", at: minute + 20 * second, instanceId: "i-2" });
  t.is(farm.group().cooldownUntil, 0);
  farm.minutes(1, busy);
  t.is(farm.group().cooldownUntil, minute + (20 + 30 + 60) * second);
});

test("with a launch hook the cooldown starts at InService", (t) => {
  const plan = scalingOf([
    group(),
    out({ cooldown: 60 }),
    alarm("out"),
    hook("prepare", "LAUNCHING", { heartbeatTimeout: 600 }),
  ]);
  const farm = drive(plan, { bootSeconds: 30 });
  farm.minutes(3, busy);
  t.is(farm.group().instances[1]?.phase, "Pending:Wait");
  farm.send({ kind: "hook-completed", at: 200 * second, instanceId: "i-1", result: "CONTINUE" });
  t.is(farm.group().instances[1]?.phase, "InService");
  t.is(farm.group().cooldownUntil, 260 * second);
});

test("on scale-in the cooldown starts when deregistration ends", (t) => {
  const plan = scalingOf([group(), simple("in", { scalingAdjustment: -1, cooldown: 120 }), below("in")]);
  const farm = drive(plan, { inService: 4, goneSeconds: 300 });
  t.deepEqual(farm.minutes(9, [requests(1)]), [3, 3, 3, 3, 3, 3, 3, 2, 2]);
});

test("on scale-in the cooldown does not wait for a termination hook", (t) => {
  const plan = scalingOf([
    group(),
    simple("in", { scalingAdjustment: -1, cooldown: 120 }),
    below("in"),
    hook("drain", "TERMINATING", { heartbeatTimeout: 3600 }),
  ]);
  const farm = drive(plan, { inService: 4 });
  t.deepEqual(farm.minutes(4, [requests(1)]), [3, 3, 2, 2]);
  const [{ instanceId } = { instanceId: "" }] = farm.of("terminate");
  farm.send({ kind: "hook-completed", at: 290 * second, instanceId, hook: "drain", result: "CONTINUE" });
  t.is(farm.group().instances.find(({ id }) => id === instanceId)?.phase, "Terminating:Proceed");
  t.deepEqual(farm.minutes(1, [requests(1)]), [1], "nor for what follows the hook");
});

test("a simple policy stays deaf while what it asked for cannot be launched", (t) => {
  const farm = drive(scalingOf([group(), out({ cooldown: 0 }), alarm("out")]), {
    answer: ({ kind, at }) => (kind === "launch" ? [{ kind: "launch-failed", at, group: "farm" }] : []),
  });
  t.deepEqual(farm.minutes(6, busy), [2, 2, 2, 2, 2, 2]);
});

test("scheduled actions and unhealthy replacement ignore the cooldown", (t) => {
  const plan = scalingOf([
    group({ healthCheckGracePeriod: 0 }),
    out({ cooldown: 3600 }),
    alarm("out"),
    schedule("noon", { recurrence: "5 0 * * *", desiredCapacity: 6 }),
  ]);
  const farm = drive(plan, { bootSeconds: 0 });
  farm.minutes(2, busy);
  farm.send({ kind: "health", at: 150 * second, instanceId: "i-1", by: "EC2", healthy: false });
  t.is(farm.of("terminate").length, 1);
  t.is(farm.of("launch").length, 2);
  t.deepEqual(farm.minutes(3, busy), [2, 2, 6]);
  t.like(farm.of("desired")[1], { by: "noon", from: 2, to: 6 });
});

test("a desired capacity set by hand ignores the cooldown unless it is to honour it", (t) => {
  const farm = drive(scalingOf([group(), out(), alarm("out")]), { bootSeconds: 0 });
  farm.minutes(1, busy);
  const byHand = { kind: "desired", group: "farm", desired: 5 } as const;
  t.throws(() => farm.send({ ...byHand, at: 61 * second, honorCooldown: true }), { message: /cooldown/ });
  farm.send({ ...byHand, at: 62 * second });
  t.is(farm.group().desired, 5);
});

test("bounds hold, and causes are in Auto Scaling's words", (t) => {
  const farm = drive(scalingOf([group({ maxSize: 3 }), out({ scalingAdjustment: 5 }), alarm("out")]), {});
  farm.minutes(1, busy);
  t.like(farm.of("desired")[0], {
    to: 3,
    cause: "a monitor alarm out in state ALARM triggered policy out changing the desired capacity from 1 to 3",
  });
  t.throws(() => farm.send({ kind: "desired", at: minute, group: "farm", desired: 4 }), {
    message: /desired capacity 4 of farm is not between its bounds 1 and 3/,
  });
  t.throws(() => farm.send({ kind: "desired", at: minute, group: "farn", desired: 2 }), {
    message: /no .* group farn/,
  });
  farm.send({ kind: "bounds", at: minute, group: "farm", min: 1, max: 2 });
  t.is(farm.group().desired, 2);
  t.throws(() => farm.send({ kind: "minute", at: 1, data: [] }), { message: /order of time/ });
});
