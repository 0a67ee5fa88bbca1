/** `annofarm course …` with the commands of roster and marks only: a process of its own, as a user runs it. */
import { Command } from "commander";
import { run } from "../../../bin/annofarm.ts";
import { marksCommand } from "../../../bin/commands/course/marks.ts";
import { rosterCommand } from "../../../bin/commands/course/roster.ts";

const course = new Command("course").addCommand(rosterCommand()).addCommand(marksCommand());
const failure = await run(new Command("annofarm").addCommand(course), process.argv);
if (failure !== undefined) {
  process.stderr.write(`annofarm: ${failure.message}\n`);
  process.exitCode = 1;
}
