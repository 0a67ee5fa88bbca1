import test from "ava";
import { parseRoster } from "../../../course/roster/read.ts";

const read = (...lines: readonly string[]) => parseRoster(Buffer.from(lines.join("\n")));
const told = (...lines: readonly string[]) => read(...lines).mistakes.map(({ line, reason }) => `${line}: ${reason}`);

test("Classroom 50: an invitation that is open has only an address", (t) => {
  const { people, mistakes } = read(
    "username,first_name,last_name,email,section,github_id,role,status",
    "ada,Ada,Lovelace,ada@example.edu,A,42,student,",
    ",,,grace@example.edu,A,,student,",
    "tom,Tom,Tutor,,,,ta,",
    ",Nameless,Only,,A,,student,unlinked",
  );
  t.deepEqual(
    people.map(({ id, keys }) => [id, keys]),
    [
      ["ada", ["github:ada", "github-id:42", "mail:ada@example.edu"]],
      ["grace@example.edu", ["mail:grace@example.edu"]],
    ],
  );
  t.deepEqual(mistakes, [{ line: 5, reason: "has no username, github_id or email; give one, it tells people apart" }]);
});

test("Classroom 50 without github_id, as its import takes it", (t) => {
  t.is(read("username,first_name,last_name,email,section", "ada,Ada,L,,A").people.length, 1);
});

test("GitHub Classroom: somebody who has not accepted yet has no account", (t) => {
  const { people } = read('"identifier","github_username","github_id","name"', '"i01-ada (i01)","","",""');
  t.like(people[0], { id: "i01-ada (i01)", name: "", keys: ["id:i01-ada (i01)"] });
});

test("Canvas: names in two columns, ids of the institution, addresses as logins, formulas kept from running", (t) => {
  const { people, table } = read(
    "LastName,FirstName,ID,SIS User ID,SIS Login ID,Integration ID,Section,Homework 1 (99)",
    "Points Possible,,,,,,,10",
    'Lovelace,Ada,17,N17,ada@example.edu,,A,"9,5"',
    '"=""=SUM(1)""",Grace,18,N18,grace,,A,',
  );
  t.is(table?.header.format.name, "canvas");
  t.deepEqual(
    people.map(({ id, name, email }) => [id, name, email]),
    [
      ["17", "Ada Lovelace", "ada@example.edu"],
      ["18", "Grace =SUM(1)", undefined],
    ],
  );
});

test("Canvas: a row without a student is a mistake, unless it is the one of manual posting", (t) => {
  const header = "Student,ID,SIS Login ID,Section,Homework 1 (99)";
  t.deepEqual(told(header, ",,,,Manual Posting", ",,,,7"), ["3: has no ID; give one, it tells people apart"]);
});

test("the header is known by names in any case and order", (t) => {
  t.is(read("Email ,SECTION,iD,  Name", "ada@example.edu,A,ada,Ada").people.length, 1);
});

test("a header that lacks a column is told with what was meant, one that lacks all with what there is", (t) => {
  t.deepEqual(told("id,nmae,e-mail,team", "ada,Ada,,"), [
    "1: has no column name, which a roster of annofarm has; is nmae meant for it? Add it, or rename it",
    "1: has no column email, which a roster of annofarm has; is e-mail meant for it? Add it, or rename it",
  ]);
  t.regex(
    told("a,b", "1,2").join("\n"),
    /^1: is no header of a roster; give one of these: Classroom 50 \(username, .*annofarm/,
  );
  t.deepEqual(told("id,name,email,email", "ada,Ada,,"), ["1: has the column email 2 times; keep one"]);
});

test("a file without people says so", (t) => {
  t.deepEqual(read("").mistakes, [
    { reason: "is empty; give a header and a line for each person, such as a Canvas gradebook" },
  ]);
  t.deepEqual(read("id,name,email", "", " , , ").mistakes, [
    { reason: "has a header and no people; add a line for each person" },
  ]);
});

test("teams are one by name whatever case and space; a team on one line only is no mistake", (t) => {
  const { people, mistakes } = read("id,name,email,team", "a,,,Red  Team", "b,,,red team", "a,,,RED TEAM");
  t.is(people.length, 2);
  t.deepEqual(mistakes, [{ line: 4, reason: "id a is on line 2 already; keep one of them" }]);
});
