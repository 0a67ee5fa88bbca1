/**
 * Grades the unchanged program and each planted mistake, and compares the items that lose points with those that the patch names.
 *
 *     node --import ./plan/program/source/register.js test/course/mistakes/run.ts [plan | run | <names of patches>]
 *     node --import ./plan/program/source/register.js test/course/mistakes/run.ts together <names of patches>
 *
 * `plan` (the default) takes seconds for each, `run` a whole run for each. `together` plants several whose items differ in one submission:
 * what it loses has to be the sum of what each loses. Exit code 1 when any item is lost that should not be, or kept
 * that should not be.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gradeWith, lostItems, type Mistake, mistakes, submissionWith } from "./planted.ts";

const wanted = process.argv.slice(2);
const kinds = wanted.filter((word): word is "plan" | "run" => word === "plan" || word === "run");
const names = wanted.filter((word) => !["plan", "run", "together"].includes(word));
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

/** One run for several mistakes. @throws {Error} when two of them claim one item: whose doing a loss is could not be told. */
function triedTogether(chosen: readonly Mistake[]): void {
  const [first] = chosen;
  if (first === undefined) throw new Error("name the patches that are planted together");
  const loses = chosen.flatMap((mistake) => mistake.loses);
  const twice = loses.find((id, at) => loses.indexOf(id) < at);
  if (twice !== undefined) throw new Error(`${twice} is lost by two of them`);
  const others = chosen.find(({ rubric, looksAt }) => rubric !== first.rubric || looksAt !== first.looksAt);
  if (others !== undefined) throw new Error(`${others.name} and ${first.name} are of different rubrics`);
  const title = chosen.map(({ name }) => name).join(" + ");
  tried(title, first.rubric, first.looksAt, loses, submissionWith(chosen, place));
}

function triedEach(chosen: readonly Mistake[]): void {
  const pairs = new Map(chosen.map(({ rubric, looksAt }) => [`${rubric} ${looksAt}`, { rubric, looksAt }]));
  for (const { rubric, looksAt } of pairs.values()) {
    tried("the unchanged program", rubric, looksAt, [], submissionWith([], place));
  }
  for (const mistake of chosen) {
    tried(mistake.name, mistake.rubric, mistake.looksAt, mistake.loses, submissionWith([mistake], place));
  }
}

try {
  const chosen = mistakes().filter(isWanted);
  if (wanted.includes("together")) triedTogether(chosen);
  else triedEach(chosen);
} finally {
  rmSync(place, { recursive: true, force: true });
}
