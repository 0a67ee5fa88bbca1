import test from "ava";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { readRecords } from "../../../course/roster/records.ts";
import { someTable } from "../../support/course/tables.ts";

const valuesOf = (text: string, separator: "," | ";" | "\t" = ",") =>
  readRecords(text, separator).records.map(({ fields }) => fields.map(({ value }) => value));

test("any table that is written is read the same", (t) => {
  fc.assert(
    fc.property(someTable, ({ rows, separator, text }) => {
      const { records, mistakes } = readRecords(text, separator);
      t.deepEqual(mistakes, []);
      t.deepEqual(
        records.map(({ fields }) => fields.map(({ value }) => value)),
        rows.map((row) => [...row]),
      );
    }),
  );
  t.pass();
});

test("csv-parse reads the same from every well-formed table", (t) => {
  fc.assert(
    fc.property(someTable, ({ separator, text }) => {
      const theirs = parse(text, {
        delimiter: separator,
        record_delimiter: ["\r\n", "\n", "\r"],
        skip_empty_lines: true,
      });
      t.deepEqual(valuesOf(text, separator), theirs);
    }),
  );
  t.pass();
});

test("each field is told with its place, and each record with its line", (t) => {
  fc.assert(
    fc.property(someTable, ({ separator, text }) => {
      const { records } = readRecords(text, separator);
      for (const { fields, line } of records) {
        const start = fields[0]?.start ?? 0;
        t.is(line, text.slice(0, start).split(/\r\n|\n|\r/).length);
        for (const field of fields) {
          const written = text.slice(field.start, field.end);
          t.is(field.value, written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written);
        }
      }
    }),
  );
  t.pass();
});

test("no text at all makes the reader throw, and every line is a record, a mistake or empty", (t) => {
  const anything = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", " "), maxLength: 40 });
  fc.assert(
    fc.property(anything, (text) => {
      const { records, mistakes } = readRecords(text, ",");
      const told = new Set([...records, ...mistakes].map(({ line }) => line));
      const within = new Set(
        records.flatMap(({ line, fields }) => {
          const whole = text.slice(fields[0]?.start, fields.at(-1)?.end);
          return whole.split(/\r\n|\n|\r/).map((_, at) => line + at);
        }),
      );
      text.split(/\r\n|\n|\r/).forEach((line, at) => {
        if (/[^\s,"]/.test(line)) t.true(told.has(at + 1) || within.has(at + 1), JSON.stringify({ text, line }));
      });
    }),
  );
  t.pass();
});

test("a broken record costs its own line only", (t) => {
  const text = 'a,b\n"open,1\nfine,2\n"shut" x,3\n"fine, too",4\nmid"dle,5\n"last\nline",6\n';
  const { records, mistakes } = readRecords(text, ",");
  t.deepEqual(
    mistakes.map(({ line }) => line),
    [2, 4, 6],
  );
  t.deepEqual(
    records.map(({ line, fields }) => [line, fields[0]?.value]),
    [
      [1, "a"],
      [3, "fine"],
      [5, "fine, too"],
      [7, "last\nline"],
    ],
  );
});

test("a quote that the end of the file closes for nobody is told where it opens", (t) => {
  const { mistakes, records } = readRecords('a,b\r\nc,"d\r\ne,f\r\n', ",");
  t.deepEqual(
    mistakes.map(({ line }) => line),
    [2],
  );
  t.regex(mistakes[0]?.reason ?? "", /never closed/);
  t.is(records.length, 2);
});

test("empty lines and lines of separators are no records", (t) => {
  t.deepEqual(valuesOf("a;b\n\n;\n  ; \nc;d", ";"), [
    ["a", "b"],
    ["c", "d"],
  ]);
});
