// Names of stacks are names everywhere: they have to be within every service's limits, for the longest course.
import test from "ava";
import fc from "fast-check";
import { nameLengths, ownerPattern, physicalName } from "../../../components/base/naming.ts";
import { parseCourse } from "../../../course/course-file/read.ts";
import { emptyMapping, joinPeople } from "../../../course/people/mapping.ts";
import { stacksOf } from "../../../course/people/stacks.ts";

function accepts(course: string): boolean {
  try {
    parseCourse(JSON.stringify({ course, roster: "r", region: "us-east-1" }), "course.yaml");
    return true;
  } catch {
    return false;
  }
}

function stackName(course: string, team?: string): string {
  const person = { id: "a", name: "A", keys: ["id:a"], line: 2, ...(team !== undefined && { team }) };
  return stacksOf(joinPeople(emptyMapping(course), [person]).mapping)[0]?.name ?? "";
}

test("every course that is accepted makes owners that the components accept", (t) => {
  const tricky = fc.constantFrom(
    "aws",
    "ssm",
    "sg",
    "sg-1",
    "sga",
    "internal",
    "internal-x",
    "sthree",
    "sthree-a",
    "aw",
    "gas-26",
    "a--b",
    "a-",
  );
  const names = fc.oneof(tricky, fc.string({ unit: fc.constantFrom(..."abgsz019-"), minLength: 1, maxLength: 12 }));
  let accepted = 0;
  fc.assert(
    fc.property(names, fc.boolean(), (course, inTeam) => {
      if (!accepts(course)) return;
      accepted++;
      const name = stackName(course, inTeam ? "Red" : undefined);
      t.regex(name, ownerPattern);
      t.true(name.length <= 20, name);
    }),
    { numRuns: 500 },
  );
  t.true(accepted > 50, String(accepted));
});

test("courses whose stacks would begin as AWS keeps for itself, and longer ones, are refused", (t) => {
  for (const course of [
    "aws1",
    "ssm",
    "sg",
    "sg-26",
    "internal",
    "sthree",
    "elevenchars",
    "x",
    "26gas",
    "gas-",
    "Gas",
    "a--b",
  ]) {
    t.false(accepts(course), course);
  }
  for (const course of ["gas26", "sga", "tenletters", "g2", "internals", "a-1-b-2"]) t.true(accepts(course), course);
});

test("names made of the longest stack name fit every service, and those of two stacks differ", (t) => {
  const [one, other] = [stackName("tenletters"), stackName("tenletters")];
  t.not(one, other);
  for (const kind of Object.keys(nameLengths) as (keyof typeof nameLengths)[]) {
    const [mine, theirs] = [one, other].map((name) => physicalName(kind, `${name}-annotator-request-dead-letters`));
    t.true((mine?.length ?? 0) <= nameLengths[kind], `${kind} ${mine}`);
    t.not(mine, theirs);
    t.true(mine?.startsWith("tenletters-"), mine);
  }
});
