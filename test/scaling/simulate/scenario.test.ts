// Scenario files: what they may say, and what is said to whoever gets one wrong.
import test from "ava";
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { defaultScenarios } from "../../../scaling/simulate/scenario/defaults.ts";
import { checkScenario, scenarioOf } from "../../../scaling/simulate/scenario/read.ts";
import { readTrace } from "../../../scaling/simulate/scenario/trace.ts";
import { durationOf } from "../../../scaling/simulate/scenario/units.ts";
import { alarm, below, group, policy, simple } from "../declared.ts";

const planOf = (...resources: PlannedResource[]): Plan => ({
  project: "farm",
  stack: "test",
  config: {},
  resources,
  outputs: {},
});
const plan = planOf(group({}, "gas-web"), group({}, "gas-annotator"));
const noFiles = () => {
  throw new Error("no such file");
};
const arrivals = { kind: "arrivals", stages: [{ for: "10 min", to: "300/min" }] } as const;
const scenario = (given: object) =>
  scenarioOf(checkScenario({ farm: "web", duration: "1 h", load: arrivals, ...given }, "test"), plan, noFiles);

test("durations as people and as k6 write them", (t) => {
  t.deepEqual(
    ["90 s", "5 minutes", "1.5h", "1m30s", "500ms", "2 days", "1 hour 5 min"].map(durationOf),
    [90, 300, 5400, 90, 0.5, 172_800, 3900],
  );
  t.deepEqual(["", "soon", "5", "5 parsecs", "-3 s"].map(durationOf), Array(5).fill(undefined));
});

test("the default scenarios are scenarios", (t) => {
  for (const name of ["web", "annotator"] as const) {
    t.is(scenarioOf(checkScenario(defaultScenarios[name], name), plan, noFiles).group, `gas-${name}`);
  }
});

test("a group whose size something decides about that is not modelled is refused with its path", (t) => {
  const forecast = policy("forecast", {
    autoscalingGroupName: "gas-web",
    policyType: "PredictiveScaling",
    adjustmentType: undefined,
    predictiveScalingConfiguration: {
      mode: "ForecastAndScale",
      metricSpecification: {
        targetValue: 50,
        predefinedMetricPairSpecification: { predefinedMetricType: "ASGCPUUtilization" },
      },
    },
  });
  const under = (farm: "web" | "annotator") => () =>
    scenarioOf(
      checkScenario({ farm, duration: "1 h", load: arrivals }, "test"),
      planOf(...plan.resources, forecast),
      noFiles,
    );
  t.throws(under("web"), {
    message:
      /^gas-web cannot be simulated: not modelled: forecast\.predictiveScalingConfiguration\.mode; its curve would be another one/,
  });
  t.notThrows(under("annotator"));
});

test("a metric of the program's own is what the scenario says it is, or refused", (t) => {
  const own = { namespace: "Shop", metricName: "Load", dimensions: { Farm: "gas-web" }, period: 10 };
  const watched = planOf(
    ...plan.resources,
    simple("out", { autoscalingGroupName: "gas-web", scalingAdjustment: 1 }),
    alarm("out", own),
  );
  const under = (publishes: object) => () =>
    scenarioOf(checkScenario({ farm: "web", duration: "1 h", load: arrivals, ...publishes }, "test"), watched, noFiles);
  t.throws(under({}), {
    message: /^out looks at Shop Load, which the farm's own program publishes; if it is the load/,
  });
  const { publishes } = under({ publishes: [{ namespace: "Shop", name: "Load", every: "30 s" }] })();
  t.deepEqual(publishes, [{ namespace: "Shop", name: "Load", everySeconds: 30 }]);
});

test("rates and durations become seconds", (t) => {
  const { sources, seconds } = scenario({});
  t.is(seconds, 3600);
  t.deepEqual(sources, [{ kind: "open", at: 0, from: 0, stages: [{ seconds: 600, to: 5 }] }]);
});

test("a k6 scenario's options make its load", (t) => {
  const { sources } = scenario({
    load: {
      kind: "k6",
      think: ["1 s", "3 s"],
      options: {
        thresholds: { http_req_failed: ["rate<0.01"] },
        scenarios: {
          people: { executor: "ramping-vus", stages: [{ duration: "1m", target: 20 }], gracefulRampDown: "0s" },
          steady: {
            executor: "constant-arrival-rate",
            rate: 30,
            timeUnit: "1m",
            duration: "10m",
            startTime: "2m",
            preAllocatedVUs: 9,
          },
        },
      },
    },
  });
  t.deepEqual(sources, [
    { kind: "closed", at: 0, from: 1, stages: [{ seconds: 60, to: 20 }], think: [1, 3] },
    { kind: "open", at: 120, from: 0.5, stages: [{ seconds: 600, to: 0.5 }] },
  ]);
  const short = scenario({ load: { kind: "k6", options: { vus: 5, duration: "30s" } } }).sources;
  t.deepEqual(short, [{ kind: "closed", at: 0, from: 5, stages: [{ seconds: 30, to: 5 }], think: [0, 0] }]);
});

