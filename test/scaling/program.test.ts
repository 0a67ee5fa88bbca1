// The project's own declaration, as the engine reads it.
import { fileURLToPath } from "node:url";
import test from "ava";
import { readPlan } from "../../plan/plan.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));

test("the deployed stack's farms: bounds, policies, alarms, and nothing refused", async (t) => {
  const plan = await readPlan({
    directory,
    stack: "dev",
    config: { annotatorScaling: "backlogPerInstance", names: "owner" },
  });
  const scaling = readScalingPlan(plan);
  t.deepEqual(
    // In the order of their names: that of their registration is the engine's.
    [...scaling.groups]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, min, max, policies }) => [name, min, max, policies.map(({ kind }) => kind)]),
    [
      ["gas-annotator", 2, 10, ["target"]],
      ["gas-utility", 1, 1, []],
      ["gas-web", 2, 10, ["step", "step"]],
    ],
  );
  const backlog = scaling.alarms.filter(({ side }) => side !== undefined);
  t.deepEqual(
    backlog.map(({ side, rule, reading }) => [side, rule.threshold, Object.keys(reading.sources)]),
    [
      ["high", 2, ["visible", "inFlight", "inService"]],
      ["low", 1.8, ["visible", "inFlight", "inService"]],
    ],
  );
  t.like(
    scaling.groups.find(({ name }) => name === "gas-annotator"),
    { protectsNew: true, hooks: [{ transition: "terminating", defaultResult: "CONTINUE" }] },
  );
  t.deepEqual(
    scaling.remarks.filter((remark) => !/dead-letters|-failing/.test(remark)),
    [],
  );
});
