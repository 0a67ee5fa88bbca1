// Each setting edited on a live stack, from Pulumi.dev.yaml to each of its other values: what the engine previews is what the table of
// docs/operations.md is made of. Edits that touch different resources are previewed at once.
import test from "ava";
import type { Emulator } from "../../local/types.ts";
import type { EngineStep } from "../../plan/engine/host/messages.ts";
import { withPlans } from "../../plan/plan.ts";
import { clientsOf } from "../support/clients.ts";
import { testEmulator } from "../support/emulator.ts";
import { editedFromBase } from "../support/settings/edits.ts";
import { type Effect, effectsOf } from "../support/settings/effects.ts";
import { conflictOf, type Values } from "../support/settings/values.ts";
import { shareZone } from "../support/shared.ts";
import { makeNeighbours, type Neighbours } from "./neighbours.ts";
import { doings, noPulumi, programDirectory, pulumiForTests, type TestStack, testStack } from "./support.ts";

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
  await shareZone(clientsOf(emulator, emulator.region), "example.org");
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

interface Edit {
  readonly config: Values;
  readonly effects: readonly Effect[];
}

const said = ({ what, type, name }: Effect) => `${what} ${type} ${name}`;

/** What most edits touch: it tells no two of them apart. */
const common = new Set(["Dashboard", "Group", "LaunchTemplate"]);
const own = ({ effects }: Edit) =>
  effects.filter(({ type }) => !common.has(type)).map(({ type, name }) => `${type} ${name}`);

const areApart = (one: Edit, other: Edit) =>
  conflictOf(one.config, other.config) === undefined &&
  !Object.keys(one.config).some((key) => key in other.config) &&
  !own(one).some((each) => own(other).includes(each));

/** Edits that touch different resources are made at once: what the engine does beside is seen all the same. */
function together(edits: readonly Edit[]): Edit[][] {
  const groups: Edit[][] = [];
  for (const edit of edits) {
    const group = groups.find((each) => each.every((other) => areApart(edit, other)));
    if (group === undefined) groups.push([edit]);
    else group.push(edit);
  }
  return groups;
}

/** Of resources: an effect on a component is one on what it is made of. A VPC of awsx is a component and its whole. */
function previewed(steps: readonly EngineStep[]): string[] {
  const ofResources = steps.filter(({ type }) => !/^(pulumi|annofarm):/.test(type));
  return [...new Set(doings({ steps: ofResources }))];
}

/** Edits to preview at once, with what all of them do. A value that says in words what the default is edits nothing. */
async function editsOf(): Promise<Edit[]> {
  return withPlans(async (read) => {
    const planOf = (config: Values) =>
      read({ directory: programDirectory(program), stack: "dev", config, onOutput: () => {} });
    const base = await planOf({});
    const edits: Edit[] = [];
    for (const config of editedFromBase().map(inPlace)) {
      const plan = await planOf(config);
      const isEdit = JSON.stringify(plan.resources) !== JSON.stringify(base.resources);
      if (isEdit) edits.push({ config, effects: effectsOf(base, plan).effects });
    }
    const groups = together(edits).map((group): Values => Object.assign({}, ...group.map(({ config }) => config)));
    const all: Edit[] = [];
    for (const config of groups) all.push({ config, effects: effectsOf(base, await planOf(config)).effects });
    return all;
  });
}

engineTest("the engine previews of every setting's edits what the table says", async (t) => {
  const edits = await editsOf();
  t.log(`${edits.length} previews`);
  for (const { config, effects } of edits) {
    const { steps } = await (await stack.under(config)).run("preview");
    t.deepEqual(previewed(steps), effects.map(said).sort(), JSON.stringify(config));
  }
});
