import { existsSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { GradedItem } from "../../../course/check/run/grade.ts";
import { pseudonymPattern } from "../../../course/people/pseudonym.ts";
import { plural } from "../../../course/plural.ts";
import { oneOf, ownerPattern, regionPattern, severalOf } from "../../course/parse.ts";
import { requirePlaceOf } from "../../places.ts";
import { interrupted, untilAsked } from "../../signals.ts";

interface CheckOptions {
  readonly rubric: string;
  readonly only: readonly string[];
  readonly url?: string;
  readonly owner?: string;
  readonly region: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly allowDisaster?: true;
  readonly fast?: true;
  readonly sandbox: boolean;
  readonly course?: string;
  readonly as?: readonly string[];
  readonly output?: string;
  readonly list?: true;
  readonly json?: true;
}

const signs: Readonly<Record<GradedItem["outcome"], string>> = {
  passed: "✓",
  partial: "~",
  failed: "✗",
  skipped: "–",
  "not-run": "–",
};

function itemLine({ outcome, id, name, points, max, message, hidden }: GradedItem): string {
  const mark = `${points} of ${max}`.padStart(10);
  const told = message === "" ? "" : `\n${" ".repeat(16)}${message}`;
  return `  ${signs[outcome]} ${mark}  ${id}: ${name}${hidden ? " (hidden)" : ""}${told}\n`;
}

/** Checks with what they look at and what they can be told. */
async function listChecks(): Promise<void> {
  const { checks } = await import("../../../course/check/checks/registry.ts");
  for (const [name, { about, needs }] of Object.entries(checks)) {
    process.stdout.write(`${name.padEnd(24)}${about}\n${" ".repeat(24)}needs ${needs.join(", ")}\n`);
  }
}

function originOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "")
    return url.origin;
  throw new InvalidArgumentError("It is not the origin of a service; give one such as https://gas.example.org.");
}

/** Refuses what contradicts itself, before anything is made. */
function requireOneTarget(folders: readonly string[], { url, as, owner, roleArn, externalId }: CheckOptions): void {
  if (url !== undefined && folders.length > 0)
    throw new Error(`give either --url ${url} or the folder ${folders[0]}, not both`);
  if (as !== undefined && folders.length > 1)
    throw new Error(
      `--as ${as.join(",")} is for one submission, and ${folders.length} are given; name their folders by pseudonyms`,
    );
  if (roleArn !== undefined && owner === undefined)
    throw new Error(`--role-arn ${roleArn} needs --owner, the prefix of the stack's resources`);
  if (externalId !== undefined && roleArn === undefined)
    throw new Error(`--external-id ${externalId} needs a role: give --role-arn as well`);
  if (owner !== undefined && url === undefined)
    throw new Error(`--owner ${owner} needs a deployed service: give its --url as well`);
  if (url === undefined && folders.length === 0)
    throw new Error("name a submission's folder, or a deployed service with --url");
}

/** Students' names stand in no marks. */
async function membersOf(stack: string, { as, output }: CheckOptions): Promise<readonly string[]> {
  const members = as ?? [stack];
  const wrong = members.find((each) => !pseudonymPattern.test(each));
  if (wrong !== undefined && output !== undefined) {
    throw new Error(
      `${wrong} is not a pseudonym, and --output writes marks by pseudonym; give one such as --as s7k2m9x, or rename the folder`,
    );
  }
  return members;
}

async function gradeFolder(folder: string, options: CheckOptions, signal: AbortSignal): Promise<GradedItem[]> {
  const { readRubric } = await import("../../../course/check/rubric/read.ts");
  const { rubricFile } = await import("../../../course/check/rubric/ready.ts");
  const { supervise } = await import("../../../course/check/run/supervise.ts");
  return supervise({
    rubric: await readRubric(rubricFile(options.rubric)),
    submission: resolve(folder),
    only: options.only,
    confined: options.sandbox,
    fast: options.fast === true,
    tell: (line) => void process.stderr.write(`  ! ${line}\n`),
    onItem: (item) => {
      if (!(options.fast && item.outcome === "not-run")) process.stderr.write(itemLine(item));
    },
    signal,
  });
}

