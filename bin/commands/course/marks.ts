import { Command, Option } from "commander";
import { type CourseOptions, courseOptions } from "../../course/options.ts";
import { requireDirectory, requirePlaceOf } from "../../places.ts";

const formats = ["gradescope", "classroom50", "canvas", "csv", "html"] as const;

interface MarksOptions extends CourseOptions {
  readonly from: string;
  readonly format: (typeof formats)[number];
  readonly output: string;
  readonly only?: string;
  readonly column?: string;
  readonly names?: true;
}

/** Options that a format would pass over are refused: whoever gave them expects something of them. */
function checkOptions({ format, output, column, names }: MarksOptions): void {
  const toRoster = format === "canvas" || format === "csv";
  if (toRoster && column === undefined) {
    throw new Error(
      `--format ${format} writes into a column of the roster; name it with --column, such as --column "Size limit (4711)"`,
    );
  }
  if (!toRoster && column !== undefined)
    throw new Error(`--column ${column} is for canvas and csv; ${format} has no columns`);
  if (names && format !== "html")
    throw new Error(`--names is for the class's page of html; leave it out with ${format}`);
  const toDirectory = format === "html" || (format === "gradescope" && !output.endsWith(".json"));
  if (toDirectory) requireDirectory(output);
  else requirePlaceOf(output);
}

async function runMarks(options: MarksOptions): Promise<void> {
  checkOptions(options);
  const [{ readMarks }, { defaultState }, write] = await Promise.all([
    import("../../../course/marks/marks.ts"),
    import("../../../course/people/open.ts"),
    import("../../course/write-marks.ts"),
  ]);
  const { course, format, output, only, column = "", names } = options;
  const target = { marks: await readMarks(options.from), output, only };
  const state = options.state ?? defaultState(course);
  const lines = {
    gradescope: () => write.writeGradescope(target),
    classroom50: () => write.writeClassroom50(target),
    canvas: () => write.writeColumn(target, course, state, column, "canvas"),
    csv: () => write.writeColumn(target, course, state, column),
    html: async () => write.writePages(target, names && (await write.namesOf(target.marks, course, state))),
  }[format];
  process.stdout.write(`${(await lines()).join("\n")}\n`);
}

export function marksCommand(): Command {
  const command = new Command("marks")
    .summary("write marks for Gradescope, Classroom 50, Canvas, or as pages")
    .description(
      "Writes the marks from annofarm course check in other formats. Canvas: the roster itself with one column filled in, every " +
        "other byte unchanged; csv: the same for any other roster. Everything that students can read shows hidden items as one sum.",
    )
    .requiredOption("--from <file>", "marks, as annofarm course check wrote them")
    .addOption(new Option("--format <name>", "format to write").choices(formats).makeOptionMandatory())
    .requiredOption(
      "-o, --output <file|directory>",
      "html: a directory; gradescope: a .json file for one, or a directory for all",
    )
    .option("--only <name>", "one stack or person, by pseudonym")
    .option("--column <name>", "canvas, csv: the assignment's column; a missing column is added at the end")
    .option("--names", "html: names on the class's page, from the course's people.json")
    .addHelpText(
      "after",
      '\nExamples:\n  annofarm course marks --from marks.json --format canvas \\\n    --column "Size limit (4711)" -o grades.csv\n' +
        "  annofarm course marks --from marks.json --format html -o pages\n" +
        "  annofarm course marks --from marks.json --format gradescope \\\n    -o results.json --only gas26-s7k2m9x",
    )
    .action(runMarks);
  for (const option of courseOptions()) command.addOption(option);
  return command;
}
