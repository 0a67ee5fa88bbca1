/** Options of the commands that work on a course's stacks. */
import { Option } from "commander";
import { configOption } from "../commands/options.ts";
import { type CourseOptions, courseOptions } from "./options.ts";

export interface SelectionOptions extends CourseOptions {
  readonly only?: readonly string[];
  readonly section?: readonly string[];
  readonly json?: true;
}

export interface StackOptions extends SelectionOptions {
  /** True: the file's usual place. */
  readonly local?: true | string;
  /** Of commands that run the program. */
  readonly config?: Readonly<Record<string, string>>;
  readonly again?: true;
  readonly parallel?: number;
}

const listed = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(",").map((word) => word.trim()),
];

/** Which stacks. */
export function selectionOptions(): Option[] {
  return [
    ...courseOptions(),
    new Option("--only <names>", "stacks or pseudonyms, separated by commas; may be repeated").argParser(listed),
    new Option("--section <names>", "stacks of these sections; may be repeated").argParser(listed),
    new Option("--json", "the results as JSON"),
  ];
}

/** Which stacks, and in which account. */
export function stackOptions(): Option[] {
  return [
    ...selectionOptions(),
    new Option("--local [file]", "use the account of annofarm emulate (default: .annofarm/emulate.json)"),
    configOption(),
  ];
}
