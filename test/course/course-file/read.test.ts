import test from "ava";
import { parseCourse } from "../../../course/course-file/read.ts";

const least = "course: gas26\nroster: lists/roster.csv\nregion: us-east-1\n";
const parse = (text: string) => parseCourse(text, "/srv/term/course.yaml");
const refusal = (t: import("ava").ExecutionContext, text: string) => t.throws(() => parse(text))?.message ?? "";

test("what is left out has its default, and nothing destroys without a word from staff", (t) => {
  t.deepEqual(parse(least), {
    course: "gas26",
    roster: "/srv/term/lists/roster.csv",
    program: "/srv/term",
    stack: "dev",
    config: {},
    region: "us-east-1",
    isolation: "own",
    permissionsBoundary: true,
    budgets: {
      brake: [
        { at: 50, step: "warn" },
        { at: 80, step: "minimum" },
        { at: 95, step: "freeze" },
      ],
    },
    parallel: 4,
  });
});

test("everything that a course may say", (t) => {
  const course = parse(`${least}program: ../farm
stack: prod
config: { webMax: 4, "aws:profile": class, zones: [a, b], spot: true }
isolation: balancers
domain: example.org
permissionsBoundary: false
budgets: { student: 40, class: 2500, brake: [{ at: 50, step: warn }, { at: 120, step: destroy }] }
lifetime: { days: 14 }
mail: staff@example.org
parallel: 9
backend: s3://states/gas26
`);
  t.like(course, {
    program: "/srv/farm",
    config: { webMax: "4", "aws:profile": "class", zones: '["a","b"]', spot: "true" },
    lifetime: { days: 14, extendBy: 7, activity: true },
    backend: "s3://states/gas26",
    budgets: {
      student: 40,
      class: 2500,
      brake: [
        { at: 50, step: "warn" },
        { at: 120, step: "destroy" },
      ],
    },
  });
});

test("every mistake is told together, with its line, path, value, bound and what was meant", (t) => {
  const message = refusal(
    t,
    `course: Gas 26!
rostr: r.csv
region:
config: { webMax: 4, "annofarm:owner": me }
budgets:
  student: 40
  class: 10
  brake:
    - { at: 80, step: frezze }
    - { at: 50, step: warn }
    - { at: 90, stp: warn }
lifetime: 14
mail: nobody
parallel: 0
`,
  );
  const lines = message.split("\n");
  t.is(lines[0], "/srv/term/course.yaml has 13 mistakes:");
  const expected = [
    /^ {2}line 1, course: "Gas 26!" is not valid; give 2 to 10 lower-case letters/,
    /^ {2}line 1, roster: is missing; give the path of the roster/,
    /^ {2}line 2, rostr: is not a setting of a course; is roster meant\?/,
    /^ {2}line 3, region: is empty; give an AWS region/,
    /^ {2}line 4, config.annofarm:owner: is set for each stack/,
    /^ {2}line 7, budgets.class: 10 is less than budgets.student, 40/,
    /^ {2}line 9, budgets.brake\[0\].step: "frezze" is not valid; give one of warn, minimum, freeze, destroy/,
    /^ {2}line 10, budgets.brake\[1\].at: 50 is not above 80/,
    /^ {2}line 11, budgets.brake\[2\].step: is missing; give one of/,
    /^ {2}line 11, budgets.brake\[2\].stp: is not a setting of a course; is step meant\?/,
    /^ {2}line 12, lifetime: 14 is not valid; give a map with days, extendBy and activity/,
    /^ {2}line 13, mail: "nobody" is not valid; give a mail address/,
    /^ {2}line 14, parallel: 0 is not valid; give a whole number of updates at a time from 1 to 64/,
  ];
  expected.forEach((pattern, at) => {
    t.regex(lines[at + 1] ?? "", pattern);
  });
});

test("steps of a brake need a budget and never become milder", (t) => {
  t.regex(
    refusal(t, `${least}budgets: { brake: [{ at: 5, step: warn }] }\n`),
    /budgets.brake: has steps but no budget/,
  );
  const milder = "budgets: { student: 4, brake: [{ at: 5, step: freeze }, { at: 9, step: minimum }] }";
  t.regex(refusal(t, `${least}${milder}\n`), /brake\[1\].step: minimum is milder than freeze/);
});

test("a file that is no map, or no YAML, is told by its line", (t) => {
  t.regex(refusal(t, "- gas26\n"), /course.yaml: line 1: \["gas26"\] is not valid; give a map with the settings/);
  t.regex(refusal(t, `${least}stack: [\n`), /course.yaml: line \d: is not YAML: /);
  t.regex(refusal(t, `${least}stack: dev\nstack: prod\n`), /line 5: is not YAML: Map keys must be unique/);
});
