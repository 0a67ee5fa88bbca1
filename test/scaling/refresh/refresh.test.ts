import test from "ava";
import fc from "fast-check";
import { completePreferences, healthyBounds, type RefreshPreferences } from "../../../scaling/refresh/preferences.ts";
import { manualRollback } from "../../../scaling/refresh/reasons.ts";
import { launchSource } from "../../../scaling/refresh/refresh.ts";
import { cancelRefresh, rollbackRefresh, startRefresh } from "../../../scaling/refresh/requests.ts";
import { createWorld, version, type WorldOptions } from "./world.ts";

// desired, minimum %, maximum % → least healthy, most alive.
const rounding: [desired: number, min: number, max: number | undefined, least: number, most: number][] = [
  [10, 90, undefined, 9, 10],
  [4, 75, undefined, 3, 4],
  [3, 50, undefined, 2, 3],
  [2, 50, undefined, 1, 2],
  [2, 90, undefined, 1, 2],
  [2, 100, undefined, 1, 2],
  [1, 100, undefined, 0, 1],
  [1, 0, undefined, 0, 1],
  [5, 0, undefined, 0, 5],
  [0, 90, undefined, 0, 0],
  [2, 100, 100, 2, 3],
  [2, 100, 110, 2, 3],
  [10, 90, 120, 9, 12],
  [3, 100, 150, 3, 4],
];

for (const [desired, min, max, least, most] of rounding) {
  test(`of ${desired}, ${min} % at least and ${max ?? "no"} % at most are ${least} healthy and ${most} alive`, (t) => {
    const bounds = healthyBounds({ minHealthyPercentage: min, maxHealthyPercentage: max }, desired);
    t.deepEqual(bounds, { least, most });
  });
}

test("what is left out is what AWS takes instead", (t) => {
  t.deepEqual(completePreferences({}, 300), {
    minHealthyPercentage: 90,
    maxHealthyPercentage: undefined,
    instanceWarmup: 300,
    autoRollback: false,
    skipMatching: false,
    scaleInProtectedInstances: "Wait",
    standbyInstances: "Wait",
    checkpointPercentages: [],
    checkpointDelay: 3_600,
    bakeTime: 0,
    alarms: [],
  });
  t.is(completePreferences({ instanceWarmup: 10 }, 300).instanceWarmup, 10);
});

test("preferences that do not do are all named, with their bounds", (t) => {
  const wrong = {
    minHealthyPercentage: 101,
    instanceWarmup: -1,
    scaleInProtectedInstances: "Maybe" as never,
    checkpointPercentages: [50, 50],
  };
  const error = t.throws(() => completePreferences(wrong, 300), { name: "RefreshRefusal" });
  t.regex(error.message, /minHealthyPercentage is 101; give a whole number from 0 to 100\./);
  t.regex(error.message, /instanceWarmup is -1/);
  t.regex(error.message, /scaleInProtectedInstances is Maybe; give one of Refresh, Ignore, Wait\./);
  t.regex(error.message, /unique and in ascending order/);
  t.throws(() => completePreferences({ maxHealthyPercentage: 120 }, 300), { message: /must also specify Min/ });
  t.throws(() => completePreferences({ minHealthyPercentage: 10, maxHealthyPercentage: 120 }, 300), {
    message: /cannot be greater than 100/,
  });
});

test("four instances, three of them kept healthy: one after the other, each warmed up, as AWS's guide shows it", (t) => {
  const world = createWorld({ desired: 4, preferences: { minHealthyPercentage: 75 } });
  t.is(world.refresh.status, "Pending");
  const first = world.step();
  t.deepEqual(first.terminated, ["i-1"]);
  t.is(first.refresh.status, "InProgress");
  world.step();
  t.regex(
    world.refresh.statusReason ?? "",
    /^Waiting for remaining instances to be available\. For example: i-5 has ins/,
  );
  world.step();
  t.is(
    world.refresh.statusReason,
    "Waiting for instances to warm up before continuing. For example: i-5 is warming up.",
  );
  // One is done, the second of four warms up: 25 % and two to go.
  while (world.step().terminated.length === 0);
  for (let i = 0; i < 3; i++) world.step();
  t.like(world.refresh, { percentageComplete: 25, instancesToUpdate: 2, status: "InProgress" });
  t.like(world.toEnd(), { status: "Successful", percentageComplete: 100, instancesToUpdate: 0 });
  t.deepEqual(world.versions(), ["2", "2", "2", "2"]);
});

