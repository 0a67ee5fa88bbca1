/** Tables for property tests. */
import fc from "fast-check";
import { fieldText, type Separator, separators } from "../../../course/roster/records.ts";

const lineEnds = ["\n", "\r\n", "\r"] as const;

/** Cells with everything that has to be quoted. */
const cell = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom('"', '""', ",", ";", "\t", "\r\n", "\n", "a,b", 'say "ja"', " spaced ", "=1+1", "İ", "😀"),
);

export interface SomeTable {
  readonly rows: readonly (readonly string[])[];
  readonly separator: Separator;
  readonly lineEnd: (typeof lineEnds)[number];
  readonly text: string;
}

/** Rows of equal width, none of them empty. */
export const someTable: fc.Arbitrary<SomeTable> = fc
  .record({
    rows: fc
      .integer({ min: 1, max: 6 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      ),
    separator: fc.constantFrom(...separators),
    lineEnd: fc.constantFrom(...lineEnds),
  })
  .map(({ rows, separator, lineEnd }) => {
    const kept = rows.map(([first = "", ...others]) => [`x${first}`, ...others]);
    const text = kept.map((row) => row.map((value) => fieldText(value, separator)).join(separator) + lineEnd).join("");
    return { rows: kept, separator, lineEnd, text };
  });
