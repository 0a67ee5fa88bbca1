// The rosters of 100 with everything that goes wrong in real ones: every mistake by its line, the flawless rest read.
import { readFileSync } from "node:fs";
import test from "ava";
import { parseRoster } from "../../../course/roster/read.ts";
import { flawedRosters } from "../../support/course/flawed-rosters.ts";

for (const { file, format, bytes, flaws, flawless, mended } of flawedRosters) {
  test(`${file}: every mistake has its line, and nothing else is one`, (t) => {
    const roster = parseRoster(bytes);
    t.is(roster.table?.header.format.name, format);
    t.deepEqual(
      roster.mistakes.map(({ line }) => line),
      flaws.map(({ line }) => line),
      JSON.stringify(roster.mistakes, null, 1),
    );
    roster.mistakes.forEach(({ reason }, at) => {
      t.regex(reason, flaws[at]?.says ?? /^$/);
    });
    t.is(flaws.length, 10);
  });

  test(`${file}: people on flawless lines are read`, (t) => {
    const { people } = parseRoster(bytes);
    t.deepEqual(
      people.map(({ id }) => id),
      flawless,
    );
    t.is(flawless.length, 90);
  });

  test(`${file}: once it is mended there are 100 people in 4 teams`, (t) => {
    const { people, mistakes } = parseRoster(mended);
    t.deepEqual(mistakes, []);
    t.is(people.length, 100);
    t.is(new Set(people.flatMap(({ team }) => team ?? [])).size, 4);
  });

  test(`test/course/rosters/${file} is what the script writes`, (t) => {
    t.true(readFileSync(new URL(`../rosters/${file}`, import.meta.url)).equals(bytes));
  });
}

test("rows that are nobody's are told apart from people", (t) => {
  const why = Object.fromEntries(
    flawedRosters.map(({ format, bytes }) => [format, parseRoster(bytes).aside.map((row) => row.why)]),
  );
  t.deepEqual(why, {
    classroom50: ["staff (role)"],
    "github-classroom": [],
    canvas: ["Manual Posting", "Points Possible", "the test student"],
    annofarm: [],
  });
});
