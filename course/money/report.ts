/** What a course has cost so far, as text of at most 80 columns. */

import { wrap } from "../../plan/views/cost.ts";
import { dollars, percent } from "../../plan/views/money.ts";
import type { Tally, TallyLine } from "./tally.ts";

const width = 80;

const columns = ["stack", "state", "runs", "so far", "used", "an hour", "ends", "by then"] as const;
const toTheLeft = new Set([0, 1]);

function rowOf({ stack, state, running, usd, budget, hourly, expiresAt, projected }: TallyLine): string[] {
  return [
    stack,
    state,
    String(running),
    dollars(usd),
    budget === undefined ? "" : percent(usd / budget),
    hourly === 0 ? "" : dollars(hourly, 3),
    expiresAt?.slice(5, 10) ?? "",
    projected === undefined ? "" : dollars(projected),
  ];
}

function totalOf({ count, running, usd, budget, hourly, projected }: Tally): string[] {
  return [
    "class",
    `${count} stacks`,
    String(running),
    dollars(usd),
    budget === undefined ? "" : percent(usd / budget),
    hourly === 0 ? "" : dollars(hourly, 3),
    "",
    dollars(projected),
  ];
}

function aligned(rows: readonly string[][]): string[] {
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        toTheLeft.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

function ageOf({ at, lookedAt }: Tally): string {
  if (lookedAt === undefined) return "nobody has looked at the account yet";
  const seconds = Math.max(0, Math.round((Date.parse(at) - Date.parse(lookedAt)) / 1000));
  const age =
    seconds < 120
      ? `${seconds} s`
      : seconds < 7200
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`;
  return `the account was looked at ${age} before`;
}

/** What is in the sum besides what has been read off the account. */
function notes({ stacks, leftOut }: Tally): string[] {
  const sumOf = (of: (line: TallyLine) => number) => dollars(stacks.reduce((sum, line) => sum + of(line), 0));
  const parts =
    `instances ${sumOf(({ instances }) => instances)}, per instance-hour ${sumOf(({ besides }) => besides)}, ` +
    `standing ${sumOf(({ fixed }) => fixed)}, estimated for use ${sumOf(({ estimated }) => estimated)}`;
  const own = stacks.flatMap(({ stack, leftOut: reasons }) => reasons.map((reason) => `${stack}: ${reason}`));
  const strays = stacks.filter(({ state, usd }) => state === "no record" && usd > 0).map(({ stack }) => stack);
  return [
    parts,
    ...(strays.length === 0 ? [] : [`not in the ledger, and paid for: ${strays.join(", ")}`]),
    ...[...leftOut, ...own].map((reason) => `not counted: ${reason}`),
  ];
}

/** The whole report, ending in a line feed. */
export function reportOf(tally: Tally): string {
  const head = `${tally.course} at ${tally.at.slice(0, 16).replace("T", " ")} UTC; ${ageOf(tally)}`;
  if (tally.stacks.length === 0) return `${head}\nno stack has been made yet\n`;
  const table = aligned([[...columns], ...tally.stacks.map(rowOf), totalOf(tally)]);
  const budget = tally.budget === undefined ? [] : [`budget of the class ${dollars(tally.budget)}`];
  const told = [...budget, ...notes(tally)].flatMap((note) => wrap(note, width, "  "));
  return `${[head, ...table, ...told].join("\n")}\n`;
}
