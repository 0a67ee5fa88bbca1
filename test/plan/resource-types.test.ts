// Whatever a program of this repository declares is known: no registry is silent about a type by omission.
import { readdirSync } from "node:fs";
import test from "ava";
import { resourceTypes } from "../../plan/resource-types/all.ts";
import { notRunHere } from "../../plan/resource-types/resource-type.ts";
import { typesOfTheProgram, typesUnder } from "../support/declared-types.ts";

const fileOf = (type: string) => `plan/resource-types/${/^aws:(\w+)\//.exec(type)?.[1] ?? type.split(":")[0]}.ts`;

/** What is missing of these types, a line each. */
function missing(types: readonly string[]): string[] {
  return [...new Set(types)]
    .filter((type) => /^(aws|awsx|tls):/.test(type))
    .sort()
    .flatMap((type) => {
      const known = resourceTypes[type];
      if (known === undefined) return [`${type} is not known: add it to ${fileOf(type)}`];
      if (known.replacement !== notRunHere) return [];
      return [`${type} has no replacement and no handler: give both, in ${fileOf(type)} and local/aws/`];
    });
}

test("every type that the program declares is known and comes to life here", (t) => {
  t.deepEqual(missing(typesOfTheProgram()), []);
});

test("every type that components, examples and the tests' programs declare is known and comes to life here", async (t) => {
  const types = await Promise.all(["components", "examples", "test/plan/programs"].map(typesUnder));
  t.true(types.flat().includes("aws:lb/listenerRule:ListenerRule"));
  t.deepEqual(missing(types.flat()), []);
});

test("what is missing is told with its place", (t) => {
  t.deepEqual(
    missing(["aws:rds/instance:Instance", "aws:kms/key:Key", "aws:sns/topic:Topic", "annofarm:index:WebFarm"]),
    [
      "aws:kms/key:Key has no replacement and no handler: give both, in plan/resource-types/kms.ts and local/aws/",
      "aws:rds/instance:Instance is not known: add it to plan/resource-types/rds.ts",
    ],
  );
});

test("each type stands in the file of its service, which the list of all has", async (t) => {
  const folder = new URL("../../plan/resource-types/", import.meta.url);
  const tables = await Promise.all(
    readdirSync(folder).map(async (file) => {
      const exported = (await import(new URL(file, folder).href)) as Record<string, object>;
      return [file, Object.keys(exported[file.slice(0, -3)] ?? {})] as const;
    }),
  );
  const types = tables
    .filter(([file]) => file !== "all.ts")
    .flatMap(([file, found]) => found.map((type) => [file, type]));
  t.deepEqual(
    types.filter(([file, type = ""]) => fileOf(type) !== `plan/resource-types/${file}`),
    [],
  );
  t.deepEqual(types.map(([, type]) => type).sort(), Object.keys(resourceTypes).sort());
});
