/** The commands that do something, those of groups such as `annofarm course` among them. */
import type { Command } from "commander";

export interface LeafCommand {
  /** Behind `annofarm`: `["course", "up"]`. */
  readonly words: readonly string[];
  readonly command: Command;
}

export function leafCommands(program: Command, before: readonly string[] = []): LeafCommand[] {
  return program.commands.flatMap((command) => {
    const words = [...before, command.name()];
    return command.commands.length === 0 ? [{ words, command }] : leafCommands(command, words);
  });
}

/** The program, its groups and its commands. */
export function allCommands(program: Command): Command[] {
  return [program, ...program.commands.flatMap(allCommands)];
}
