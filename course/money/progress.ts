/** A turn of the watch in one line. */
import { dollars, percent } from "../../plan/views/money.ts";
import type { Turn } from "./desk.ts";

export function progressOf({ tally, waiting }: Turn): string {
  const { stacks, count, running, usd, budget, hourly } = tally;
  const most = stacks.reduce(
    (least, each) => Math.max(least, each.budget === undefined ? 0 : each.usd / each.budget),
    0,
  );
  const parts = [
    `${count} stacks, ${running} instances`,
    `${dollars(usd)}${budget === undefined ? "" : ` (${percent(usd / budget)})`}, ${dollars(hourly)} an hour`,
    ...(most === 0 ? [] : [`at most ${percent(most)} of a stack's budget`]),
    ...(waiting === 0 ? [] : [`${waiting} steps wait for a creation to end`]),
  ];
  return parts.join("; ");
}
