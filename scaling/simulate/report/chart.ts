/** Charts of characters. */
import { figure } from "./format.ts";

const eighths = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** As many values as there are columns: the greatest of each stretch, so that no peak is lost. */
export function squeeze(values: readonly number[], columns: number): number[] {
  if (values.length <= columns) return [...values];
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    return Math.max(...values.slice(from, to));
  });
}

/** Columns from 0 up, with the greatest value and 0 at the left. */
export function columns(values: readonly number[], width: number, height: number): string[] {
  const most = Math.max(...values, 0);
  const labels = [figure(most), "0"];
  const margin = Math.max(...labels.map((label) => label.length));
  const shown = squeeze(values, width - margin - 2);
  return Array.from({ length: height }, (_, row) => {
    const base = height - 1 - row;
    const cells = shown.map((value) => {
      const filled = most === 0 ? 0 : (value / most) * height - base;
      return eighths[Math.round(8 * Math.min(1, Math.max(0, filled)))];
    });
    const label = row === 0 ? labels[0] : row === height - 1 ? labels[1] : "";
    return `${(label as string).padStart(margin)} ▕${cells.join("")}`.trimEnd();
  });
}