test("a minimum of nothing replaces all at once", (t) => {
  const world = createWorld({ desired: 3, preferences: { minHealthyPercentage: 0 } });
  t.deepEqual(world.step().terminated, ["i-1", "i-2", "i-3"]);
  t.is(world.toEnd().status, "Successful");
});

test("with a maximum replacements come first, and the group returns to its size", (t) => {
  const world = createWorld({ desired: 2, preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150 } });
  const first = world.step();
  t.deepEqual([first.terminated, first.alive, first.serving], [[], 3, 2]);
  t.is(world.toEnd().status, "Successful");
  t.deepEqual(world.versions(), ["2", "2"]);
});

test("instances that match are skipped", (t) => {
  const preferences = { skipMatching: true };
  const some = createWorld({ desired: 3, preferences, members: [{ template: version(2) }] });
  t.is(some.toEnd().status, "Successful");
  t.true(some.group.instances.some(({ id }) => id === "i-1"));
  t.false(some.group.instances.some(({ id }) => id === "i-2" || id === "i-3"));
  const all = createWorld({ desired: 1, preferences, members: [{ template: version(2) }] });
  t.like(all.step().refresh, { status: "Successful", percentageComplete: 100 });
});

test("a broken version: stuck for an hour, then rolled back by itself, and the old ones stay", (t) => {
  const world = createWorld({
    desired: 2,
    preferences: { minHealthyPercentage: 50, autoRollback: true },
    broken: ["2"],
  });
  while (world.refresh.status !== "RollbackInProgress") world.step();
  t.true(world.now >= 3_600_000 && world.now <= 3_700_000, `after ${world.now} ms`);
  const { rollback } = world.refresh;
  t.regex(rollback?.reason ?? "", /^Automatic rollback was initiated\. .*could not continue for one hour\..*i-3/);
  t.like(rollback, { percentageComplete: 0, instancesToUpdate: 1 });
  t.like(world.toEnd(), { status: "RollbackSuccessful", percentageComplete: 0, instancesToUpdate: 1 });
  t.deepEqual(world.versions(), ["1", "1"]);
  t.true(world.moments.every(({ serving }) => serving >= 1));
});

test("without auto rollback it fails, and what was replaced stays replaced", (t) => {
  const world = createWorld({ desired: 2, preferences: { minHealthyPercentage: 50 }, broken: ["2"] });
  t.is(world.toEnd().status, "Failed");
  t.deepEqual(world.versions(), ["1", "2"]);
});

test("a rollback to a version that is broken as well fails after its own hour", (t) => {
  const preferences = { minHealthyPercentage: 50, autoRollback: true };
  const world = createWorld({ desired: 2, preferences, broken: ["1", "2"] });
  t.is(world.toEnd().status, "RollbackFailed");
  t.true(world.now >= 7_200_000);
});

test("protected instances are waited for, and after an hour it fails", (t) => {
  const members = [{ protectedFromScaleIn: true }];
  const world = createWorld({ desired: 1, members });
  world.step();
  t.is(
    world.refresh.statusReason,
    "Waiting for remaining instances to be available. For example: i-1 is protected. Remove instance scale-in protection to continue.",
  );
  t.regex(world.toEnd().statusReason ?? "", /could not continue for one hour\. .*i-1 is protected/);
  for (const [scaleInProtectedInstances, versions] of [
    ["Refresh", ["2"]],
    ["Ignore", ["1"]],
  ] as const) {
    const other = createWorld({ desired: 1, members, preferences: { scaleInProtectedInstances } });
    t.is(other.toEnd().status, "Successful");
    t.deepEqual(other.versions(), versions);
  }
});

test("instances in standby are waited for, terminated or passed over", (t) => {
  const members = [{ state: "Standby" as const }];
  t.regex(createWorld({ desired: 1, members }).toEnd().statusReason ?? "", /i-1 is in standby/);
  const gone = createWorld({ desired: 1, members, preferences: { standbyInstances: "Terminate" } });
  t.is(gone.toEnd().status, "Successful");
  t.deepEqual(gone.versions(), ["2"]);
  const kept = createWorld({ desired: 1, members, preferences: { standbyInstances: "Ignore" } });
  t.is(kept.toEnd().status, "Successful");
  t.deepEqual(kept.versions(), ["1"]);
});

