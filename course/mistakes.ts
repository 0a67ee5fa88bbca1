/** Mistakes in what staff write, gathered and reported together. */

/** One mistake. Its text names the value, the bound and the fix. */
export interface Mistake {
  /** In the file, from 1. */
  readonly line?: number;
  /** How its writer knows the setting: `budgets.brake[0].at`. */
  readonly path?: string;
  readonly reason: string;
}

/** Text on one line of a terminal, whatever the file has in its cells. */
export const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, " ");

function mistakeText({ line, path, reason }: Mistake): string {
  const place = [line === undefined ? [] : `line ${line}`, path || []].flat().join(", ");
  return oneLine(place === "" ? reason : `${place}: ${reason}`);
}

/** Everything that is wrong with one file: a single mistake on one line, several below each other. */
export class MistakesError extends Error {
  /** In the order of the file. */
  readonly mistakes: readonly Mistake[];

  constructor(file: string, mistakes: readonly Mistake[]) {
    const [first, ...others] = mistakes.map(mistakeText);
    super(
      others.length === 0
        ? `${file}: ${first}`
        : `${file} has ${mistakes.length} mistakes:\n${[first, ...others].map((text) => `  ${text}`).join("\n")}`,
    );
    this.name = "MistakesError";
    this.mistakes = mistakes;
  }
}

/** By line; those of the whole file first. */
export const inOrder = (mistakes: readonly Mistake[]): Mistake[] =>
  [...mistakes].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
