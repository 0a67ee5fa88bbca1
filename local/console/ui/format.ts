/** How the console writes times, counts and names. */

/** `8 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes < 10 && seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

/** `now`, `8 s ago`. */
export function ago(time: number, now: number): string {
  return now - time < 1_500 ? "now" : `${duration(now - time)} ago`;
}

const numbers = new Intl.NumberFormat("en");
export const count = (value: number): string => numbers.format(value);

export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

/** Common beginning of all names up to its last dash: what a stack's names share says nothing on its own console. */
export function commonPrefix(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  if (rest.length === 0) return "";
  let length = first.length;
  for (const name of rest) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, first.slice(0, length).lastIndexOf("-") + 1);
}