async function gradeUrl(url: string, options: CheckOptions, signal: AbortSignal): Promise<GradedItem[]> {
  const { readRubric } = await import("../../../course/check/rubric/read.ts");
  const { rubricFile } = await import("../../../course/check/rubric/ready.ts");
  const { gradeDeployed } = await import("../../../course/check/run/deployed.ts");
  const { ANNOFARM_TOKEN_FREE: free, ANNOFARM_TOKEN_PREMIUM: premium, AWS_ENDPOINT_URL: endpoint } = process.env;
  const { owner, region, roleArn: arn, externalId } = options;
  const role = arn === undefined ? {} : { role: { arn, ...(externalId === undefined ? {} : { externalId }) } };
  const aws =
    owner === undefined ? {} : { aws: { region, owner, ...role, ...(endpoint === undefined ? {} : { endpoint }) } };
  return gradeDeployed({
    rubric: await readRubric(rubricFile(options.rubric)),
    only: options.only,
    url,
    tokens: { ...(free === undefined ? {} : { free }), ...(premium === undefined ? {} : { premium }) },
    ...aws,
    allowDisaster: options.allowDisaster === true,
    onItem: (item) => void process.stderr.write(itemLine(item)),
    signal,
  });
}

/** Says plainly what stands between a submission and this machine. */
async function requireWalls({ sandbox }: CheckOptions): Promise<void> {
  const { unconfinable } = await import("../../../course/check/run/supervise.ts");
  if (!sandbox) {
    process.stderr.write("  ! Submissions run as you, with your files and network (--no-sandbox).\n");
    return;
  }
  const why = unconfinable();
  if (why !== undefined) {
    throw new Error(
      `submissions cannot be confined: ${why}. To run them as you, with your files and network, give --no-sandbox`,
    );
  }
  if (process.getuid?.() !== 0) {
    process.stderr.write(
      "  ! Without root a submission has your user id: it can reach the emulator past the permissions.\n",
    );
  }
}

/** Made before the first submission: behind its walls there is no network to make it from. */
async function provideEmulators(signal: AbortSignal): Promise<void> {
  const { ensurePython } = await import("../../../local/process/python/environment.ts");
  const { createNarrator } = await import("../../../local/run/narrator.ts");
  const { installation } = await import("../../../course/check/run/supervise.ts");
  const directory = join(installation, ".annofarm");
  const live = process.stderr.isTTY === true;
  const { step } = createNarrator({ write: (text) => void process.stderr.write(text), live, numbered: false });
  await step("Python environment of the emulators", (_, onProgress) => ensurePython({ directory, onProgress, signal }));
}

async function runCheck(folders: readonly string[], options: CheckOptions): Promise<void> {
  if (options.list) return listChecks();
  requireOneTarget(folders, options);
  if (options.output !== undefined) requirePlaceOf(options.output);
  const { readRubric } = await import("../../../course/check/rubric/read.ts");
  const { rubricFile } = await import("../../../course/check/rubric/ready.ts");
  const { stackMarks } = await import("../../../course/check/run/marks.ts");
  const course = await courseOf(options.course);
  const rubric = await readRubric(rubricFile(options.rubric));
  await requireOnly(
    options.only,
    rubric.items.map(({ id }) => id),
  );
  if (options.url === undefined) await requireWalls(options);
  const abort = new AbortController();
  void untilAsked().then((signal) => abort.abort(new Error(`interrupted by ${signal}`)));
  if (options.url === undefined && !options.fast) await provideEmulators(abort.signal);
  const targets = options.url === undefined ? folders : [options.url];
  const stacks: ReturnType<typeof stackMarks>[] = [];
  const named = await Promise.all(
    targets.map(async (target) => ({ target, members: await membersOf(basename(resolve(target)), options) })),
  );
  for (const { target, members } of named) {
    process.stderr.write(`${target}\n`);
    const begun = performance.now();
    try {
      const items = await (options.url === undefined
        ? gradeFolder(target, options, abort.signal)
        : gradeUrl(target, options, abort.signal));
      const stack = `${course}-${members[0] ?? basename(target)}`;
      const marks = stackMarks(stack, members, items, (performance.now() - begun) / 1000);
      stacks.push(marks);
      process.stderr.write(`  ${marks.total} of ${marks.max} points in ${marks.seconds} s\n`);
      const waiting = options.fast ? items.filter(({ outcome }) => outcome === "not-run").length : 0;
      if (waiting > 0) {
        process.stderr.write(`  Not looked at: ${plural(waiting, "item")} of a running service (without --fast)\n`);
      }
    } finally {
      // What has been graded is kept, however the rest goes.
      save(options.output, marksOf(course, rubric.title, stacks));
    }
    if (abort.signal.aborted) break;
  }
  if (options.json) process.stdout.write(`${JSON.stringify(marksOf(course, rubric.title, stacks), undefined, 2)}\n`);
  if (abort.signal.aborted) process.exitCode = interrupted;
}

