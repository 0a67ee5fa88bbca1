/** The word that was most likely meant. */

/** Insertions, deletions, replacements and swaps of neighbours between two texts; case counts half. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const [x = "", y = ""] = [a[i - 1], b[j - 1]];
      const replace = x === y ? 0 : x.toLowerCase() === y.toLowerCase() ? 0.5 : 1;
      const swapped = i > 1 && j > 1 && x === b[j - 2] && y === a[i - 2];
      const candidates = [
        (rows[i - 1]?.[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (rows[i - 1]?.[j - 1] ?? 0) + replace,
        ...(swapped ? [(rows[i - 2]?.[j - 2] ?? 0) + 1] : []),
      ];
      row.push(Math.min(...candidates));
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/** The known word nearest to a given one; of equally near ones the first. `undefined`: there is none at all. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  let [found, least]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const word of known) {
    const far = distance(given, word);
    if (far < least) [found, least] = [word, far];
  }
  return found;
}
