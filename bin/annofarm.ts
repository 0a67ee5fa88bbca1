/** The command line. A command's file declares it and loads what it does only when it is chosen. */
import { inspect } from "node:util";
import { Command } from "commander";
import { annotateCommand } from "./commands/annotate.ts";
import { compareCommand } from "./commands/compare.ts";
import { costCommand } from "./commands/cost.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { drawCommand } from "./commands/draw.ts";
import { loadtestCommand } from "./commands/loadtest.ts";
import { localCommand } from "./commands/local.ts";
import { permissionsCommand } from "./commands/permissions.ts";
import { planCommand } from "./commands/plan.ts";
import { policyCommand } from "./commands/policy.ts";
import { redriveCommand } from "./commands/redrive.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { toolsCommand } from "./commands/tools.ts";

/** What package.json says of the package. */
interface About {
  readonly version: string;
  readonly description: string;
}

function describeProgram({ version, description }: About): Command {
  return new Command("annofarm")
    .description(description)
    .version(version)
    .showHelpAfterError("(annofarm --help lists the commands, annofarm <command> --help their options)")
    .addHelpText("after", "\nSet DEBUG=1 to see where an error came from.")
    .addCommand(localCommand())
    .addCommand(planCommand())
    .addCommand(annotateCommand())
    .addCommand(compareCommand())
    .addCommand(costCommand())
    .addCommand(doctorCommand())
    .addCommand(drawCommand())
    .addCommand(loadtestCommand())
    .addCommand(permissionsCommand())
    .addCommand(policyCommand())
    .addCommand(redriveCommand())
    .addCommand(simulateCommand())
    .addCommand(toolsCommand());
}

/** Runs the chosen command. An error becomes one message on standard error and exit code 1; with DEBUG its stack as well. */
export async function main(argv: readonly string[], about: About): Promise<void> {
  try {
    await describeProgram(about).parseAsync(argv);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`annofarm: ${process.env.DEBUG ? inspect(error) : message}\n`);
    process.exitCode = 1;
  }
}