/** Name of the course; a submission is graded without one as well. */
async function courseOf(file: string | undefined): Promise<string> {
  if (file === undefined && !existsSync("course.yaml")) return "course";
  const { readCourse } = await import("../../../course/course-file/read.ts");
  return (await readCourse(file ?? "course.yaml")).course;
}

const marksOf = (course: string, title: string, stacks: readonly unknown[]) => ({
  course,
  title,
  gradedAt: new Date().toISOString(),
  stacks,
});

function save(output: string | undefined, marks: ReturnType<typeof marksOf>): void {
  if (output !== undefined) writeFileSync(output, `${JSON.stringify(marks, undefined, 2)}\n`, { mode: 0o600 });
}

async function requireOnly(only: readonly string[], known: readonly string[]): Promise<void> {
  const { meantInstead } = await import("../../../runtime/contract/nearest.ts");
  const wrong = only.find((id) => !known.includes(id));
  if (wrong !== undefined)
    throw new Error(
      `--only ${wrong} is not an item of the rubric${meantInstead(wrong, known)} Its items: ${known.join(", ")}`,
    );
}

const idPattern = /^\S+$/;

export function checkCommand(): Command {
  return new Command("check")
    .summary("grade what a submission or a deployed service does")
    .description(
      "Runs a rubric against submissions on this machine, each behind its own walls, or against a deployed service, and\n" +
        "gives marks with evidence. A submission is a changed copy of this repository, or a program that uses the components.",
    )
    .argument("[folder...]", "submissions; a folder's name is its pseudonym, unless --as gives another")
    .option("--rubric <file>", "rubric.yaml, or a ready one by name (docs/course.md lists them)", "whole-service")
    .option(
      "--only <ids>",
      "only these items and what they need, separated by commas",
      severalOf("item", idPattern, "archived"),
      [],
    )
    .option("--fast", "only items about the declaration; starts nothing")
    .option(
      "--as <pseudonyms>",
      "pseudonym of the submission, or those of a team separated by commas",
      severalOf("pseudonym", pseudonymPattern, "s7k2m9x"),
    )
    .option("--course <file>", "course of the marks (default: course.yaml, if it exists)")
    .option("--output <file>", "write the marks there as JSON")
    .option("--json", "print the marks as JSON")
    .option("--no-sandbox", "run submissions as you, with your files and network")
    .option("--url <origin>", "check a deployed service instead of submissions, without changing it", originOf)
    .option(
      "--owner <name>",
      "prefix of the deployed stack's resources, to look at them in AWS",
      oneOf("owner", ownerPattern, "gas26-sk7m2qa"),
    )
    .addOption(
      new Option("--region <region>", "region of the deployed stack")
        .default("us-east-1")
        .argParser(oneOf("region", regionPattern, "us-east-1")),
    )
    .option(
      "--role-arn <arn>",
      "role to assume for calls to AWS (default: the environment's credentials)",
      oneOf("role's ARN", /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, "arn:aws:iam::123456789012:role/grader"),
    )
    .option(
      "--external-id <id>",
      "external id that the role requires",
      // As STS takes it.
      oneOf("external id", /^[\w+=,.@:/-]{2,1224}$/, "gas26-grading"),
    )
    .option(
      "--allow-disaster",
      "let a rubric's disaster terminate all web and annotator instances of the deployed stack",
    )
    .option("--list", "list the checks that a rubric can name")
    .addHelpText(
      "after",
      "\nANNOFARM_TOKEN_FREE, ANNOFARM_TOKEN_PREMIUM: API tokens of a deployed service.\n\nExamples:\n" +
        "  annofarm course check submissions/s7k2m9x\n" +
        "  annofarm course check submissions/* --rubric archive --output marks.json\n" +
        "  annofarm course check --url https://gas.example.org --owner gas",
    )
    .action(runCheck);
}
