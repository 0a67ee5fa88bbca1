import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { type ProgramOptions, programOptions } from "./options.ts";

interface PermissionsOptions extends ProgramOptions {
  readonly json?: true;
  readonly markdown?: true;
  readonly update?: string;
}

async function showPermissions(options: PermissionsOptions): Promise<void> {
  const { readPlan } = await import("../../plan/plan.ts");
  const { roleViews } = await import("../../plan/views/permissions/reach.ts");
  const { textOfRoles } = await import("../../plan/views/permissions/words.ts");
  const { markdownOfPermissions, withGenerated } = await import("../../plan/views/permissions/document.ts");
  // Read first: a file that is not there is told before the program runs.
  const before = options.update === undefined ? "" : await readFile(resolve(options.update), "utf8");
  const plan = await readPlan({ directory: resolve(options.cwd), stack: options.stack, config: options.config });
  const roles = roleViews(plan);
  if (options.update !== undefined) {
    const file = resolve(options.update);
    await writeFile(file, withGenerated(before, markdownOfPermissions(plan), options.update));
    process.stdout.write(`${options.update} is up to date\n`);
    return;
  }
  if (options.json) {
    const { jsonOfRoles } = await import("../../plan/views/permissions/json.ts");
    process.stdout.write(jsonOfRoles(roles));
    return;
  }
  const text = options.markdown
    ? markdownOfPermissions(plan)
    : textOfRoles(roles, Math.min(process.stdout.columns ?? 80, 80));
  process.stdout.write(roles.length === 0 ? `stack ${plan.stack} declares no roles\n` : text);
}

export function permissionsCommand(): Command {
  const command = new Command("permissions")
    .summary("show what each role may do, and what a thief of its credentials could do")
    .description(
      "Runs the Pulumi program without AWS, evaluates the policies it declares, and shows for each role who takes it on,\n" +
        "what it can read, change and delete, and what it cannot touch.",
    )
    .addOption(new Option("--json", "as JSON").conflicts(["markdown", "update"]))
    .addOption(new Option("--markdown", "as a section of a Markdown document").conflicts("update"))
    .option("--update <file>", "put that section between the markers of a Markdown file")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm permissions\n  annofarm permissions -s dev --update docs/security.md",
    )
    .action(showPermissions);
  for (const option of programOptions("local")) command.addOption(option);
  return command;
}
