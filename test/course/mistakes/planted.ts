/** Students' mistakes, each a patch of this repository whose head says which items of which rubric it loses. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface Mistake {
  readonly name: string;
  readonly file: string;
  readonly rubric: string;
  /** `plan`: the declaration shows it. `run`: only a run does. */
  readonly looksAt: "plan" | "run";
  /** Ids of the items whose points are lost, in the rubric's order. */
  readonly loses: readonly string[];
}

function readMistake(name: string): Mistake {
  const file = join(folder, `${name}.patch`);
  const text = readFileSync(file, "utf8");
  const field = (key: string): string => {
    const found = new RegExp(`^${key}: (.+)$`, "m").exec(text)?.[1];
    if (found === undefined) throw new Error(`${file} does not say ${key}`);
    return found;
  };
  const looksAt = field("Looks-at");
  if (looksAt !== "plan" && looksAt !== "run") throw new Error(`${file} looks at ${looksAt}`);
  return { name, file, rubric: field("Rubric"), looksAt, loses: field("Loses").split(", ") };
}

export const mistakes = (): Mistake[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".patch"))
    .map((name) => readMistake(name.replace(/\.patch$/, "")));

/** What of the repository a student hands in. */
const handedIn = [
  "Pulumi.yaml",
  "Pulumi.local.yaml",
  "index.ts",
  "package.json",
  "tsconfig.json",
  "components",
  "runtime",
];

/** A submission: this program, with the mistakes. @throws {Error} when the patch does not apply. */
export function submissionWith(planted: readonly Pick<Mistake, "file">[], place: string): string {
  const submission = mkdtempSync(join(place, "submission-"));
  for (const part of handedIn) cpSync(join(root, part), join(submission, part), { recursive: true });
  for (const { file } of planted) {
    const args = ["-p1", "--fuzz=0", "--silent", "-d", submission, "-i", file];
    const { status, stdout } = spawnSync("patch", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${file} does not apply:\n${stdout}`);
  }
  return submission;
}

interface Item {
  readonly id: string;
  readonly points: number;
  readonly max: number;
  readonly message: string;
}

/** Grades a submission by the command line. @throws {Error} with what it said, when it gave no marks. */
export function gradeWith(
  submission: string,
  rubric: string,
  options: readonly string[],
): { items: Item[]; seconds: number } {
  const args = ["--import", join(root, "plan/program/source/register.js"), join(root, "test/course/check/program.ts")];
  const ran = spawnSync(process.execPath, [...args, submission, "--rubric", rubric, "--json", ...options], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const [stack] = (JSON.parse(ran.stdout) as { stacks: { items: Item[]; seconds: number }[] }).stacks;
  if (stack === undefined) throw new Error(ran.stderr);
  return stack;
}

/** Items with fewer points than there were to be had. */
export const lostItems = (items: readonly Item[]): Item[] => items.filter(({ points, max }) => points < max);
