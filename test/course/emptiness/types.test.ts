// Every type that a program can declare here ends up in a list, or leaves nothing in an account: a new type without a list fails.
import test from "ava";
import { listers } from "../../../course/emptiness/listers/index.ts";
import { resourceTypes } from "../../../plan/resource-types/all.ts";
import { type InAccount, nothing } from "../../../plan/resource-types/resource-type.ts";
import { allHandlers } from "../../support/all-handlers.ts";
import { typesOfTheProgram, typesUnder } from "../../support/declared-types.ts";

const kinds = listers.map(({ kind }) => kind);
const isFound = (at: InAccount) => at === nothing || (typeof at !== "symbol" && kinds.includes(at.kind));
const listed = new Set(
  Object.entries(resourceTypes).flatMap(([type, { inAccount }]) => (isFound(inAccount) ? [type] : [])),
);
const isOurs = (type: string) => type.startsWith("annofarm:");

const unlisted = (types: Iterable<string>) =>
  [...new Set(types)].filter((type) => !isOurs(type) && !listed.has(type)).sort();

test("types of the program, by its URNs", (t) => {
  const types = typesOfTheProgram();
  t.true(types.length > 200);
  t.deepEqual(unlisted(types), []);
});

test("types that come to life on one machine", async (t) => {
  const types = Object.keys(await allHandlers());
  t.true(types.length > 40);
  t.deepEqual(unlisted(types), []);
});

test("types that the components declare, whatever the settings", async (t) => {
  const types = await typesUnder("components");
  // Behind a balancer that is there already: no variant of the program's URNs has it.
  t.true(types.includes("aws:lb/listenerRule:ListenerRule"));
  t.deepEqual(unlisted(types), []);
});

test("a type that nothing lists is told", (t) => {
  t.deepEqual(unlisted(["aws:kms/key:Key", "aws:sqs/queue:Queue", "annofarm:index:WebFarm"]), ["aws:kms/key:Key"]);
});

test("each kind is listed once", (t) => {
  t.is(new Set(kinds).size, kinds.length);
});

test("types name kinds that have a list", (t) => {
  const named = Object.values(resourceTypes).flatMap(({ inAccount }) =>
    typeof inAccount === "symbol" ? [] : [inAccount.kind],
  );
  t.deepEqual(
    named.filter((kind) => !kinds.includes(kind)),
    [],
  );
});
