// Students' mistakes lose exactly the points that their patches say. All of them: test/course/mistakes/run.ts; here those that cost seconds.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readRubric } from "../../../course/check/rubric/read.ts";
import { rubricFile } from "../../../course/check/rubric/ready.ts";
import { unconfinable } from "../../../course/check/run/supervise.ts";
import { gradeWith, lostItems, mistakes, submissionWith } from "./planted.ts";

let place: string;
test.before(() => {
  place = mkdtempSync(join(tmpdir(), "annofarm-planted-"));
});
test.after.always(() => rmSync(place, { recursive: true, force: true }));

test("there are 30 or more, each applies, and each names items of its rubric", async (t) => {
  const all = mistakes();
  t.true(all.length >= 30, `${all.length}`);
  for (const mistake of all) {
    const known = (await readRubric(rubricFile(mistake.rubric))).items.map(({ id }) => id);
    t.deepEqual(
      mistake.loses.filter((id) => !known.includes(id)),
      [],
      mistake.name,
    );
    rmSync(submissionWith([mistake], place), { recursive: true });
  }
});

/** The machine may have no bubblewrap; what is graded is then this repository's own code, which needs no wall. */
const options = ["--fast", ...(unconfinable() === undefined ? [] : ["--no-sandbox"])];

for (const name of [undefined, "web-alarm-average", "secret-in-user-data"]) {
  test.serial(`${name ?? "the unchanged program"} loses exactly its items' points`, (t) => {
    const mistake = mistakes().find((each) => each.name === name);
    const { items } = gradeWith(
      submissionWith(mistake === undefined ? [] : [mistake], place),
      mistake?.rubric ?? "whole-service",
      options,
    );
    t.deepEqual(
      lostItems(items).map(({ id }) => id),
      mistake?.loses ?? [],
    );
    t.true(items.some(({ points }) => points > 0));
  });
}
