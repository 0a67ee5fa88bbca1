import { resolve } from "node:path";
import { Command } from "commander";
import { type ProgramOptions, programOptions } from "./options.ts";

interface PlanOptions extends ProgramOptions {
  readonly json?: true;
}

async function showPlan(options: PlanOptions): Promise<void> {
  const { readPlan } = await import("../../plan/plan.ts");
  const plan = await readPlan({ directory: resolve(options.cwd), stack: options.stack, config: options.config });
  if (options.json) {
    const { jsonOf } = await import("../../plan/views/json.ts");
    process.stdout.write(jsonOf(plan));
    return;
  }
  const { treeOf } = await import("../../plan/views/tree.ts");
  process.stdout.write(treeOf(plan, Math.min(process.stdout.columns ?? 80, 80)));
}

export function planCommand(): Command {
  const command = new Command("plan")
    .summary("show what the program declares; needs no AWS")
    .description("Runs the Pulumi program without AWS and shows every resource that it declares.")
    .option("--json", "everything, including inputs and outputs, as JSON in a stable order")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm plan\n  annofarm plan --stack dev --json\n  annofarm plan -c owner=team1",
    )
    .action(showPlan);
  for (const option of programOptions("local")) command.addOption(option);
  return command;
}