test("a checkpoint holds half of the group back for its delay", (t) => {
  const world = createWorld({
    desired: 4,
    preferences: { minHealthyPercentage: 0, checkpointPercentages: [50, 100], checkpointDelay: 600 },
  });
  t.deepEqual(world.step().terminated, ["i-1", "i-2"]);
  while (!world.refresh.statusReason?.startsWith("Checkpoint reached: 50 percent")) world.step();
  const paused = world.now;
  t.is(world.refresh.percentageComplete, 50);
  while (world.step().terminated.length === 0);
  t.true(world.now - paused >= 600_000);
  t.is(world.toEnd().status, "Successful");
  t.deepEqual(world.versions(), ["2", "2", "2", "2"]);
});

test("a last checkpoint below all of them ends it there", (t) => {
  const preferences = { minHealthyPercentage: 50, checkpointPercentages: [50] };
  const world = createWorld({ desired: 4, preferences });
  t.like(world.toEnd(), { status: "Successful", percentageComplete: 50, instancesToUpdate: 2 });
  t.deepEqual(world.versions(), ["1", "1", "2", "2"]);
});

const rolling = { minHealthyPercentage: 100, maxHealthyPercentage: 150, autoRollback: true };
const minute = 60_000;

test("a bake time is waited for once everything is replaced, and the group is the new version's after it", (t) => {
  const world = createWorld({ desired: 2, preferences: { ...rolling, bakeTime: 600 } });
  while (world.step().refresh.status !== "Baking");
  t.like(world.refresh, { percentageComplete: 100, instancesToUpdate: 0, endTime: undefined });
  t.regex(world.refresh.statusReason ?? "", /^Waiting for the bake time of 600 seconds/);
  const begun = world.now;
  t.is(launchSource(world.refresh)?.version, "2", "what is launched meanwhile is new");
  t.is(world.toEnd().status, "Successful");
  t.is(world.now - begun, 600_000);
  const unchanged = [{ template: version(2) }];
  const matching = createWorld({ desired: 1, preferences: { skipMatching: true, bakeTime: 600 }, members: unchanged });
  t.is(matching.step().refresh.status, "Successful", "nothing is new, so nothing bakes");
});

test("an alarm rolls back at once, also while it bakes; without auto rollback it fails", (t) => {
  const rings = (from: number) => (now: number) => ({ failing: now >= from ? ("ALARM" as const) : ("OK" as const) });
  const options = { desired: 4, preferences: { ...rolling, bakeTime: 7_200, alarms: ["failing"] } };
  for (const from of [4 * minute, 60 * minute]) {
    const world = createWorld({ ...options, alarms: rings(from) });
    while (world.now < from - minute) world.step();
    t.is(world.refresh.status, from === 60 * minute ? "Baking" : "InProgress");
    t.like(world.toEnd(), { status: "RollbackSuccessful", percentageComplete: 0 });
    t.regex(
      world.refresh.rollback?.reason ?? "",
      /^Automatic rollback .* CloudWatch alarm failing is in the ALARM state/,
    );
    t.true((world.refresh.rollback?.startTime ?? 0) - from < minute);
    t.deepEqual(world.versions(), ["1", "1", "1", "1"]);
    t.true(world.moments.every(({ serving }) => serving >= 4));
  }
  const preferences = { ...options.preferences, autoRollback: false };
  t.is(createWorld({ ...options, preferences, alarms: rings(4 * minute) }).toEnd().status, "Failed");
});

