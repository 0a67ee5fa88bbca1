/** Stretches of a sequence, by position. */

/** First and last base, both 1-based and inclusive. */
export type Span = readonly [first: number, last: number];

/** The same bases in the fewest stretches, by position. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const [first, last] of [...spans].sort((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (before === undefined || first > before[1] + 1) result.push([first, last]);
    else if (last > before[1]) result[result.length - 1] = [before[0], last];
  }
  return result;
}

export const basesOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** The stretch from the first to the last base of all; `undefined` for none. */
export function extentOf(spans: readonly Span[]): Span | undefined {
  const [first] = spans;
  if (first === undefined) return undefined;
  return spans.reduce<Span>(([from, to], [start, end]) => [Math.min(from, start), Math.max(to, end)], first);
}
