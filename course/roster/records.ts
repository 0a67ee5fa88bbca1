/**
 * Records of a table with separated values (RFC 4180), each field with its place in the text, so that one column can be written anew
 * and every other byte stays. A record that breaks the rules is reported by its line and costs that line only.
 *
 * Why not csv-parse: after a quote that is never closed, or has text behind it, it takes everything up to the end of the file for one
 * field, so that neither the other mistakes nor the flawless rest can be told; it miscounts lines that end within quotes, and gives
 * fields without their places. It is the peer in the tests: both read the same from every well-formed file.
 */
import type { Mistake } from "../mistakes.ts";

interface Field {
  readonly value: string;
  /** Places in the text, quotes included. */
  readonly start: number;
  readonly end: number;
}

export interface TableRecord {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly fields: readonly Field[];
}

export const separators = [",", ";", "\t"] as const;
export type Separator = (typeof separators)[number];

const isLineEnd = (character: string | undefined) => character === "\n" || character === "\r";

/** Place behind the line end that begins here. */
const behindLineEnd = (text: string, at: number) => at + (text.startsWith("\r\n", at) ? 2 : 1);

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text[at])) at++;
  return at;
}

/** A field that begins with a quote, or what is wrong with it. */
function quotedField(text: string, start: number, separator: string): Field | string {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return "opens a quote that is never closed; close it, or remove it";
    const next = text[quote + 1];
    if (next === '"') {
      from = quote + 2;
      continue;
    }
    if (next === undefined || next === separator || isLineEnd(next)) {
      const value = text.slice(start + 1, quote).replaceAll('""', '"');
      return { value, start, end: quote + 1 };
    }
    return "has text behind the closing quote of a field; close the quote at the field's end, and double quotes inside it";
  }
}

function plainField(text: string, start: number, separator: string): Field | string {
  let end = start;
  while (end < text.length && text[end] !== separator && !isLineEnd(text[end])) end++;
  const value = text.slice(start, end);
  if (!value.includes('"')) return { value, start, end };
  return "has a quote inside a field that does not begin with one; put the whole field in quotes, and double those inside it";
}

/** The fields from here to the record's end, or what is wrong with one of them. */
function fieldsFrom(text: string, start: number, separator: string): Field[] | string {
  const fields: Field[] = [];
  for (let at = start; ; ) {
    const field = text[at] === '"' ? quotedField(text, at, separator) : plainField(text, at, separator);
    if (typeof field === "string") return field;
    fields.push(field);
    if (text[field.end] !== separator) return fields;
    at = field.end + 1;
  }
}

const countLines = (text: string) => text.split(/\r\n|\n|\r/).length - 1;

/** Every record that has anything in it, and the mistakes of those that cannot be read. */
export function readRecords(
  text: string,
  separator: Separator,
): { records: readonly TableRecord[]; mistakes: readonly Mistake[] } {
  const records: TableRecord[] = [];
  const mistakes: Mistake[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const fields = fieldsFrom(text, at, separator);
    if (typeof fields === "string") mistakes.push({ line, reason: fields });
    else if (fields.some(({ value }) => value.trim() !== "")) records.push({ line, fields });
    const end = typeof fields === "string" ? endOfLine(text, at) : (fields.at(-1)?.end ?? at);
    const next = end < text.length ? behindLineEnd(text, end) : end;
    line += countLines(text.slice(at, next));
    at = next;
  }
  return { records, mistakes };
}

/** A value as a field: in quotes where it needs them. */
export function fieldText(value: string, separator: Separator): string {
  const plain = !/["\r\n]/.test(value) && !value.includes(separator);
  return plain ? value : `"${value.replaceAll('"', '""')}"`;
}
