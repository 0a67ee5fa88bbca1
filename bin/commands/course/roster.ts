import { Command } from "commander";
import { type CourseOptions, courseOptions } from "../../course/options.ts";

interface RosterOptions extends CourseOptions {
  readonly names?: true;
  readonly json?: true;
}

async function runRoster({ course, state, names, json }: RosterOptions): Promise<void> {
  const [{ checkCourse, defaultState }, { MistakesError }, { rosterText, rosterView }] = await Promise.all([
    import("../../../course/people/open.ts"),
    import("../../../course/mistakes.ts"),
    import("../../course/roster-report.ts"),
  ]);
  const checked = await checkCourse(course, state ?? defaultState(course));
  const view = rosterView(checked, names === true);
  process.stdout.write(json ? `${JSON.stringify(view, null, 2)}\n` : rosterText(view));
  if (view.mistakes.length === 0) return;
  // Whoever reads the JSON has the mistakes in it.
  if (json) process.exitCode = 1;
  else throw new MistakesError(checked.course.roster, view.mistakes);
}

export function rosterCommand(): Command {
  const command = new Command("roster")
    .summary("check the course file and the roster; show people, teams and stacks")
    .description(
      "Reads the course file and the roster, reports every mistake of each with its line, and gives new people a pseudonym. Shows " +
        "sections, teams and stacks by pseudonym. Exit code 1 when there are mistakes; then nothing is written.",
    )
    .option("--names", "show names beside the pseudonyms, from the course's people.json")
    .option("--json", "as JSON, including mistakes")
    .addHelpText(
      "after",
      "\nRosters: Classroom 50, GitHub Classroom, a Canvas gradebook, or a CSV of id,\nname, email, section and team.\n" +
        "\nExamples:\n  annofarm course roster\n  annofarm course roster --course autumn/course.yaml --names",
    )
    .action(runRoster);
  for (const option of courseOptions()) command.addOption(option);
  return command;
}
