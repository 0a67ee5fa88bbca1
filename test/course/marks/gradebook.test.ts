import test from "ava";
import { writeGradebook } from "../../../course/marks/gradebook.ts";
import { emptyMapping, joinPeople } from "../../../course/people/mapping.ts";
import { stacksOf } from "../../../course/people/stacks.ts";
import { parseRoster } from "../../../course/roster/read.ts";
import { flawedRosters } from "../../support/course/flawed-rosters.ts";
import { classItems, marksOf, someItem } from "../../support/course/some-marks.ts";

function opened(bytes: Uint8Array) {
  const roster = parseRoster(bytes);
  const { mapping } = joinPeople(emptyMapping("gas26"), roster.people);
  const pseudonyms = new Map(mapping.people.map(({ id, pseudonym }) => [id, pseudonym]));
  return { roster, mapping, stacks: stacksOf(mapping), pseudonyms };
}

const small = (...lines: readonly string[]) =>
  opened(Buffer.from(["Student,ID,SIS Login ID,Section,HW (9),Final Score", ...lines, ""].join("\r\n")));
const two = ["    Points Possible,,,,20.00,(read only)", '"L, Ada",17,ada,A,,1', '"H, Grace",18,grace,A,EX,2'];

for (const { file, mended } of flawedRosters) {
  test(`${file}: everybody's points stand in the new column, and reading it again tells the same people`, (t) => {
    const { roster, mapping, stacks } = opened(mended);
    const marks = marksOf(stacks, classItems);
    const { bytes, written, unmarked, unlisted } = writeGradebook(roster, mapping, marks, "Marks");
    t.deepEqual([written, unmarked, unlisted], [100, [], []]);
    const again = opened(bytes);
    t.deepEqual(
      again.roster.people.map(({ line: _, ...person }) => person),
      roster.people.map(({ line: _, ...person }) => person),
    );
    const totals = new Map(
      marks.stacks.flatMap(({ members, total }) => members.map((member) => [member, total] as const)),
    );
    const before = new Map(mapping.people.map(({ id, pseudonym }) => [id, pseudonym]));
    for (const { id, line } of again.roster.people) {
      const row = again.roster.table?.rows.find((each) => each.line === line);
      t.is(Number(row?.fields.at(-1)?.value), totals.get(before.get(id) ?? "") ?? Number.NaN);
    }
  });
}

test("Canvas: the assignment's own column is written, and not a byte beside it", (t) => {
  const { roster, mapping, stacks, pseudonyms } = small(...two, '"Student, Test",99,x,A,,0');
  const marks = marksOf(stacks, () => [someItem("a", 7.25, 20)]);
  const book = writeGradebook(roster, mapping, marks, "HW (9)");
  t.is(
    book.bytes.toString(),
    [
      "Student,ID,SIS Login ID,Section,HW (9),Final Score",
      "    Points Possible,,,,20.00,(read only)",
      '"L, Ada",17,ada,A,7.25,1',
      '"H, Grace",18,grace,A,EX,2',
      '"Student, Test",99,x,A,,0',
      "",
    ].join("\r\n"),
  );
  t.deepEqual(book.excused, [pseudonyms.get("18")]);
  t.is(book.written, 1);
});

test("Canvas: a new column has its points; a person without marks has an empty cell", (t) => {
  const { roster, mapping, stacks, pseudonyms } = small(...two);
  const ada = stacks.filter(({ members }) => members.includes(pseudonyms.get("17") ?? ""));
  const gone = { name: "gas26-szzzzzz", members: ["szzzzzz"] };
  const marks = marksOf([...ada, gone], () => [someItem("a", 3, 20)]);
  const book = writeGradebook(roster, mapping, marks, "Size, limit");
  t.is(
    book.bytes.toString(),
    [
      'Student,ID,SIS Login ID,Section,HW (9),Final Score,"Size, limit"',
      "    Points Possible,,,,20.00,(read only),20",
      '"L, Ada",17,ada,A,,1,3',
      '"H, Grace",18,grace,A,EX,2,',
      "",
    ].join("\r\n"),
  );
  t.deepEqual([book.unmarked, book.unlisted], [[pseudonyms.get("18")], ["szzzzzz"]]);
});

test("columns that are not for these marks are refused with what mends it", (t) => {
  const { roster, mapping, stacks } = small(...two);
  const write =
    (column: string, max = 20) =>
    () =>
      writeGradebook(
        roster,
        mapping,
        marksOf(stacks, () => [someItem("a", 1, max)]),
        column,
      );
  t.throws(write("HW (9)", 25), {
    message: /column HW \(9\) is of 20\.00 points in Canvas, and the marks are of 25; give the assignment 25 points/,
  });
  t.throws(write("Final Score"), { message: /column Final Score is read only in Canvas/ });
  t.throws(write("ID"), { message: /column ID is one that tells people apart/ });
  const mixed = marksOf(stacks, (at) => [someItem("a", 1, 20 + at)]);
  t.throws(() => writeGradebook(roster, mapping, mixed, "New"), {
    message: /of 20, 21 points at most; a column has one maximum/,
  });
});

test("members of a team have their own marks in the gradebook", (t) => {
  const { roster, mapping, stacks, pseudonyms } = opened(Buffer.from("id,name,email,team\na,A,,Red\nb,B,,Red\n"));
  const adjustments = [{ member: pseudonyms.get("b"), points: 2, reason: "wrote the report" }];
  const marks = marksOf(stacks, () => [someItem("a", 5, 10)], { adjustments });
  t.is(
    writeGradebook(roster, mapping, marks, "Marks").bytes.toString(),
    "id,name,email,team,Marks\na,A,,Red,5\nb,B,,Red,7\n",
  );
});
