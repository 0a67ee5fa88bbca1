/** The command line. A command's file declares it and loads what it does only when it is chosen. */
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Command } from "commander";
import { localCommand } from "./commands/local.ts";
import { planCommand } from "./commands/plan.ts";
import { toolsCommand } from "./commands/tools.ts";

function describeProgram(): Command {
  const { version, description } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
    readonly description: string;
  };
  return new Command("annofarm")
    .description(description)
    .version(version)
    .showHelpAfterError("(annofarm --help lists the commands, annofarm <command> --help their options)")
    .addHelpText("after", "\nSet DEBUG=1 to see where an error came from.")
    .addCommand(localCommand())
    .addCommand(planCommand())
    .addCommand(toolsCommand());
}

/** Runs the chosen command. An error becomes one message on standard error and exit code 1; with DEBUG its stack as well. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await describeProgram().parseAsync(argv);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`annofarm: ${process.env.DEBUG ? inspect(error) : message}\n`);
    process.exitCode = 1;
  }
}
