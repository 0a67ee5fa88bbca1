// Every type that a program can declare here ends up in a list, or leaves nothing in an account: a new type without a list fails.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { listers, nothingInAws } from "../../../course/emptiness/listers/index.ts";
import { allHandlers } from "../../support/all-handlers.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const listed = new Set([...listers.flatMap(({ types }) => types), ...nothingInAws]);
const isOurs = (type: string) => type.startsWith("annofarm:");

const unlisted = (types: Iterable<string>) =>
  [...new Set(types)].filter((type) => !isOurs(type) && !listed.has(type)).sort();

test("types of the program, by its URNs", (t) => {
  const folder = `${root}test/plan/urns`;
  const types = readdirSync(folder).flatMap((file) =>
    readFileSync(`${folder}/${file}`, "utf8")
      .trim()
      .split("\n")
      .map((urn) => (urn.split("::")[0] ?? "").split("$").at(-1) ?? ""),
  );
  t.true(types.length > 200);
  t.deepEqual(unlisted(types), []);
});

test("types that come to life on one machine", async (t) => {
  const types = Object.keys(await allHandlers());
  t.true(types.length > 40);
  t.deepEqual(unlisted(types), []);
});

/** `import * as sns from "@pulumi/aws/sns/index.js"` and `new sns.Topic(` → the class's type, as Pulumi's SDK has it. */
async function typesIn(source: string): Promise<string[]> {
  const packages = new Map(
    [...source.matchAll(/import \* as (\w+) from "(@pulumi\/aws\/[^"]+)"/g)].map((match) => [match[1], match[2]]),
  );
  const types: string[] = [];
  for (const [, name, className = ""] of source.matchAll(/new (\w+)\.(\w+)\(/g)) {
    const from = packages.get(name);
    if (from === undefined) continue;
    const { [className]: made } = (await import(from)) as Record<string, { __pulumiType?: string }>;
    if (made?.__pulumiType !== undefined) types.push(made.__pulumiType);
  }
  return types;
}

test("types that the components declare, whatever the settings", async (t) => {
  const files = readdirSync(`${root}components`).filter((file) => file.endsWith(".ts"));
  const types = (
    await Promise.all(files.map((file) => typesIn(readFileSync(`${root}components/${file}`, "utf8"))))
  ).flat();
  // Behind a balancer that is there already: no variant of the program's URNs has it.
  t.true(types.includes("aws:lb/listenerRule:ListenerRule"));
  t.deepEqual(unlisted(types), []);
});

test("a type that nothing lists is told", (t) => {
  t.deepEqual(unlisted(["aws:kms/key:Key", "aws:sqs/queue:Queue", "annofarm:index:WebFarm"]), ["aws:kms/key:Key"]);
});

test("each kind is listed once", (t) => {
  const kinds = listers.map(({ kind }) => kind);
  t.is(new Set(kinds).size, kinds.length);
  const types = listers.flatMap((lister) => lister.types);
  t.is(new Set(types).size, types.length);
});
