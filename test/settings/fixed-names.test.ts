// Two resources of one name cannot stand at the same time, so whatever makes one anew under the name that it has leaves a gap.
import { fileURLToPath } from "node:url";
import test from "ava";
import { replaces, ruleOf } from "../../local/engine/plugin/rules.ts";
import { readPlan } from "../../plan/plan.ts";
import type { PlannedResource } from "../../plan/types.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));

/** Settings under which every type stands that the program can declare under a fixed name. */
const stacks: readonly Readonly<Record<string, string>>[] = [
  {},
  {
    store: "vault",
    instances: "private",
    endpoints: "interface",
    flowLogs: "all",
    operatorEmail: "me@example.org",
    budget: "40",
    spot: "true",
    webSchedule: "0 8 * * * = 6",
  },
  { production: "true", webScaling: "requestsPerTarget", annotatorScaling: "backlogPerInstance" },
];

/** What would make a resource of a fixed name anew beside another name, and why nothing does. */
const stated: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "aws:dynamodb/table:Table": { hashKey: "the key of a job is part of the contract" },
  "aws:lb/loadBalancer:LoadBalancer": { internal: "always false", loadBalancerType: "always application" },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { logGroupName: "log groups keep their names" },
};

/** Inputs that make this resource anew under the name that it has. */
function anewUnderItsName({ type, inputs, deleteBeforeReplace, ignoreChanges = [] }: PlannedResource): string[] {
  const rule = ruleOf(type);
  if (rule.name === undefined || inputs[rule.name] === undefined || deleteBeforeReplace === false) return [];
  const others = Object.keys(inputs).filter((input) => input !== rule.name && !ignoreChanges.includes(input));
  return others.filter((input) => replaces(rule, input));
}

test("what has a fixed name is made anew under another one, beside the old one, or not at all", async (t) => {
  const found: Record<string, Set<string>> = {};
  for (const config of stacks) {
    const { resources } = await readPlan({ directory, stack: "dev", config, onOutput: () => {} });
    for (const resource of resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))) {
      for (const input of anewUnderItsName(resource)) {
        found[resource.type] ??= new Set();
        found[resource.type]?.add(input);
      }
    }
  }
  const inputs = Object.fromEntries(Object.entries(found).map(([type, names]) => [type, [...names].sort()]));
  t.deepEqual(inputs, Object.fromEntries(Object.entries(stated).map(([type, why]) => [type, Object.keys(why)])));
});
