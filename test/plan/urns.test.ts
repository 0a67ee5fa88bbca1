// Names of children are API: another name is another resource, and a table or bucket of another name is an empty one. Whoever
// changes one on purpose adds an alias in the component and writes the list anew: UPDATE_URNS=1 npx ava test/plan/urns.test.ts
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { readPlan } from "../../plan/plan.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));
const variants: Readonly<Record<string, { stack: string; config: Readonly<Record<string, string>> }>> = {
  local: { stack: "local", config: {} },
  "everything-else": {
    stack: "dev",
    config: {
      domain: "example.org",
      operatorEmail: "me@example.org",
      production: "true",
      spot: "true",
      instances: "private",
      store: "vault",
      annotatorScaling: "backlogPerInstance",
      webScaling: "requestsPerTarget",
      webSchedule: "50 17 * * MON-FRI = 6; 0 21 * * MON-FRI = 2",
    },
  },
};

for (const [name, variant] of Object.entries(variants)) {
  test(`URNs of the ${name} program are those of the last release`, async (t) => {
    const file = fileURLToPath(new URL(`urns/${name}.txt`, import.meta.url));
    const { resources } = await readPlan({ directory, ...variant, onOutput: () => {} });
    const urns = resources.map(({ urn }) => urn.replace(/^urn:pulumi:[^:]+::[^:]+::/, "")).sort();
    if (process.env.UPDATE_URNS) writeFileSync(file, `${urns.join("\n")}\n`);
    t.deepEqual(urns, readFileSync(file, "utf8").trim().split("\n"));
  });
}

test("what holds data is protected in production, and only there", async (t) => {
  const stateful = /:(Bucket|Table|Vault)$/;
  for (const [production, store] of [
    [true, "vault"],
    [true, "s3"],
    [false, "s3"],
  ] as const) {
    const config = { production: String(production), store };
    const { resources } = await readPlan({ directory, stack: "dev", config, onOutput: () => {} });
    const holding = resources.filter(({ type }) => stateful.test(type));
    t.true(holding.length >= 7);
    t.deepEqual(
      holding.filter(({ protect }) => protect !== production).map(({ urn }) => urn),
      [],
    );
    t.deepEqual(
      resources.filter(({ type, protect }) => protect && !stateful.test(type)).map(({ urn }) => urn),
      [],
    );
  }
});
