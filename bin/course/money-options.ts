/** What commands about money and lifetime have in common. */
import type { Option } from "commander";
import type { Books } from "../../course/books.ts";
import { type StackOptions, stackOptions } from "./stack-options.ts";

export type MoneyOptions = Pick<StackOptions, "course" | "state" | "local" | "only" | "json">;

/** Opens a course for a command: its file, its ledger, its engine. `command`: as its user calls it. */
export type OpenBooks = (options: MoneyOptions, command: string) => Promise<Books>;

/** Loads what opens a course when a command runs. */
export const openBooksOf: OpenBooks = async (options, command) =>
  (await import("./books.ts")).openBooks(options, command);

type Name = "--course" | "--state" | "--local" | "--only" | "--json";

/** Those of the options of stacks, so that each means the same in every command. */
export function moneyOptions(...names: readonly Name[]): Option[] {
  const wanted = ["--course", "--state", "--local", ...names];
  return stackOptions().filter(({ long }) => wanted.includes(long ?? ""));
}

/** Names that were asked for, by stack or pseudonym. @throws {Error} naming the first that the course does not have. */
export async function chosen(only: readonly string[] | undefined, names: readonly string[]): Promise<string[]> {
  const { selectStacks } = await import("../../course/stacks/select.ts");
  const stacks = names.map((name) => ({ name, members: [] }));
  return selectStacks(stacks, only === undefined ? {} : { only }).map(({ name }) => name);
}
