/** Commands as documents show them, taken apart into words as a shell would. */
import { parse } from "shell-quote";
import type { CodeBlock, Piece } from "./markdown.ts";

export interface ShownCommand {
  /** Without prompt, comment and redirections. */
  readonly words: readonly string[];
  readonly line: number;
}

/** Names that a document leaves to its reader: `<queue>`, `FILE`, `…`. */
export const isPlaceholder = (word: string): boolean => /^(?:<.+>|[A-Z][A-Z_]+|…|\.\.\.)$/.test(word);

/** One line, which may hold several commands behind each other. */
function commandsOfLine(text: string): string[][] {
  const commands: string[][] = [[]];
  let redirected = false;
  // Angle brackets of a placeholder are none of the shell's.
  const quoted = text.replace(/<[a-z][\w -]*>/gi, (name) => `'${name}'`);
  for (const token of parse(quoted, (name) => `$${name}`)) {
    if (typeof token === "object" && "comment" in token) break;
    if (typeof token === "object" && token.op !== "glob") {
      redirected = /[<>]/.test(token.op);
      if (!redirected) commands.push([]);
    } else if (redirected) redirected = false;
    else commands.at(-1)?.push(typeof token === "string" ? token : token.pattern);
  }
  return commands.filter((words) => words.length > 0);
}

/** Environment variables in front of a command are not part of it. */
const withoutEnvironment = (words: readonly string[]): readonly string[] =>
  words.slice(words.findIndex((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word)));

const ours = /^(?:[A-Z_][A-Z0-9_]*=\S+ )*(?:annofarm|npx|npm|k6|tsx|node) /;

function commandsIn(text: string, line: number): ShownCommand[] {
  return commandsOfLine(text).map((words) => ({ words: withoutEnvironment(words), line }));
}

const scripts = ["sh", "bash", "shell"];

/** Commands of a block: lines behind a prompt, and those of a shell script; all else is what they print. */
export function commandsOfBlock({ text, line, language }: CodeBlock): ShownCommand[] {
  const found: ShownCommand[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    let content = (lines[index] as string).trim();
    const isCommand = content.startsWith("$ ") || scripts.includes(language);
    while (isCommand && content.endsWith("\\") && index + 1 < lines.length) {
      content = `${content.slice(0, -1)}${(lines[++index] as string).trim()}`;
    }
    if (isCommand) found.push(...commandsIn(content.replace(/^\$ /, ""), line + first));
  }
  return found;
}

/** Every reading of `loadtest web|annotator -t local`: alternatives without spaces between them are commands of their own. */
function readings(text: string): string[] {
  const [, before, choice, after] = /^(.*?)(?<=\s)(\w[\w-]*(?:\|\w[\w-]*)+)(.*)$/s.exec(text) ?? [];
  if (before === undefined || choice === undefined) return [text];
  return choice.split("|").flatMap((each) => readings(`${before}${each}${after}`));
}

/** The commands, or the options alone, that a piece of inline code is; none: it is something else. */
export function commandsOfInline({ text, line }: Piece): ShownCommand[] {
  // `-p, --parameter USERS=100` is how help writes two names of one option.
  const [, short, long] = /^(-\w), (--.*)$/s.exec(text) ?? [];
  if (short !== undefined && long !== undefined) return [short, long].flatMap((each) => commandsIn(each, line));
  if (!/^-(?:\w$|\w[ =]|-[a-z])/.test(text) && !ours.test(`${text} `)) return [];
  return readings(text).flatMap((each) => commandsIn(each, line));
}
