/** What commands about money and lifetime have in common. */
import { Option } from "commander";
import type { Books } from "../../../course/books.ts";

export interface CourseOptions {
  /** course.yaml. */
  readonly course: string;
  /** Folder that keeps the course; omitted: `.annofarm/course/<course>`. */
  readonly state?: string;
  readonly local?: true;
}

/** Opens a course for a command: its file, its ledger, its engine. */
export type OpenBooks = (options: CourseOptions) => Promise<Books>;

export const jsonOption = (): Option => new Option("--json", "everything as JSON");

export function onlyOption(): Option {
  return new Option("--only <stacks...>", "these stacks, by name; separate several by spaces");
}

/** Names that were asked for. @throws {Error} naming those that the course does not have. */
export function chosen(asked: readonly string[] | undefined, known: readonly string[]): readonly string[] {
  const unknown = (asked ?? []).filter((name) => !known.includes(name));
  if (unknown.length === 0) return asked ?? known;
  const some = known.slice(0, 5).join(", ");
  throw new Error(
    `--only ${unknown.join(" ")}: ${unknown.length === 1 ? "the course has no such stack" : "the course has no such stacks"}; ` +
      `${known.length === 0 ? "it has none yet" : `it has ${some}${known.length > 5 ? ` and ${known.length - 5} more` : ""}`}`,
  );
}
