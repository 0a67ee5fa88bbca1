/** One column of a roster written anew; every other byte stays as it was. */
import type { Table } from "./read.ts";
import { fieldText, type TableRecord } from "./records.ts";
import { encode } from "./text-file.ts";

/** What to put into a cell: its new value, or undefined to leave it. A new column's cell is then empty. */
export type CellValue = (row: TableRecord, before: string | undefined) => string | undefined;

/** Place of a column by its exact name; -1 when there is none. */
export const columnPlace = ({ header }: Table, column: string): number => header.names.indexOf(column);

/**
 * The file with the column's cells replaced where it has the column, else with a column added at the end of every record. Records that
 * the table skips, such as empty lines, stay.
 */
export function withColumn(table: Table, column: string, valueFor: CellValue): Buffer {
  const { text, separator, headerRecord, rows, header } = table;
  const place = columnPlace(table, column);
  let written = "";
  let copied = 0;
  const replace = (start: number, end: number, by: string) => {
    written += text.slice(copied, start) + by;
    copied = end;
  };
  const append = (record: TableRecord, value: string) => {
    // Some records end with a separator more than the header has columns; the column stands before it.
    const end = (record.fields[header.names.length - 1] ?? record.fields.at(-1))?.end ?? 0;
    replace(end, end, `${separator}${fieldText(value, separator)}`);
  };
  if (place === -1) append(headerRecord, column);
  for (const row of rows) {
    const field = place === -1 ? undefined : row.fields[place];
    const value = valueFor(row, field?.value);
    if (place === -1) append(row, value ?? "");
    else if (field !== undefined && value !== undefined) replace(field.start, field.end, fieldText(value, separator));
  }
  return encode(written + text.slice(copied), table.encoding);
}
