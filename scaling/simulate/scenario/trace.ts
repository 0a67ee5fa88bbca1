/** Arrivals from a CSV file, of either form: a row an arrival, or a row a minute with a count. */
import { generator } from "../../random.ts";

/**
 * Arrival times in seconds, ascending.
 *
 * - `seconds` heads one column: when each request came.
 * - `minute,requests` heads two: how many came in each minute, from 0; within a minute they are spread by chance.
 *
 * @throws {RangeError} naming the line.
 */
export function readTrace(text: string, seed = 1): Float64Array {
  const [header = "", ...lines] = text.split(/\r?\n/);
  const columns = header.split(",").map((name) => name.trim().toLowerCase());
  const perMinute = columns.length === 2 && columns[0] === "minute" && columns[1] === "requests";
  if (!perMinute && !(columns.length === 1 && columns[0] === "seconds")) {
    throw new RangeError(`line 1: ${JSON.stringify(header)} is neither "seconds" nor "minute,requests"`);
  }
  const random = generator(seed, 50);
  const times: number[] = [];
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    const cells = line.split(",").map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell)));
    const [first = Number.NaN, count = 0] = cells;
    const wrong = cells.length !== columns.length || !cells.every((value) => value >= 0);
    if (wrong || (perMinute && !(Number.isInteger(first) && Number.isInteger(count)))) {
      const wanted = perMinute ? "two whole numbers from 0 on" : "a number of seconds from 0 on";
      throw new RangeError(`line ${index + 2}: ${JSON.stringify(line)} is not ${wanted}`);
    }
    if (!perMinute) times.push(first);
    else for (let n = 0; n < count; n++) times.push(60 * (first + random()));
  });
  return Float64Array.from(times).sort();
}
