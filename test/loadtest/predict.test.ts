// What a load test's prediction is told of instances and of what goes wrong around them, and what becomes of it.
import test from "ava";
import { beliefOf, loadScenario, type ServiceBelief } from "../../loadtest/measure/predict.ts";
import { checkScenario } from "../../scaling/simulate/scenario/read.ts";
import { group } from "../scaling/declared.ts";

const plan = { project: "farm", stack: "test", config: {}, resources: [group({}, "gas-web")], outputs: {} };
const arrivals = { kind: "arrivals", stages: [{ for: "10 min", to: "300/min" }] } as const;

/** As `--assume` gives it: of a scenario file. */
const assumed = (given: object) => ({
  path: "bad-day.json",
  file: checkScenario({ farm: "web", duration: "1 h", load: arrivals, ...given }, "bad-day.json"),
});
const declared = [{ group: "gas-web", kind: "web", rate: 4.9, concurrency: 1 }] as never;

const scenarioOf = (belief: ServiceBelief) =>
  loadScenario({
    name: "web",
    farm: "web",
    plan,
    inspected: { options: { vus: 2, duration: "3m" }, think: [1, 3], seconds: 180, parameters: {} },
    belief,
    seconds: 180,
    timeout: 60,
  });

test("a prediction under a scenario file has its service, conditions and metrics, and the load test's load", (t) => {
  const file = {
    service: { rate: "9/s", boot: "45 s", servesAbandoned: true, retries: { attempts: 2, pause: "1 s" } },
    conditions: {
      metricDelay: "2 min",
      launchFailures: [{ from: "1 min", for: "6 min", zone: 1 }, { from: "9 min" }],
      zeroDatapoints: true,
    },
    publishes: [{ namespace: "Shop", name: "Load", every: "10 s" }],
  };
  const belief = beliefOf("web", "gas-web", declared, { assumed: assumed(file) });
  if (typeof belief === "string") return t.fail(belief);
  t.is(belief.source, "service and conditions of bad-day.json");
  const scenario = scenarioOf(belief);
  t.like(scenario.service, { rate: 9, bootSeconds: 45, servesAbandoned: true, timeoutSeconds: 60 });
  t.like(scenario.service, { retries: { attempts: 2, pauseSeconds: 1 } });
  t.is(scenario.conditions.metricDelayMinutes, 2);
  t.true(scenario.conditions.zeroDatapoints);
  t.deepEqual(
    scenario.conditions.launchFailures.map(({ from, to, zone }) => [from, to, zone]),
    [
      [60, 420, 0],
      [540, Number.POSITIVE_INFINITY, undefined],
    ],
  );
  t.like(scenario.publishes?.[0], { namespace: "Shop", name: "Load", everySeconds: 10 });
  t.is(scenario.seconds, 180);
  t.like(scenario.sources[0], { kind: "closed", think: [1, 3] });
});

test("without one, nothing goes wrong around the farm", (t) => {
  const belief = beliefOf("web", "gas-web", declared, {});
  if (typeof belief === "string") return t.fail(belief);
  t.deepEqual(scenarioOf(belief).conditions.launchFailures, []);
  t.is(scenarioOf(belief).conditions.metricDelayMinutes, 0);
});

test("what is assumed of the other farm is refused by name", (t) => {
  t.throws(() => beliefOf("annotator", "gas-annotator", declared, { assumed: assumed({}) }), {
    message: "--assume bad-day.json is of farm web, and the load is of annotator",
  });
});
