// What holds for every farm, load and accident.
import test from "ava";
import fc from "fast-check";
import type { ScalingDecision } from "../../../scaling/engine/events.ts";
import type { EngineState } from "../../../scaling/engine/state.ts";
import type { ScalingPlan } from "../../../scaling/scaling-plan.ts";
import { alarm, below, group, hook, scalingOf, simple, stepwise, tracking } from "../declared.ts";
import { drive, gauge, minute, requests } from "../drive.ts";

const plans: Record<string, () => ScalingPlan> = {
  simple: () =>
    scalingOf([
      group({ minSize: 2, maxSize: 6 }),
      simple("out", { scalingAdjustment: 3, cooldown: 60 }),
      alarm("out"),
      simple("in", { scalingAdjustment: -2, cooldown: 60 }),
      below("in", { threshold: 50, treatMissingData: "breaching" }),
    ]),
  step: () =>
    scalingOf([
      group({ minSize: 1, maxSize: 8, protectFromScaleIn: true }),
      stepwise("out", [{ metricIntervalLowerBound: "0", scalingAdjustment: 60 }], {
        adjustmentType: "PercentChangeInCapacity",
        estimatedInstanceWarmup: 150,
      }),
      alarm("out"),
      stepwise("in", [{ metricIntervalUpperBound: "0", scalingAdjustment: -2 }]),
      below("in", { threshold: 50 }),
      hook("drain", "TERMINATING", { heartbeatTimeout: 60 }),
    ]),
  tracking: () =>
    scalingOf([group({ minSize: 1, maxSize: 8 }), tracking("jobs", 10), tracking("mails", 10, "mails")], {
      targetTracking: { highPeriods: 1, lowPeriods: 2 },
    }),
};

interface Minute {
  readonly requests: number | undefined;
  readonly jobs: number;
  readonly mails: number;
  /** Something that befalls the instance of that index, some seconds into the minute. */
  readonly accident:
    | { readonly kind: "lost" | "unhealthy" | "protect" | "release"; readonly index: number }
    | undefined;
}

const minuteOf: fc.Arbitrary<Minute> = fc.record({
  requests: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  jobs: fc.integer({ min: 0, max: 120 }),
  mails: fc.integer({ min: 0, max: 120 }),
  accident: fc.option(
    fc.record({
      kind: fc.constantFrom("lost" as const, "unhealthy" as const, "protect" as const, "release" as const),
      index: fc.nat(7),
    }),
    { nil: undefined },
  ),
});

const world = fc.record({
  plan: fc.constantFrom(...Object.keys(plans)),
  seed: fc.integer(),
  bootSeconds: fc.integer({ min: 0, max: 400 }),
  goneSeconds: fc.integer({ min: 0, max: 200 }),
  minutes: fc.array(minuteOf, { minLength: 5, maxLength: 40 }),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs a world; `look` sees each decision with the state it was made in. */
function run(
  given: World,
  look: (decision: ScalingDecision, state: EngineState, plan: ScalingPlan) => void = () => {},
) {
  const plan = (plans[given.plan] as () => ScalingPlan)();
  const farm = drive(plan, {
    ...given,
    answer: (decision, state) => {
      look(decision, state, plan);
      return [];
    },
  });
  for (const { requests: count, jobs, mails, accident } of given.minutes) {
    const inService = farm.group().instances.filter(({ phase }) => phase === "InService").length;
    farm.minutes(1, [
      ...(count === undefined ? [] : [requests(count)]),
      gauge("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName: "jobs" }, jobs),
      gauge("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName: "mails" }, mails),
      gauge("AWS/AutoScaling", "GroupInServiceInstances", { AutoScalingGroupName: "farm" }, inService),
    ]);
    const instanceId = farm.group().instances[accident?.index ?? 0]?.id;
    if (accident === undefined || instanceId === undefined) continue;
    const at = farm.state().now + 7_000;
    if (accident.kind === "lost") farm.send({ kind: "lost", at, instanceId });
    else if (accident.kind === "unhealthy") farm.send({ kind: "health", at, instanceId, by: "EC2", healthy: false });
    else farm.send({ kind: "protection", at, instanceId, protected: accident.kind === "protect" });
  }
  return farm;
}

const held = (property: fc.IProperty<[World]>) => fc.assert(property, { numRuns: 150 });

test("capacity stays within bounds, and as many instances are active or ordered as are desired, protection and balancing aside", (t) => {
  held(
    fc.property(world, (given) => {
      const farm = run(given);
      for (const { to } of farm.of("desired")) {
        t.true(to >= farm.group().min && to <= farm.group().max);
      }
      const { desired, ordered, instances, surplus } = farm.group();
      const members = instances.filter(({ phase }) => !phase.startsWith("Terminating"));
      const has = members.length + ordered.length;
      const wanted = desired + surplus;
      t.true(has === wanted || (has > wanted && members.filter((each) => !each.protected).length === 0));
    }),
  );
});

test("no scale-in by a policy while instances warm", (t) => {
  held(
    fc.property(world, (given) => {
      run(given, (decision, { groups }, plan) => {
        if (decision.kind !== "desired" || decision.to >= decision.from) return;
        t.truthy(plan.groups[0]?.policies.some(({ name }) => name === decision.by));
        const warm = groups.farm?.instances.every(
          ({ phase, inServiceAt, warmUpSeconds }) =>
            warmUpSeconds === undefined ||
            phase.startsWith("Terminating") ||
            (inServiceAt !== undefined && decision.at >= inServiceAt + warmUpSeconds * 1000),
        );
        t.true(warm);
      });
    }),
  );
});

test("all target tracking policies agree when the group shrinks", (t) => {
  held(
    fc.property(world, (given) => {
      run({ ...given, plan: "tracking" }, (decision, { alarms }) => {
        if (decision.kind !== "desired" || decision.to >= decision.from) return;
        const low = Object.entries(alarms).filter(([name]) => name.endsWith("AlarmLow"));
        t.deepEqual(
          low.map(([, { state }]) => state),
          ["ALARM", "ALARM"],
        );
      });
    }),
  );
});

test("nobody busy, that is protected, is chosen to scale in", (t) => {
  held(
    fc.property(world, (given) => {
      run({ ...given, plan: "step" }, (decision, { groups }) => {
        if (decision.kind !== "terminate" || !decision.cause.includes("triggered policy")) return;
        t.false(groups.farm?.instances.find(({ id }) => id === decision.instanceId)?.protected);
      });
    }),
  );
});

test("same seed, same trace; the state given to a step is left as it is", (t) => {
  held(
    fc.property(world, (given) => {
      const farm = run(given);
      t.deepEqual(farm.decisions, run(given).decisions);
      t.deepEqual(JSON.parse(JSON.stringify(farm.state())).groups.farm.desired, farm.group().desired);
      t.true(farm.state().now >= given.minutes.length * minute);
    }),
  );
});
