/** Marks into the roster that they came by: one column written, every other byte as it was. */
import { type Mapping, pseudonymOf } from "../people/mapping.ts";
import { columnPlace, withColumn } from "../roster/column.ts";
import type { Roster, Table } from "../roster/read.ts";
import type { TableRecord } from "../roster/records.ts";
import type { Pseudonym } from "../types.ts";
import { type Marks, markOf } from "./marks.ts";

export interface Gradebook {
  readonly bytes: Buffer;
  readonly written: number;
  /** People of the roster without a mark; their cells stay. */
  readonly unmarked: readonly Pseudonym[];
  /** Marks of people who are not in the roster. */
  readonly unlisted: readonly Pseudonym[];
  /** Excused by staff: their cells stay. */
  readonly excused: readonly Pseudonym[];
}

/** As Canvas marks a student who need not hand in. */
const isExcused = (cell: string | undefined) => cell?.trim().toUpperCase() === "EX";

const isPointsPossible = (row: TableRecord) => /^\s*points possible\s*$/i.test(row.fields[0]?.value ?? "");

/** Decimal comma or point. */
const numberIn = (cell: string) => Number(cell.trim().replace(",", "."));

const isCanvas = ({ header }: Table) => header.format.name === "canvas";

/** @throws {Error} when the column is for something else, or for other marks. */
function checkColumn(table: Table, column: string, max: number): void {
  const place = columnPlace(table, column);
  if (place === -1) return;
  if ([...table.header.places.values()].includes(place)) {
    throw new Error(`column ${column} is one that tells people apart; name the assignment's column, or a new one`);
  }
  const cell = isCanvas(table) ? (table.rows.find(isPointsPossible)?.fields[place]?.value.trim() ?? "") : "";
  if (/read only/i.test(cell)) throw new Error(`column ${column} is read only in Canvas; name an assignment's`);
  if (cell !== "" && numberIn(cell) !== max) {
    throw new Error(
      `column ${column} is of ${cell} points in Canvas, and the marks are of ${max}; give the assignment ${max} points there, or name ` +
        "another column",
    );
  }
}

function marksByPerson({ stacks }: Marks): Map<Pseudonym, number> {
  return new Map(stacks.flatMap((stack) => stack.members.map((member) => [member, markOf(stack, member)] as const)));
}

/** Points of a stack at most: the same for all. @throws {Error} when stacks were graded by different rubrics. */
function maxOf({ stacks }: Marks): number {
  const [max = 0, ...others] = new Set(stacks.map((stack) => stack.max));
  if (others.length === 0) return max;
  throw new Error(
    `the marks are of ${[max, ...others].join(", ")} points at most; a column has one maximum: write them apart`,
  );
}

/**
 * @param column exact name of the assignment's column, as Canvas has it with its number; a new one is added at the end.
 * @throws {Error} when the column is not one for these marks.
 */
export function writeGradebook(roster: Roster, mapping: Mapping, marks: Marks, column: string): Gradebook {
  const { table } = roster;
  if (table === undefined) throw new Error("the roster has no table to write into");
  const max = maxOf(marks);
  checkColumn(table, column, max);
  const left = marksByPerson(marks);
  const byLine = new Map(roster.people.map((person) => [person.line, pseudonymOf(mapping, person)]));
  const [unmarked, excused]: [Pseudonym[], Pseudonym[]] = [[], []];
  let written = 0;
  const bytes = withColumn(table, column, (row, before) => {
    if (isCanvas(table) && isPointsPossible(row)) return before?.trim() ? undefined : String(max);
    const person = byLine.get(row.line);
    if (person === undefined) return undefined;
    const mark = left.get(person);
    left.delete(person);
    if (mark === undefined) unmarked.push(person);
    else if (isExcused(before)) excused.push(person);
    else {
      written++;
      return String(mark);
    }
    return undefined;
  });
  return { bytes, written, unmarked, unlisted: [...left.keys()], excused };
}
