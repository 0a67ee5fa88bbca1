import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { CourseStack } from "../../../course/types.ts";
import { flawedRosters } from "../../support/course/flawed-rosters.ts";
import { classItems, marksOf } from "../../support/course/some-marks.ts";
import { makeWorld, type World } from "./world.ts";

/** A course whose check has been: marks.json is there. */
async function graded(t: ExecutionContext, roster: Uint8Array | string): Promise<World & { stacks: CourseStack[] }> {
  const world = makeWorld(t, roster);
  const { stdout } = await world.course(["roster", "--json"]);
  const { stacks } = JSON.parse(stdout) as { stacks: CourseStack[] };
  writeFileSync(world.at("marks.json"), JSON.stringify(marksOf(stacks, classItems)));
  return { ...world, stacks };
}

const from = ["marks", "--from", "marks.json", "--format"];

for (const { file, format, mended, secrets } of flawedRosters) {
  test(`${file}: nothing that is made for students or services has a name, an address or an id in it`, async (t) => {
    const world = await graded(t, mended);
    const outcomes = [
      await world.course([...from, "html", "-o", "pages"]),
      await world.course([...from, "gradescope", "-o", "results"]),
    ];
    t.deepEqual(
      outcomes.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ""],
        [0, ""],
      ],
    );
    const files = readdirSync(world.folder, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const kept = ["people.json", "roster.csv"];
    const made = files.filter((name) => !kept.some((each) => name.endsWith(each)));
    t.is(made.length, 2 + 101 + 100);
    for (const name of made) {
      const text = `${name}\n${readFileSync(name, "utf8")}`;
      t.deepEqual(
        secrets.filter((secret) => text.includes(secret)),
        [],
        name,
      );
    }
    for (const { stdout } of outcomes)
      t.deepEqual(
        secrets.filter((secret) => stdout.includes(secret)),
        [],
      );
    // The test would see them: the mapping has every one that the roster has.
    const mapping = readFileSync(world.at(".annofarm/course/gas26/people.json"), "utf8");
    t.true(secrets.filter((secret) => mapping.includes(secret)).length > 200);
    const to = format === "canvas" ? "canvas" : "csv";
    const column = await world.course([...from, to, "--column", "Size limit (4711)", "-o", "grades.csv"]);
    t.regex(column.stdout, /^Wrote 100 marks to column Size limit \(4711\) of grades\.csv\.\n$/);
    t.is(statSync(world.at("grades.csv")).mode & 0o777, 0o600);
  });
}

const small = "id,name,email,team\nada,Ada Lovelace,,Red\nbob,Bob Byron,,Red\ncyd,Cyd Babbage,,\n";

test("names stand on the class's page when staff ask for them, and on no other", async (t) => {
  const world = await graded(t, small);
  const { code, stdout } = await world.course([...from, "html", "-o", "pages", "--names"]);
  t.is(code, 0);
  t.is(stdout, "Wrote 3 pages to pages; pages/index.html is the class's, for staff only.\n");
  t.regex(readFileSync(world.at("pages/index.html"), "utf8"), /Ada Lovelace/);
  const others = readdirSync(world.at("pages")).filter((name) => name !== "index.html");
  t.is(others.length, 3);
  for (const name of others) t.notRegex(readFileSync(world.at(`pages/${name}`), "utf8"), /Lovelace|Byron|Babbage/);
});

test("Classroom 50: one submission, by what its runner says", async (t) => {
  const world = await graded(t, small);
  const own = world.stacks.find(({ members }) => members.length === 1);
  const args = [...from, "classroom50", "-o", "result.json"];
  const silent = await world.course([...args, "--only", own?.name ?? ""]);
  t.is(silent.code, 1);
  t.regex(
    silent.stderr,
    /CLASSROOM, ASSIGNMENT, ASSIGNMENT_TYPE, OWNER, SUBMISSION_TAG, COMMIT_URL, RELEASE_URL are not set/,
  );
  const runner = {
    CLASSROOM: "c",
    ASSIGNMENT: "a",
    ASSIGNMENT_TYPE: "individual",
    OWNER: "octo",
    SUBMISSION_TAG: "submit/1-a",
    COMMIT_URL: "https://c",
    RELEASE_URL: "https://r",
  };
  const several = await world.course(args, runner);
  t.regex(several.stderr, /result\.json is one file, and there are marks of 2 stacks; choose one with --only/);
  const { code, stdout } = await world.course([...args, "--only", own?.name ?? ""], runner);
  t.is(code, 0);
  t.is(stdout, "Wrote result.json.\nScores are whole numbers there: each point counts 10.\n");
  t.like(JSON.parse(readFileSync(world.at("result.json"), "utf8")), { owner: "octo", "max-score": 200 });
});

test("what cannot be is one line that names option, value and fix", async (t) => {
  const world = await graded(t, small);
  const says = async (args: readonly string[], pattern: RegExp) => {
    const { code, stdout, stderr } = await world.course([...from, ...args]);
    t.is(code, 1, args.join(" "));
    t.is(stdout, "");
    t.regex(stderr, pattern);
    t.is(stderr.trimEnd().split("\n").length, 1);
  };
  await says(
    ["canvas", "-o", "x.csv"],
    /^annofarm: --format canvas writes into a column of the roster; name it with --column/,
  );
  await says(["canvas", "--column", "M", "-o", "x.csv"], /roster\.csv is a roster of annofarm; take --format csv/);
  await says(["html", "--column", "M", "-o", "x"], /--column M is for canvas and csv; html has no columns/);
  await says(
    ["csv", "--column", "M", "--names", "-o", "x"],
    /--names is for the class's page of html; leave it out with csv/,
  );
  await says(
    ["html", "--only", "sxxxxxx", "-o", "x"],
    /--only sxxxxxx has no marks; 2 stacks have marks, the first is gas26-/,
  );
  await says(["html", "-o", "marks.json/x"], /--output marks\.json\/x: .*marks\.json/);
  await says(
    ["gradescope", "-o", "none/results.json"],
    /--output none\/results\.json: there is no .*none; name one that is there/,
  );
  writeFileSync(world.at("marks.json"), readFileSync(world.at("marks.json"), "utf8").replace('"gas26"', '"gas27"'));
  await says(["csv", "--column", "M", "-o", "x.csv"], /the marks belong to course gas27, the course file to gas26/);
});
