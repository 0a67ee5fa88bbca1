/** `annofarm job`: the service's API as commands. */
import { Command } from "commander";
import { cancelCommand } from "./job/cancel.ts";
import { deleteCommand } from "./job/delete.ts";
import { listCommand } from "./job/list.ts";
import { logCommand } from "./job/log.ts";
import { rerunCommand } from "./job/rerun.ts";
import { resultCommand } from "./job/result.ts";
import { showCommand } from "./job/show.ts";
import { submitCommand } from "./job/submit.ts";

/** In the order of a job's life. */
const commands = [
  submitCommand,
  listCommand,
  showCommand,
  logCommand,
  resultCommand,
  cancelCommand,
  rerunCommand,
  deleteCommand,
] as const;

export function jobCommand(): Command {
  const command = new Command("job")
    .summary("submit files to a running service, and follow their jobs")
    .description(
      "Works on jobs of a running service through its API. ANNOFARM_URL names the\n" +
        "service, ANNOFARM_TOKEN holds an API token of its profile page; or a file says\n" +
        "both that only you can read: ~/.config/annofarm/service.json.",
    )
    .addHelpText(
      "after",
      "\nExit status: 0 done; 1 waited for, and not annotated; 2 wrong use; 3 refused by\nthe service; 4 not there (yet); 5 the service cannot be reached, or fails.\n\n" +
        "docs/annotation.md describes settings, uploads and downloads.",
    );
  for (const each of commands) command.addCommand(each());
  return command;
}
