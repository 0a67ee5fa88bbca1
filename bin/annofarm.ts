/** The command line. A command's file declares it and loads what it does only when it is chosen. */
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { quietSdk } from "../plan/process/quiet-sdk.ts";
import { annotateCommand } from "./commands/annotate.ts";
import { backtestCommand } from "./commands/backtest.ts";
import { compareCommand } from "./commands/compare.ts";
import { costCommand } from "./commands/cost.ts";
import { courseCommand } from "./commands/course.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { drawCommand } from "./commands/draw.ts";
import { emulateCommand } from "./commands/emulate.ts";
import { imageCommand } from "./commands/image.ts";
import { jobCommand } from "./commands/job.ts";
import { loadtestCommand } from "./commands/loadtest.ts";
import { localCommand } from "./commands/local.ts";
import { permissionsCommand } from "./commands/permissions.ts";
import { planCommand } from "./commands/plan.ts";
import { policyCommand } from "./commands/policy.ts";
import { redriveCommand } from "./commands/redrive.ts";
import { referenceCommand } from "./commands/reference.ts";
import { rollCommand } from "./commands/roll.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { toolsCommand } from "./commands/tools.ts";
import { tuneCommand } from "./commands/tune.ts";
import { explain, type GivenValue } from "./explain.ts";
import { exitCodes, JobFailure } from "./job/failure.ts";
import { guardStreams } from "./streams.ts";

/** What package.json says of the package. */
export interface About {
  readonly version: string;
  readonly description: string;
}

/** The whole command line; each command's options can be looked at, or parsed without running it. */
export function describeProgram({ version, description }: About): Command {
  return new Command("annofarm")
    .description(description)
    .version(version)
    .showHelpAfterError("(annofarm --help lists the commands, annofarm <command> --help their options)")
    .addHelpText("after", "\nSet DEBUG=1 to see where an error came from.")
    .addCommand(localCommand())
    .addCommand(planCommand())
    .addCommand(annotateCommand())
    .addCommand(backtestCommand())
    .addCommand(compareCommand())
    .addCommand(costCommand())
    .addCommand(courseCommand())
    .addCommand(doctorCommand())
    .addCommand(drawCommand())
    .addCommand(emulateCommand())
    .addCommand(imageCommand())
    .addCommand(jobCommand())
    .addCommand(loadtestCommand())
    .addCommand(permissionsCommand())
    .addCommand(policyCommand())
    .addCommand(redriveCommand())
    .addCommand(referenceCommand())
    .addCommand(rollCommand())
    .addCommand(simulateCommand())
    .addCommand(toolsCommand())
    .addCommand(tuneCommand());
}

/** Options and arguments of a command as its user gave them; defaults are nobody's mistake. */
function givenTo(command: Command): GivenValue[] {
  const options = command.options
    .map((option) => ({ name: option.long ?? option.flags, key: option.attributeName() }))
    .filter(({ key }) => command.getOptionValueSource(key) === "cli")
    .map(({ name, key }) => ({ name, value: command.getOptionValue(key) }));
  const named = command.registeredArguments.map((argument, index) => ({
    name: argument.name(),
    value: command.processedArgs[index],
  }));
  return [...options, ...named];
}

/** Commands whose stack follows from what they do: they say it themselves. */
const knowTheirStack: readonly string[] = ["local", "loadtest", "roll"];

/** Commands differ in their usual stack, so one that nobody named is told. */
function tellStack(command: Command): void {
  if (knowTheirStack.includes(command.name()) || command.getOptionValueSource("stack") !== "default") return;
  process.stderr.write(`Stack ${command.getOptionValue("stack")}; -s names another.\n`);
}

/** Why a command has failed. */
interface Failure {
  /** One message; with DEBUG its stack as well. */
  readonly message: string;
  /** Undefined: that of the command. */
  readonly exitCode: number | undefined;
}

/**
 * Runs the chosen command of a program.
 *
 * @returns undefined when the command has come to its end.
 */
export async function run(program: Command, argv: readonly string[]): Promise<Failure | undefined> {
  let chosen: Command | undefined;
  program.hook("preAction", (_, command) => {
    chosen = command;
    tellStack(command);
  });
  try {
    await program.parseAsync(argv);
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    const message = process.env.DEBUG ? inspect(error) : explain(error, chosen === undefined ? [] : givenTo(chosen));
    return { message, exitCode: error instanceof JobFailure ? error.exitCode : undefined };
  }
}

/** Exit codes of failure where 1 says something else. */
const failureCodes: Readonly<Record<string, number>> = { annotate: 2, job: exitCodes.use };

/** Runs the chosen command. Exit code 1 when it fails, unless the command has one of its own. */
export async function main(argv: readonly string[], about: About): Promise<void> {
  Object.assign(process.env, quietSdk);
  const failureCode = failureCodes[argv[2] ?? ""] ?? 1;
  guardStreams(failureCode);
  const failure = await run(describeProgram(about), argv);
  if (failure === undefined) return;
  process.stderr.write(`annofarm: ${failure.message}\n`);
  process.exitCode = failure.exitCode ?? failureCode;
}
