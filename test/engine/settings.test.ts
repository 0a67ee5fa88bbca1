// Each setting edited on a live stack, from Pulumi.dev.yaml to each of its other values: what the engine previews is what the table of
// docs/operations.md is made of.
import test from "ava";
import type { Emulator } from "../../local/types.ts";
import type { EngineStep } from "../../plan/engine/host/messages.ts";
import { type ReadPlan, withPlans } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import { testEmulator } from "../support/emulator.ts";
import { editedFromBase } from "../support/settings/edits.ts";
import { effectsOf } from "../support/settings/effects.ts";
import { parameters, type Values } from "../support/settings/values.ts";
import { makeNeighbours, makeZone, type Neighbours } from "./neighbours.ts";
import { noPulumi, programDirectory, pulumiForTests, type TestStack, testStack } from "./support.ts";

const pulumi = await pulumiForTests();
if (pulumi === undefined) test(noPulumi, (t) => t.pass());
const engineTest = pulumi === undefined ? test.skip : test.serial;

/** The service's own program. */
const program = "../..";
let emulator: Emulator;
let neighbours: Neighbours;
let stack: TestStack;
test.before(async () => {
  if (pulumi === undefined) return;
  emulator = await testEmulator();
  await makeZone(emulator, "example.org");
  neighbours = await makeNeighbours(emulator);
  stack = testStack(pulumi, emulator, { program, stack: "dev" });
  await (await stack.under({})).run("up");
});
test.after.always(() => emulator?.stop());

/** A plan does without the things that it names; the engine looks them up. */
function inPlace(config: Values): Values {
  if (config.vpcId === undefined) return config;
  const { vpcId, subnetIds, balancerSecurityGroupId, listenerArn } = neighbours;
  const real: Values = {
    vpcId,
    instanceSubnets: subnetIds.join(),
    publicSubnets: subnetIds.join(),
    balancerSecurityGroup: balancerSecurityGroupId,
    listenerArn,
  };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, real[key] ?? value]));
}

/** Types by what is done to them. */
function previewed(steps: readonly EngineStep[]): Record<"updated" | "replaced" | "comes", ReadonlySet<string>> {
  const typesOf = (...ops: readonly string[]) =>
    new Set(
      steps
        .filter(({ op, type }) => ops.includes(op) && !/^(pulumi|annofarm):/.test(type))
        .map(({ type }) => type.split(":").at(-1) ?? type),
    );
  return { updated: typesOf("update"), replaced: typesOf("create-replacement"), comes: typesOf("create", "delete") };
}

const sorted = (effects: ReturnType<typeof previewed>) =>
  Object.fromEntries(Object.entries(effects).map(([key, types]) => [key, [...types].sort()]));

/** Whether both declare the same, so that no edit is left: one value of most settings says in words what the default is. */
const areSame = (one: Plan, other: Plan) => JSON.stringify(one.resources) === JSON.stringify(other.resources);

const planOf = (read: ReadPlan, config: Values): Promise<Plan> =>
  read({ directory: programDirectory(program), stack: "dev", config, onOutput: () => {} });

for (const [parameter, { name }] of parameters.entries()) {
  const edits = editedFromBase(parameter);
  // What two plans do not tell of names and owners, docs/upgrade.md and edits.test.ts do.
  if (edits.length === 0 || name === "names") continue;
  engineTest(`${name}: ${edits.length} edits`, async (t) => {
    const expected = await withPlans(async (read) => {
      const base = await planOf(read, {});
      const all: { config: Values; effects: ReturnType<typeof effectsOf> }[] = [];
      for (const config of edits.map(inPlace)) {
        const plan = await planOf(read, config);
        if (!areSame(base, plan)) all.push({ config, effects: effectsOf(base, plan) });
      }
      return all;
    });
    t.true(expected.length > 0, "no value makes a difference");
    const previews = expected.map(async ({ config, effects: { updated, replaced, comes } }) => {
      const { steps } = await (await stack.under(config)).run("preview");
      t.deepEqual(sorted(previewed(steps)), sorted({ updated, replaced, comes }), JSON.stringify(config));
    });
    await Promise.all(previews);
  });
}
