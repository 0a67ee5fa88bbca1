/** What reads one kind of line-wise export. */
import type { SecondCounts } from "./span.ts";

export interface LineReader {
  /** @param number of the line in its file, from 1 on. @throws {RangeError} naming file, line, value and what was expected. */
  line(file: string, text: string, number: number): void;
  /** What a user must know of what was counted and what was not. */
  remarks(): string[];
}

export type CreateReader = (counts: SecondCounts) => LineReader;
