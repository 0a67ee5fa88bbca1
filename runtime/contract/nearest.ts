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

/** How much of the longer word two words must have in common for one to be meant by the other. */
const leastAlike = 0.4;

/**
 * The known word that was most likely meant; of equally near ones the first. `undefined` when none is alike: a word that has nothing in
 * common with what was given misleads.
 */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  let [found, most]: [string | undefined, number] = [undefined, leastAlike];
  for (const word of known) {
    const alike = 1 - distance(given, word) / Math.max(given.length, word.length, 1);
    if (alike > most) [found, most] = [word, alike];
  }
  return found;
}

/**
 * The same for the full key of a setting, `namespace:name`: the key of that name in another namespace first; otherwise the nearest name
 * in the given namespace; in an unknown one, the nearest of all.
 */
export function nearestSetting(given: string, known: readonly string[]): string | undefined {
  const nameOf = (key: string) => key.slice(key.indexOf(":") + 1);
  const namesake = known.find((key) => nameOf(key) === nameOf(given));
  if (namesake !== undefined) return namesake;
  const namespace = given.slice(0, given.indexOf(":") + 1);
  const own = known.filter((key) => key.startsWith(namespace));
  if (own.length === 0) return nearest(given, known);
  const found = nearest(nameOf(given), own.map(nameOf));
  return found === undefined ? undefined : `${namespace}${found}`;
}

/** The end of a clause that refuses `given`: "; is webMax meant?", or a full stop when nothing is near. */
export function meantInstead(given: string, known: Iterable<string>): string {
  const found = nearest(given, known);
  return found === undefined ? "." : `; is ${found} meant?`;
}
