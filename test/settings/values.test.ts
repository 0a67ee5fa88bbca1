// The documented values that other tests combine, and the rows that they are combined in.

import { readFile } from "node:fs/promises";
import test from "ava";
import { coverPairs, pairsOf } from "../support/settings/pairs.ts";
import { conflictingRows, coveringRows } from "../support/settings/rows.ts";
import { parameters } from "../support/settings/values.ts";
import { knownSettings, objectionTo, stackValues } from "../support/text/settings.ts";

const covered = (rows: readonly (readonly number[])[]) =>
  new Set(
    rows.flatMap((row) =>
      row.flatMap((value, parameter) =>
        row.slice(parameter + 1).map((other, step) => `${parameter}=${value},${parameter + 1 + step}=${other}`),
      ),
    ),
  );

test("every setting has values, and those of few words have every word", (t) => {
  const valuesOf = new Map<string, Set<string>>();
  for (const values of parameters.flatMap((parameter) => parameter.values)) {
    for (const [key, value] of Object.entries(values)) valuesOf.set(key, (valuesOf.get(key) ?? new Set()).add(value));
  }
  t.deepEqual(
    [...knownSettings].filter((key) => !valuesOf.has(key)),
    [],
  );
  t.deepEqual(
    [...valuesOf.keys()].filter((key) => !knownSettings.has(key)),
    [],
  );
  let words = 0;
  for (const [key, values] of valuesOf) {
    const [, choices] =
      new RegExp(`annofarm:${key}: "no such word" is unknown; give one of (.+)`).exec(
        objectionTo({}, { [key]: "no such word" }) ?? "",
      ) ?? [];
    for (const word of choices?.split(", ") ?? []) {
      words++;
      t.true(values.has(word), `${key}: ${word}`);
    }
  }
  t.true(words > 25, `${words} words`);
});

test("the first values are those of Pulumi.dev.yaml", async (t) => {
  const stack = stackValues(await readFile("Pulumi.dev.yaml", "utf8"));
  for (const [key, value] of parameters.flatMap(({ values }) => Object.entries(values[0] ?? {}))) {
    t.is(stack[key] ?? "", value, key);
  }
});

test("rows have every pair that goes together and none that does not, and are far fewer than all", (t) => {
  const { rows, impossible } = coveringRows();
  const found = covered(rows);
  const wanted = pairsOf(parameters).length - conflictingPairs() - impossible.length;
  t.is(found.size, wanted);
  t.true(rows.length < 60, `${rows.length} rows`);
  // Zero instances have no backlog each, and figures are of rules on the backlog: no scaling is left.
  t.deepEqual(
    impossible.map((pair) => pair.map(({ parameter }) => parameters[parameter]?.name)),
    [1, 2, 3].map(() => ["annotatorMin", "annotator figures"]),
  );
  t.deepEqual(coveringRows().rows, rows);
});

const conflictingPairs = () => conflictingRows().length;

test("a pair that goes with no third value is said to be impossible", (t) => {
  const three = ["a", "b", "c"].map((name) => ({ name, values: [0, 1] }));
  const refused = new Set(["0=1,2=0", "1=1,2=1"]);
  const { rows, impossible } = coverPairs(three, (...pair) =>
    refused.has(pair.map(({ parameter, value }) => `${parameter}=${value}`).join(",")),
  );
  t.deepEqual(
    impossible.map((pair) => pair.map(({ parameter, value }) => `${parameter}=${value}`)),
    [["0=1", "1=1"]],
  );
  t.false(rows.some((row) => row[0] === 1 && row[1] === 1));
});
