/** The first record of a roster: which format it is of, and where its columns stand. */
import { nearest } from "../../runtime/contract/nearest.ts";
import type { Mistake } from "../mistakes.ts";
import { columnsOf, type Format, formats } from "./formats.ts";
import type { TableRecord } from "./records.ts";

export interface Header {
  readonly format: Format;
  /** Names as the file has them. */
  readonly names: readonly string[];
  /** Places of the columns that the format reads, by name in lower case. */
  readonly places: ReadonlyMap<string, number>;
}

const normal = (name: string) => name.trim().replace(/\s+/g, " ").toLowerCase();

const missingOf = (format: Format, names: readonly string[]) =>
  format.required.filter((alternatives) => !alternatives.some((name) => names.includes(name)));

/** The format that lacks the least, by share, since they differ in how many columns they need; of equal ones our own, the last. */
function closest(names: readonly string[]): Format {
  const share = (format: Format) => missingOf(format, names).length / format.required.length;
  return formats.reduce((best, each) => (share(each) <= share(best) ? each : best));
}

const headerOf = ({ title, required }: Format) => `${title} (${required.map(([name]) => name).join(", ")})`;

function unrecognised(record: TableRecord, names: readonly string[]): Mistake[] {
  const format = closest(names);
  const missing = missingOf(format, names);
  const { line } = record;
  if (missing.length === format.required.length) {
    const known = formats.map(headerOf).join("; ");
    return [{ line, reason: `is no header of a roster; give one of these: ${known}` }];
  }
  const others = names.filter((name) => name !== "" && !columnsOf(format).includes(name));
  return missing.map(([column = ""]) => {
    const meant = nearest(column, others);
    const hint = meant === undefined ? "" : `; is ${meant} meant for it?`;
    return {
      line,
      reason: `has no column ${column}, which a roster of ${format.title} has${hint} Add it, or rename it`,
    };
  });
}

/** Names that are read must not stand twice: nobody could say which counts. */
function doubled(record: TableRecord, names: readonly string[], format: Format): Mistake[] {
  const read = columnsOf(format);
  const twice = names.filter((name, at) => read.includes(name) && names.indexOf(name) < at);
  return [...new Set(twice)].map((name) => ({
    line: record.line,
    reason: `has the column ${name} ${names.filter((each) => each === name).length} times; keep one`,
  }));
}

/** The format and columns, or everything that is wrong with the header. */
export function readHeader(record: TableRecord): Header | readonly Mistake[] {
  const values = record.fields.map(({ value }) => value);
  const names = values.map(normal);
  const format = formats.find((each) => missingOf(each, names).length === 0);
  if (format === undefined) return unrecognised(record, names);
  const mistakes = doubled(record, names, format);
  if (mistakes.length > 0) return mistakes;
  const places = columnsOf(format).flatMap((name) =>
    names.includes(name) ? [[name, names.indexOf(name)] as const] : [],
  );
  return { format, names: values, places: new Map(places) };
}