test("what the plan declares is not told again: drain, checks, visibility, redrive", (t) => {
  const resource = (type: string, name: string, inputs: object, outputs: object = {}): PlannedResource => ({
    ...group({}, name),
    type,
    inputs: { name, ...inputs },
    outputs: { name, ...outputs },
  });
  const declared = planOf(
    group({ targetGroupArns: ["arn:target"] }, "gas-web"),
    resource(
      "aws:lb/targetGroup:TargetGroup",
      "gas-web",
      { deregistrationDelay: 45, healthCheck: { interval: 10, healthyThreshold: 3 } },
      { arn: "arn:target" },
    ),
    group({ protectFromScaleIn: true }, "gas-annotator"),
    resource("aws:sqs/queue:Queue", "jobs", {
      visibilityTimeoutSeconds: 90,
      redrivePolicy: JSON.stringify({ maxReceiveCount: 4 }),
    }),
    simple("in", { scalingAdjustment: -1, autoscalingGroupName: "gas-annotator" }),
    below("in", { namespace: "AWS/SQS", metricName: "NumberOfMessagesSent", dimensions: { QueueName: "jobs" } }),
  );
  const of = (farm: string) =>
    scenarioOf(checkScenario({ farm, duration: "1 h", load: arrivals }, "test"), declared, noFiles).service;
  t.like(of("web"), { healthySeconds: 30, deregistrationSeconds: 45 });
  t.like(of("annotator"), { visibilitySeconds: 90, receives: 4, protects: true });
});

test("an instance runs 15 s after its order and answers after 90, unless the scenario has other times", (t) => {
  const of = (service: object) => scenario({ load: arrivals, service }).service;
  t.like(of({}), { runningSeconds: 15, bootSeconds: 90 });
  t.like(of({ boot: "10 s" }), { runningSeconds: 10, bootSeconds: 10 });
  t.like(of({ running: "40 s" }), { runningSeconds: 40, bootSeconds: 90 });
});

const refusals: [what: string, given: object, messages: RegExp[]][] = [
  ["an unknown farm", { farm: "shop" }, [/farm/]],
  ["no duration", { duration: undefined }, [/duration/]],
  ["a duration in words", { duration: "an hour" }, [/duration: "an hour" is not a duration; write it like/]],
  ["too short", { duration: "5 s" }, [/duration: .*at least a minute/]],
  ["a misspelt key", { durration: "5 s" }, [/durration/]],
  [
    "a rate without a unit",
    { load: { kind: "arrivals", stages: [{ for: "1 h", to: "20" }] } },
    [/stages\[0\]\.to: "20" is not a rate/],
  ],
  ["no stages", { load: { kind: "users", stages: [] } }, [/load\.stages/]],
  [
    "think times the wrong way round",
    { load: { kind: "users", stages: [{ for: 60, to: 5 }], think: [3, 1] } },
    [/load\.think: .*longer/],
  ],
  [
    "an executor that is not followed",
    { load: { kind: "k6", options: { scenarios: { a: { executor: "per-vu-iterations" } } } } },
    [/scenarios\.a\.executor/],
  ],
  ["k6 without load", { load: { kind: "k6", options: {} } }, [/load\.options: .*neither scenarios/]],
  [
    "an answer before it runs",
    { service: { boot: "10 s", running: "20 s" } },
    [/service\.running: it is longer than boot/],
  ],
  ["a share above 1", { service: { errorShare: 4 } }, [/service\.errorShare/]],
  [
    "several at once",
    { duration: "?", service: { rate: 0, concurrency: 1.5 } },
    [/duration/, /service\.rate/, /service\.concurrency/],
  ],
];
for (const [what, given, messages] of refusals) {
  test(`refused: ${what}`, (t) => {
    const error = t.throws(
      () => checkScenario({ farm: "web", duration: "1 h", load: arrivals, ...given }, "mine.json"),
      {
        instanceOf: RangeError,
      },
    );
    t.regex(error.message, /^mine\.json is no scenario:\n/);
    for (const message of messages) t.regex(error.message, message);
  });
}

test("a group that the plan has not is told with those it has", (t) => {
  t.throws(() => scenario({ group: "gas-shop" }), { message: /no group is gas-shop.*gas-web, gas-annotator/ });
  const two = planOf(group({}, "a-web"), group({}, "b-web"));
  const file = checkScenario({ farm: "web", duration: "1 h", load: arrivals }, "test");
  t.throws(() => scenarioOf(file, two, noFiles), { message: /more than one group .*a-web, b-web/ });
});

test("traces: a row an arrival, or counts by minute", (t) => {
  t.deepEqual([...readTrace("seconds\n3\n1.5\n\n2\r\n")], [1.5, 2, 3]);
  const perMinute = [...readTrace("minute,requests\n0,2\n5,3\n")];
  t.is(perMinute.filter((time) => time < 60).length, 2);
  t.is(perMinute.filter((time) => time >= 300 && time < 360).length, 3);
  for (const [text, message] of [
    ["time\n1", /line 1: "time" is neither "seconds" nor "minute,requests"/],
    ["seconds\n1\nx", /line 3: "x" is not a number of seconds/],
    ["minute,requests\n1,-2", /line 2: "1,-2" is not two whole numbers/],
    ["minute,requests\n1", /line 2/],
  ] as const) {
    t.throws(() => readTrace(text), { instanceOf: RangeError, message });
  }
  const given = { load: { kind: "trace", file: "x.csv" } };
  t.throws(() => scenario(given), { message: /trace x\.csv: no such file/ });
});
