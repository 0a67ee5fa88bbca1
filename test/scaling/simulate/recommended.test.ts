// The recommended policies against the course's, each as the project's own program declares it.
import { fileURLToPath } from "node:url";
import test from "ava";
import { readPlan } from "../../../plan/plan.ts";
import type { Plan } from "../../../plan/types.ts";
import { loads } from "../../../scaling/simulate/compare/loads.ts";
import { type Measures, measure } from "../../../scaling/simulate/compare/measure.ts";
import { needOf } from "../../../scaling/simulate/compare/need.ts";
import type { Scenario } from "../../../scaling/simulate/model.ts";
import { checkScenario, scenarioOf } from "../../../scaling/simulate/scenario/read.ts";
import { simulate } from "../../../scaling/simulate/simulate.ts";

const directory = fileURLToPath(new URL("../../..", import.meta.url));
const declared = (kind: string) =>
  readPlan({ directory, stack: "dev", config: { webScaling: kind, annotatorScaling: kind } });

let plans: Record<"course" | "recommended", Plan>;
test.before(async () => {
  plans = { course: await declared("course"), recommended: await declared("recommended") };
});

function measured(kind: "course" | "recommended", given: unknown): Measures {
  const scenario: Scenario = scenarioOf(checkScenario(given, "a test"), plans[kind], () => "");
  return measure(scenario, needOf(scenario), simulate(scenario, 1));
}

/** As slow as the course's instances, under as many people. */
const courseLike = {
  farm: "web",
  duration: "2 h 40 min",
  load: [
    {
      kind: "users",
      stages: [
        { for: "10 s", to: 238 },
        { for: "50 min", to: 238 },
        { for: "0 s", to: 0 },
      ],
    },
    { kind: "arrivals", at: "50 min", from: "2/min", stages: [{ for: "110 min", to: "2/min" }] },
  ],
  service: { rate: "4.9/s", queueLimit: 100_000, timeout: "600 s", errorShare: 0.04 },
};

test("on the course's load: enough in a quarter of the time, at no more instance-hours, and back", (t) => {
  const [course, recommended] = [measured("course", courseLike), measured("recommended", courseLike)];
  t.true((recommended.enoughAfter ?? 99) * 4 <= (course.enoughAfter ?? 99), JSON.stringify([course, recommended]));
  t.true(recommended.instanceHours <= course.instanceHours);
  t.not(recommended.backAfter, undefined);
  t.true(recommended.turns <= 1, "out, and in, and no more");
});

for (const farm of ["web", "annotator"] as const) {
  test(`${farm}: a class that comes at once has enough in a quarter of the course's time`, (t) => {
    const [course, recommended] = [measured("course", loads[farm].class), measured("recommended", loads[farm].class)];
    t.true((recommended.enoughAfter ?? 99) * 4 <= (course.enoughAfter ?? 48), JSON.stringify([course, recommended]));
    // More than the course's, which is too small for half of the lesson; and it waits before it shrinks.
    t.true(recommended.instanceHours <= 1.2 * course.instanceHours);
    t.true((recommended.backAfter ?? 99) < (course.backAfter ?? 99));
    t.is(recommended.turns, 1);
  });

  test(`${farm}: a quiet day takes the least size, and hardly anything more`, (t) => {
    const { instanceHours, turns } = measured("recommended", loads[farm].quiet);
    t.true(instanceHours < 6.3, `2 instances for 3 h are 6; it took ${instanceHours}`);
    t.true(turns <= 2);
  });
}

/** Seven minutes of six instances' worth out of a quarter, again and again for two hours. */
const waves = {
  farm: "web",
  duration: "140 min",
  load: {
    kind: "arrivals",
    from: "10/s",
    stages: [
      { for: "14 min", to: "10/s" },
      ...Array.from({ length: 9 }, () => [
        { for: "0 s", to: "240/s" },
        { for: "7 min", to: "240/s" },
        { for: "0 s", to: "10/s" },
        { for: "7 min", to: "10/s" },
      ]).flat(),
    ],
  },
};

test("a load that comes back each 14 minutes finds the farm as it was", (t) => {
  const { turns, short } = measured("recommended", waves);
  t.true(turns <= 1, "no growing and shrinking with each wave");
  t.true(short <= 3, "short for the first wave alone");
});

test("a steady load keeps what it needs, whatever came of the queues before", (t) => {
  const steady = {
    farm: "web",
    duration: "1 h",
    load: {
      kind: "arrivals",
      from: "10/s",
      stages: [
        { for: "0 s", to: "100/s" },
        { for: "1 h", to: "100/s" },
      ],
    },
  };
  const { instanceHours } = measured("recommended", steady);
  t.true(instanceHours < 4.2, `four instances at two thirds each for an hour; it took ${instanceHours}`);
});
