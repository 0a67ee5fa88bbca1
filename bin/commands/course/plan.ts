import { Command, Option } from "commander";
import type { Isolation } from "../../../course/course-file/course.ts";
import { isolations } from "../../../course/course-file/course.ts";
import { type CourseOptions, courseOptions } from "../../course/options.ts";
import { requireDirectory } from "../../places.ts";
import { givenUsage, usageOptions } from "../cost.ts";
import { configOption, wholeNumber } from "../options.ts";

interface PlanOptions extends CourseOptions {
  readonly isolation?: Isolation;
  readonly weeks: number;
  readonly account?: true;
  readonly all?: true;
  readonly json?: true;
  readonly config: Readonly<Record<string, string>>;
}

async function openAccount(region: string, domain: string | undefined) {
  const { openClassAccount } = await import("../../../course/plan/account.ts");
  return openClassAccount(region, domain);
}

async function runPlan(options: PlanOptions): Promise<void> {
  const { course: file, state, isolation, weeks, json } = options;
  if (state !== undefined) requireDirectory(state);
  const [{ placeCourse }, { planCourse }, { coursePlanText, breaksSomething }, { usageOf }] = await Promise.all([
    import("../../../course/stacks/place.ts"),
    import("../../../course/plan/plan.ts"),
    import("../../../course/plan/text.ts"),
    import("../../../plan/cost/usage.ts"),
  ]);
  const usage = usageOf(givenUsage({ ...options }));
  const {
    course: declared,
    stacks,
    stateDirectory,
  } = await placeCourse({
    file,
    ...(state === undefined ? {} : { state }),
  });
  const course = {
    ...declared,
    config: { ...declared.config, ...options.config },
    isolation: isolation ?? declared.isolation,
  };
  const live = process.stderr.isTTY === true;
  const account = options.account && (await openAccount(course.region, course.domain));
  try {
    const plan = await planCourse({
      ...{ course, stacks, stateDirectory, usage, weeks },
      ...(account === undefined ? {} : { account }),
      onProgress: (what) => {
        if (live) process.stderr.write(`\r\u001b[2Kplanning ${what} …`);
      },
    });
    if (live) process.stderr.write("\r\u001b[2K");
    process.stdout.write(json ? `${JSON.stringify(plan, null, 2)}\n` : coursePlanText(plan, options.all === true));
    if (breaksSomething(plan)) process.exitCode = 1;
  } finally {
    account?.close();
  }
}

export function planCommand(): Command {
  const command = new Command("plan")
    .summary("show a class before it starts: stacks, isolation, cost, and quotas that it would exceed")
    .description(
      "Shows every stack with its address, proves that no role of one stack reaches anything of another, prices the class by\n" +
        "hour, month and term for each isolation, and names every quota that would be exceeded, with a fix. Starts nothing.\n" +
        "Exit code 1 when a quota would be exceeded or stacks are not isolated.",
    )
    .addOption(new Option("--isolation <name>", "isolation instead of the course file's").choices(isolations))
    .addOption(new Option("--weeks <number>", "length of the term").default(10).argParser(wholeNumber(1, 104)))
    .option("--account", "ask the account for its quotas and current use; needs AWS credentials")
    .option("--all", "show every stack and every quota")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm course plan\n  annofarm course plan --isolation balancers --jobs 100 --requests 5000\n" +
        "  AWS_PROFILE=course annofarm course plan --account --all",
    )
    .action(runPlan);
  for (const option of [...courseOptions(), configOption(), ...usageOptions()]) command.addOption(option);
  return command;
}