test("while an alarm lacks data nothing is replaced; one that is not OK at the start, or not there, is refused", (t) => {
  const states = (now: number) =>
    ({ failing: now > minute && now < 30 * minute ? "INSUFFICIENT_DATA" : "OK" }) as const;
  const options = { desired: 4, preferences: { ...rolling, alarms: ["failing"] } };
  const world = createWorld({ ...options, alarms: states });
  world.step();
  while (world.now < 29 * minute) {
    const { terminated, alive, serving } = world.step();
    if (world.now > minute && world.now < 30 * minute)
      t.deepEqual([terminated, alive <= 6, serving >= 4], [[], true, true]);
  }
  t.is(world.refresh.statusReason, "Waiting for CloudWatch alarm failing to have sufficient data.");
  t.is(world.toEnd().status, "Successful");
  t.throws(() => createWorld({ ...options, alarms: () => ({ failing: "ALARM" }) }), {
    message: /failing is in the ALARM state; it must be in the OK state to start/,
  });
  t.throws(() => createWorld({ ...options, alarms: () => ({}) }), { message: /alarm failing does not exist/ });
  const many = Array.from({ length: 11 }, (_, i) => `alarm-${i}`);
  t.throws(() => completePreferences({ alarms: many, bakeTime: 172_801 }, 0), {
    message:
      /bakeTime is 172801; give a whole number from 0 to 172800\. AlarmSpecification names 11 alarms; give 10 at most/,
  });
});

test("a bake can be rolled back by hand, and cancelled", (t) => {
  const baked = () => {
    const world = createWorld({ desired: 2, preferences: { ...rolling, bakeTime: 600 } });
    while (world.step().refresh.status !== "Baking");
    return world;
  };
  const back = baked();
  back.request((refresh) => rollbackRefresh(refresh, back.group, back.now, manualRollback));
  t.is(back.toEnd().status, "RollbackSuccessful");
  t.deepEqual(back.versions(), ["1", "1"]);
  const cancelled = baked();
  cancelled.request(cancelRefresh);
  t.is(cancelled.toEnd().status, "Cancelled");
  t.deepEqual(cancelled.versions(), ["2", "2"]);
});

test("cancelled, it begins nothing more, and lets what has begun come to its end", (t) => {
  const world = createWorld({ desired: 3, preferences: { minHealthyPercentage: 60 } });
  world.step();
  world.request(cancelRefresh);
  t.is(world.step().refresh.status, "Cancelling");
  t.throws(() => cancelRefresh(world.refresh), { message: /^No in progress or pending Instance Refresh found/ });
  t.is(world.toEnd().status, "Cancelled");
  t.is(world.moments.flatMap(({ terminated }) => terminated).length, 1);
  t.true(world.group.instances.every(({ healthy }) => healthy));
  t.throws(() => cancelRefresh(world.refresh), { message: /^No in progress/ });
});

test("rolled back by hand in the middle, it goes back to the version before, and the percentage to nothing", (t) => {
  const world = createWorld({ desired: 4, preferences: { minHealthyPercentage: 75 } });
  while (world.refresh.percentageComplete < 50) world.step();
  world.request((refresh) => rollbackRefresh(refresh, world.group, world.now, manualRollback));
  t.throws(() => rollbackRefresh(world.refresh, world.group, world.now, manualRollback), {
    message: /^No in progress/,
  });
  t.is(world.toEnd().status, "RollbackSuccessful");
  t.deepEqual(world.versions(), ["1", "1", "1", "1"]);
  const percentages = world.moments.map(({ refresh }) => refresh.percentageComplete);
  const back = percentages.slice(world.moments.findIndex(({ refresh }) => refresh.rollback !== undefined));
  t.deepEqual(
    back,
    [...back].sort((a, b) => b - a),
  );
  t.is(back.at(-1), 0);
});

test("a rollback needs something to go back to", (t) => {
  const request = {
    id: "r",
    groupName: "web",
    now: 0,
    preferences: {},
    desired: undefined,
    current: version(1),
    target: version(1),
    warmup: 0,
    alarms: {},
  };
  const group = { desired: 0, instances: [] };
  const autoRollback = { preferences: { autoRollback: true } };
  t.throws(() => startRefresh({ ...request, ...autoRollback }, group), {
    message: /DesiredConfiguration parameter is em/,
  });
  const latest = { ...version(1), version: "$Latest" };
  t.throws(() => startRefresh({ ...request, ...autoRollback, desired: version(2), current: latest }, group), {
    message: /\$Latest/,
  });
  t.throws(() => rollbackRefresh(startRefresh(request, group), group, 0, manualRollback), {
    message: /desired configuration was not found/,
  });
});

