/** Numbers as the documents write them. */
import type { Published, Ratio } from "./records.ts";

/** With so many decimals, and commas between thousands. */
export const number = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Three significant digits at most. */
export const short = (value: number): string =>
  number(Number(value.toPrecision(2)), value < 1 ? 2 : value < 10 ? 1 : 0);

export const orDash = (value: number | null | undefined, digits = 0): string =>
  value === null || value === undefined ? "–" : number(value, digits);

/** `1.09 (0.87 to 1.24)`. */
export const spread = ({ median, min, max }: Ratio, digits = 2): string =>
  `${number(median, digits)} (${number(min, digits)} to ${number(max, digits)})`;

/** Of a part of 1: `6.3 %`. */
export const percent = (part: number, digits = 1): string => `${number(100 * part, digits)} %`;

/** `+1.3 %`, `−2.7 %`; nothing at all: `0 %`. */
export function change(part: number, digits = 1): string {
  const text = number(Math.abs(100 * part), digits);
  if (Number(text.replaceAll(",", "")) === 0) return part === 0 ? "0 %" : `±${text} %`;
  return `${part > 0 ? "+" : "−"}${text} %`;
}

export const table = (
  head: readonly string[],
  align: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [head, align, ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")
    .replaceAll("|  |", "| |");

/** Where the figures come from, to stand below them. */
export function origin({ command, date, machine, transcribed, note }: Published): string {
  const when =
    transcribed === undefined
      ? `${date.slice(0, 10)}, ${machine.cores} × ${machine.cpu}, Node ${machine.node}.`
      : `published ${date.slice(0, 10)} (${machine.cores} cores, Node ${machine.node}), transcribed ${transcribed.on} from ${transcribed.from}.`;
  return [...(note === undefined ? [] : [note, ""]), `\`${command}\`: ${when}`].join("\n");
}
