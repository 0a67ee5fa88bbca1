/** `annofarm course`: one command for each thing that staff do. */
import { Command } from "commander";
import { downCommand } from "./course/down.ts";
import { freezeCommand, unfreezeCommand } from "./course/freeze.ts";
import { logsCommand } from "./course/logs.ts";
import { statusCommand } from "./course/status.ts";
import { upCommand } from "./course/up.ts";

/** In the order of a term. Each part of the course adds its own here. */
const commands = [upCommand, statusCommand, logsCommand, freezeCommand, unfreezeCommand, downCommand] as const;

export function courseCommand(): Command {
  const command = new Command("course")
    .summary("a stack for everybody on a roster")
    .description(
      "Takes a course from its roster to an empty account: a stack for each person or team, all of them brought up, watched and\n" +
        "taken down together. course.yaml says what the course is.",
    );
  for (const each of commands) command.addCommand(each());
  return command;
}
