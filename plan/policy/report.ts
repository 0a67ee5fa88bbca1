/** What the controls found, for people: counts, violations with their fix, exceptions with their argument, and what none has read. */
import { fold } from "../views/fold.ts";
import { shortType } from "../views/tree.ts";
import { sourceUrl } from "./control.ts";
import type { Excepted, Result, Status, Violation } from "./evaluate.ts";
import type { Unread } from "./unread.ts";

const statuses: readonly Status[] = ["violated", "excepted", "passed", "not applicable"];

const withStatus = (results: readonly Result[], status: Status) => results.filter((result) => result.status === status);

/** What stands in a property, in a word or two. */
function shown(value: unknown): string {
  if (value === undefined) return "not declared";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A folded text with a label in front of its first line. */
function labelled(label: string, text: string, width: number, [start, column]: readonly [number, number] = [6, 16]) {
  return `${`${" ".repeat(start)}${label}`.padEnd(column)}${fold(text, column, width).trimStart()}`;
}

/** A line for a control that needs no more. */
const brief = ({ control: { id } }: Result, text: string, width: number) => labelled(id, text, width, [2, 17]);

const heading = ({ control: { id, severity, title } }: Result, width: number) =>
  fold(`${id} (${severity}): ${title}`, 2, width);

/** Items by what `keyOf` says of them, in the order of the first of each. */
function groupedBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Resources with the same fault are told together. */
function together(violations: readonly Violation[]): { readonly names: string; readonly one: Violation }[] {
  const groups = groupedBy(violations, ({ type, path, found, wanted }) => JSON.stringify([type, path, found, wanted]));
  return [...groups.values()].map((alike) => ({
    names: alike.map(({ name }) => name).join(", "),
    one: alike[0] as Violation,
  }));
}

function placed(violations: readonly Violation[], width: number): string[] {
  return together(violations).flatMap(({ names, one }) => [
    fold(`${names} (${one.type === "account" ? "this Region" : shortType(one.type)})`, 4, width),
    labelled("property", one.path, width),
    labelled("found", shown(one.found), width),
    labelled("wanted", one.wanted, width),
  ]);
}

function violated(result: Result, width: number): string[] {
  return [
    heading(result, width),
    ...placed(result.violations, width),
    labelled("fix", result.control.fix, width),
    labelled("source", sourceUrl(result.control), width),
    "",
  ];
}

function excepted(result: Result, width: number): string[] {
  const exceptions = groupedBy(result.excepted, ({ exception }) => exception);
  return [
    heading(result, width),
    ...[...exceptions].flatMap(([exception, cases]) => [
      ...together(cases.map(({ violation }: Excepted) => violation)).map(({ names, one }) =>
        fold(`${names}: ${one.path}`, 4, width),
      ),
      labelled("why", exception.argument, width),
      labelled("saves", exception.saves, width),
      labelled("premise", exception.premise, width),
    ]),
    "",
  ];
}

/** Properties that may bear on a control and that none reads, by type. */
function notRead(unread: readonly Unread[], width: number): string[] {
  const types = [...groupedBy(unread, ({ type }) => type)];
  const place = ({ path, resources }: Unread) => `${path} of ${resources.map(({ name }) => name).join(", ")}`;
  return [
    "Not read, though it may bear on a control",
    ...types.flatMap(([type, paths]) => [`  ${shortType(type)}`, ...paths.map((each) => fold(place(each), 4, width))]),
  ];
}

/**
 * No line is wider than `width` columns, unless one word is.
 *
 * @param unread what no control has read.
 */
export function reportOf(
  title: string,
  results: readonly Result[],
  unread: readonly Unread[] = [],
  width = 80,
): string {
  const counts = statuses.map((status) => `${withStatus(results, status).length} ${status}`).join(", ");
  const lines = [fold(title, 0, width), `  ${counts}`, ""];
  const section = (status: Status, write: (result: Result) => string[]) => {
    const found = withStatus(results, status);
    if (found.length > 0) lines.push(`${status.charAt(0).toUpperCase()}${status.slice(1)}`, ...found.flatMap(write));
  };
  section("violated", (result) => violated(result, width));
  section("excepted", (result) => excepted(result, width));
  section("passed", (result) => [brief(result, `${result.examined} examined: ${result.control.checks}`, width)]);
  if (withStatus(results, "passed").length > 0) lines.push("");
  section("not applicable", (result) => [brief(result, result.control.otherwise, width)]);
  if (unread.length > 0) lines.push(...(lines.at(-1) === "" ? [] : [""]), ...notRead(unread, width));
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The results as JSON text: stable, with URNs. */
export function jsonOfResults(
  project: string,
  stack: string,
  results: readonly Result[],
  unread: readonly Unread[] = [],
): string {
  const counts = Object.fromEntries(statuses.map((status) => [status, withStatus(results, status).length]));
  const controls = results.map(({ control, status, examined, violations, excepted: exempt }) => ({
    id: control.id,
    title: control.title,
    severity: control.severity,
    source: sourceUrl(control),
    status,
    examined,
    ...(status === "not applicable" ? { reason: control.otherwise } : {}),
    violations: violations.map(withFound),
    exceptions: exempt.map(({ violation, exception: { argument, saves, premise } }) => ({
      ...withFound(violation),
      argument,
      saves,
      premise,
    })),
  }));
  return `${JSON.stringify({ project, stack, counts, controls, unread }, undefined, 2)}\n`;
}

/** What is not declared is `null`, so that the key is always there. */
const withFound = (violation: Violation) => ({ ...violation, found: violation.found ?? null });
