/**
 * Grading: the unchanged program handed in again and again, each time graded by a ready rubric behind the walls of submissions. Does it
 * get all points every time, how long does a submission take, and how much memory?
 *
 *     npm run bench -- grading
 *     node --import=./plan/program/source/register.js bench/grading.ts [submissions] [rubric]
 */
import { fileURLToPath } from "node:url";
import { annofarm } from "./course/world.ts";
import { median, writeReport } from "./support/report.ts";

/** Each takes some minutes. */
const submissions = Number(process.argv[2] ?? 6);
const rubric = process.argv[3] ?? "whole-service";
const program = fileURLToPath(new URL("..", import.meta.url));

interface Graded {
  readonly total: number;
  readonly max: number;
  readonly lost: readonly string[];
  readonly seconds: number;
  /** Bytes. */
  readonly peak: number;
}

async function grade(): Promise<Graded> {
  const ran = await annofarm(["course", "check", program, "--rubric", rubric, "--json"]);
  if (ran.code !== 0) throw new Error(`annofarm course check ended with code ${ran.code}`);
  const { stacks } = JSON.parse(ran.stdout) as {
    stacks: { total: number; max: number; items: { id: string; points: number; max: number }[] }[];
  };
  const [marks] = stacks;
  if (marks === undefined) throw new Error("annofarm course check gave no marks");
  const lost = marks.items.filter(({ points, max }) => points < max).map(({ id }) => id);
  return { total: marks.total, max: marks.max, lost, seconds: ran.seconds, peak: ran.peak };
}

const graded: Graded[] = [];
for (let each = 1; each <= submissions; each++) {
  process.stderr.write(`submission ${each} of ${submissions}\n`);
  graded.push(await grade());
}
const seconds = graded.map((each) => each.seconds);
const whole = graded.filter(({ lost }) => lost.length === 0).length;
const peakMegabytes = Math.round(Math.max(...graded.map(({ peak }) => peak)) / 2 ** 20);
console.table(graded.map(({ lost, peak: _, ...each }) => ({ ...each, lost: lost.join(", ") })));
if (whole < submissions) process.exitCode = 1;
writeReport(
  "grading",
  {
    ...{ rubric, submissions, whole, peakMegabytes },
    points: graded[0]?.max ?? 0,
    seconds: { median: median(seconds), max: Math.max(...seconds) },
    minutes: seconds.reduce((sum, each) => sum + each, 0) / 60,
  },
  { graded },
);
