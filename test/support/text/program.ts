/** What the command line says of words, asked of the very program: its commands parse them, and none of them runs. */
import { type Command, CommanderError } from "commander";
import { describeProgram } from "../../../bin/annofarm.ts";
import { readExpectation } from "../../../loadtest/measure/verdicts/expectation.ts";
import { parseCapacity } from "../../../local/capacity/parse.ts";
import type { Variant } from "../../../scaling/simulate/compare/variants.ts";
import { allCommands, leafCommands } from "../leaf-commands.ts";
import { isPlaceholder } from "./shell.ts";

/** What was chosen on a command line that the program takes. */
export interface Chosen {
  readonly command: string;
  readonly cwd: string;
  readonly stack: string | undefined;
  /** Each configuration that the program would be run under. */
  readonly configs: readonly Readonly<Record<string, string>>[];
}

interface Options {
  readonly cwd?: string;
  readonly stack?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly variant?: readonly Variant[];
  readonly expect?: readonly string[];
  readonly instanceCapacity?: readonly string[];
}

let chosen: Command | undefined;

/**
 * The program, which throws what it would say, and does nothing but remember what was chosen.
 *
 * @param lenient nothing has to be given.
 */
function quietProgram(lenient: boolean): Command {
  const program = describeProgram({ version: "0", description: "" });
  for (const command of allCommands(program)) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (lenient) for (const option of command.options) option.mandatory = false;
    if (command.commands.length > 0) continue;
    command.action(() => {
      chosen = command;
    });
  }
  return program;
}

const programs = { exact: quietProgram(false), lenient: quietProgram(true) };

/** The words of each command: `["course", "up"]`. */
export const commandWords: readonly (readonly string[])[] = leafCommands(programs.exact).map(({ words }) => words);

/** The examples of every command's help, as one text each. */
export function helpTexts(): { readonly command: string; readonly text: string }[] {
  const talking = describeProgram({ version: "0", description: "" });
  return allCommands(talking).map((command) => {
    let text = "";
    command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
    return { command: command.name(), text };
  });
}

/** Mistakes that are none where a command is only spoken of: `annofarm simulate`, `--port`. */
const incomplete = ["commander.missingArgument", "commander.optionMissingArgument"];
const shown = ["commander.helpDisplayed", "commander.help", "commander.version"];

/** Values that commands read only when they run. */
function readLate({ expect, instanceCapacity }: Options): void {
  for (const text of expect ?? []) readExpectation(text);
  for (const text of instanceCapacity ?? []) parseCapacity(text);
}

function describe(command: Command): Chosen {
  const options: Options = command.opts();
  readLate(options);
  return {
    command: command.name(),
    cwd: command.getOptionValueSource("cwd") === "default" ? "" : (options.cwd ?? ""),
    stack: options.stack,
    configs: [options.config ?? {}, ...(options.variant ?? []).map(({ config }) => config)],
  };
}

/**
 * What the program says of the words behind `annofarm`.
 *
 * @param spokenOf - true: a command that is only spoken of may lack its arguments.
 */
export function askProgram(words: readonly string[], spokenOf: boolean): { objection?: string; chosen?: Chosen } {
  chosen = undefined;
  try {
    programs[spokenOf ? "lenient" : "exact"].parse([...words], { from: "user" });
    return chosen === undefined ? {} : { chosen: describe(chosen) };
  } catch (error) {
    if (error instanceof CommanderError) {
      if (shown.includes(error.code) || (spokenOf && incomplete.includes(error.code))) return {};
      // A number that is left to the reader.
      if (error.code === "commander.invalidArgument" && words.some(isPlaceholder)) return {};
    }
    return { objection: (error as Error).message.replace(/^error: /, "").split("\n")[0] ?? "" };
  }
}
