/** What is wrong with an exported file: where, what stands there, what was expected. */

const shownMost = 80;

/** A value as it stands in a file, cut where it is long. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > shownMost ? `${text.slice(0, shownMost)}…` : text;
};

export const at = (file: string, line: number): string => `${file}, line ${line}`;

/** @param where file and line, or file and property. */
export const broken = (where: string, value: unknown, expected: string): RangeError =>
  new RangeError(`${where}: ${shown(value)} is not ${expected}`);