/** Any preferences that AWS takes, and a group that they may be used on. */
const worlds: fc.Arbitrary<WorldOptions> = fc
  .record({
    desired: fc.integer({ min: 0, max: 8 }),
    min: fc.integer({ min: 0, max: 100 }),
    over: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    instanceWarmup: fc.constantFrom(0, 45, 300),
    bootSeconds: fc.constantFrom(0, 20, 200),
    stepSeconds: fc.constantFrom(10, 60),
    skipMatching: fc.boolean(),
    checkpoints: fc.constantFrom<number[]>([], [100], [30, 60, 100]),
    matching: fc.array(fc.boolean(), { maxLength: 8 }),
  })
  .map(({ desired, min, over, instanceWarmup, bootSeconds, stepSeconds, skipMatching, checkpoints, matching }) => ({
    desired,
    bootSeconds,
    stepSeconds,
    members: matching.map((matches) => ({ template: version(matches ? 2 : 1) })),
    preferences: {
      minHealthyPercentage: min,
      maxHealthyPercentage: over === undefined ? undefined : Math.max(100, Math.min(200, min + over)),
      instanceWarmup,
      skipMatching,
      autoRollback: true,
      checkpointPercentages: checkpoints,
      ...(checkpoints.length === 0 ? {} : { checkpointDelay: 120 }),
    } satisfies Partial<RefreshPreferences>,
  }));

const runs = { numRuns: 300 };

test("whatever the preferences: never less healthy than the minimum, never more than the maximum, and it ends", (t) => {
  fc.assert(
    fc.property(worlds, (options) => {
      const world = createWorld(options);
      t.is(world.toEnd().status, "Successful");
      for (const { serving, alive, refresh } of world.moments) {
        t.true(serving >= Math.min(world.bounds.least, options.desired), `${serving} serve`);
        t.true(alive <= world.bounds.most, `${alive} are alive`);
        t.true(refresh.percentageComplete >= 0 && refresh.percentageComplete <= 100);
      }
      t.deepEqual(new Set(world.versions()), new Set(options.desired === 0 ? [] : ["2"]));
      t.is(world.refresh.percentageComplete, 100);
    }),
    runs,
  );
});

test("whatever the preferences: a broken version rolls back to the old one, and the minimum holds all the time", (t) => {
  fc.assert(
    fc.property(worlds, (options) => {
      const world = createWorld({ ...options, members: [], broken: ["2"] });
      const { status } = world.toEnd();
      t.is(status, options.desired === 0 ? "Successful" : "RollbackSuccessful");
      t.true(world.moments.every(({ serving }) => serving >= world.bounds.least));
      t.true(world.moments.every(({ alive }) => alive <= world.bounds.most));
      t.true(world.versions().every((each) => each === "1"));
    }),
    runs,
  );
});

test("whatever happens meanwhile: it ends, with every instance of one version or cancelled", (t) => {
  const happenings = fc.record({
    losses: fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 5 }),
    at: fc.integer({ min: 0, max: 40 }),
    what: fc.constantFrom("cancel", "rollback", "nothing"),
  });
  fc.assert(
    fc.property(worlds, happenings, (options, { losses, at, what }) => {
      const world = createWorld({ ...options, members: [], losses });
      for (let i = 0; i < at && world.refresh.endTime === undefined; i++) world.step();
      const ended = world.refresh.endTime !== undefined;
      if (!ended && what === "cancel") world.request(cancelRefresh);
      if (!ended && what === "rollback") {
        world.request((refresh) => rollbackRefresh(refresh, world.group, world.now, manualRollback));
      }
      const { status } = world.toEnd();
      const expected = { cancel: "Cancelled", rollback: "RollbackSuccessful", nothing: "Successful" }[what];
      t.is(status, ended ? "Successful" : (expected as typeof status));
      const versions = { Successful: "2", RollbackSuccessful: "1" }[status as string];
      if (versions !== undefined) t.true(world.versions().every((each) => each === versions));
    }),
    runs,
  );
});

test("the same again is the same again", (t) => {
  fc.assert(
    fc.property(worlds, fc.boolean(), (options, isBroken) => {
      const trace = () => {
        const world = createWorld({ ...options, broken: isBroken ? ["2"] : [] });
        world.toEnd();
        return world.moments;
      };
      t.deepEqual(trace(), trace());
    }),
    { numRuns: 50 },
  );
});
