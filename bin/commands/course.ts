/** `annofarm course`: one command for each thing that staff do. */
import { Command } from "commander";
import { checkCommand } from "./course/check.ts";
import { courseCostCommand } from "./course/cost.ts";
import { downCommand } from "./course/down.ts";
import { emptyCommand } from "./course/empty.ts";
import { courseExpireCommand } from "./course/expire.ts";
import { courseExtendCommand } from "./course/extend.ts";
import { freezeCommand, unfreezeCommand } from "./course/freeze.ts";
import { logsCommand } from "./course/logs.ts";
import { marksCommand } from "./course/marks.ts";
import { planCommand } from "./course/plan.ts";
import { rosterCommand } from "./course/roster.ts";
import { statusCommand } from "./course/status.ts";
import { upCommand } from "./course/up.ts";
import { courseWatchCommand } from "./course/watch.ts";

/** In the order of a term. */
const commands = [
  rosterCommand,
  planCommand,
  upCommand,
  statusCommand,
  logsCommand,
  freezeCommand,
  unfreezeCommand,
  courseCostCommand,
  courseWatchCommand,
  courseExtendCommand,
  courseExpireCommand,
  checkCommand,
  marksCommand,
  downCommand,
  emptyCommand,
] as const;

export function courseCommand(): Command {
  const command = new Command("course")
    .summary("a stack for everybody on a roster")
    .description(
      "Takes a course from its roster to an empty account: a stack for each person or team, all of them brought up, watched and\n" +
        "taken down together. course.yaml describes the course.",
    );
  for (const each of commands) command.addCommand(each());
  return command;
}
