/**
 * Grades the unchanged program and each planted mistake, and compares the items that lose points with those that the patch names.
 *
 *     node --import ./plan/program/source/register.js test/course/mistakes/run.ts [plan | run | <names of patches>]
 *
 * `plan` (the default) takes seconds for each, `run` a whole run for each. Exit code 1 when any item is lost that should not be, or kept
 * that should not be.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gradeWith, lostItems, mistakes, submissionWith } from "./planted.ts";

const wanted = process.argv.slice(2);
const kinds = wanted.filter((word): word is "plan" | "run" => word === "plan" || word === "run");
const names = wanted.filter((word) => word !== "plan" && word !== "run");
const isWanted = ({ name, looksAt }: { name: string; looksAt: "plan" | "run" }) =>
  names.length > 0 ? names.includes(name) : (kinds.length === 0 ? ["plan"] : kinds).includes(looksAt);

const place = mkdtempSync(join(tmpdir(), "annofarm-mistakes-"));
const optionsOf = (looksAt: "plan" | "run") => (looksAt === "plan" ? ["--fast"] : []);

function tried(
  title: string,
  rubric: string,
  looksAt: "plan" | "run",
  loses: readonly string[],
  submission: string,
): void {
  try {
    const { items, seconds } = gradeWith(submission, rubric, optionsOf(looksAt));
    const lost = lostItems(items);
    const ids = lost.map(({ id }) => id);
    const right = [...ids].sort().join() === [...loses].sort().join();
    console.log(
      `${right ? "right" : "WRONG"}  ${title} (${rubric}, ${seconds} s): loses ${ids.join(", ") || "nothing"}`,
    );
    if (!right) {
      console.log(`       expected ${loses.join(", ") || "nothing"}`);
      for (const { id, message } of lost) console.log(`       ${id}: ${message}`);
      process.exitCode = 1;
    }
  } catch (error) {
    console.log(`WRONG  ${title} (${rubric}): ${(error as Error).message.slice(-1_000)}`);
    process.exitCode = 1;
  } finally {
    rmSync(submission, { recursive: true, force: true });
  }
}

try {
  const chosen = mistakes().filter(isWanted);
  const pairs = new Map(chosen.map(({ rubric, looksAt }) => [`${rubric} ${looksAt}`, { rubric, looksAt }]));
  for (const { rubric, looksAt } of pairs.values()) {
    tried("the unchanged program", rubric, looksAt, [], submissionWith(undefined, place));
  }
  for (const mistake of chosen) {
    tried(mistake.name, mistake.rubric, mistake.looksAt, mistake.loses, submissionWith(mistake, place));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
