import test from "ava";
import fc from "fast-check";
import { withColumn } from "../../../course/roster/column.ts";
import { parseRoster } from "../../../course/roster/read.ts";
import { fieldText, separators } from "../../../course/roster/records.ts";
import { encode } from "../../../course/roster/text-file.ts";
import { flawedRosters } from "../../support/course/flawed-rosters.ts";

const word = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom('say "ja"', "a,b;c\td", "two\r\nlines", ""),
);

/** A roster of our own whose columns stand in any order, with others between, empty lines and any line end. */
const roster = fc
  .record({
    people: fc.array(fc.record({ name: word, note: word, mark: word }), { minLength: 1, maxLength: 6 }),
    order: fc.shuffledSubarray(["id", "name", "email", "note", "Mark (1)"], { minLength: 5 }),
    separator: fc.constantFrom(...separators),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    charset: fc.constantFrom("utf-8" as const, "utf-16le" as const, "utf-16be" as const),
    gaps: fc.boolean(),
  })
  .map(({ people, order, separator, lineEnd, charset, gaps }) => {
    const write = (marks: readonly string[]) => {
      const rows = people.map(({ name, note }, at) => {
        const cells: Record<string, string> = { id: `u${at}`, name, email: "", note, "Mark (1)": marks[at] ?? "" };
        return order.map((column) => fieldText(cells[column] ?? "", separator)).join(separator);
      });
      const lines = [order.join(separator), ...rows].flatMap((line) => (gaps ? [line, ""] : [line]));
      return encode(lines.join(lineEnd), { charset, mark: true });
    };
    return { before: write(people.map(({ mark }) => mark)), write, count: people.length };
  });

test("a column is replaced, and every other byte stays", (t) => {
  fc.assert(
    fc.property(roster, fc.array(word, { minLength: 6, maxLength: 6 }), ({ before, write, count }, marks) => {
      const { table, mistakes, people } = parseRoster(before);
      t.deepEqual(mistakes, []);
      t.is(people.length, count);
      if (table === undefined) return t.fail();
      let at = 0;
      const after = withColumn(table, "Mark (1)", () => marks[at++]);
      t.true(after.equals(write(marks)));
      const same = withColumn(table, "Mark (1)", () => undefined);
      t.true(same.equals(before));
    }),
  );
  t.pass();
});

for (const { file, mended } of flawedRosters) {
  test(`${file}: a new column stands at the end of every record; without it the file is as it was`, (t) => {
    const { table, people } = parseRoster(mended);
    if (table === undefined) return t.fail();
    const lines = new Set(people.map(({ line }) => line));
    const after = withColumn(table, "New", ({ line }) => (lines.has(line) ? "9.5" : undefined));
    const again = parseRoster(after);
    t.deepEqual(again.mistakes, []);
    t.is(again.table?.header.names.at(-1), "New");
    const { rows = [], text = "", encoding } = again.table ?? {};
    t.true(rows.every(({ fields, line }) => fields.at(-1)?.value === (lines.has(line) ? "9.5" : "")));
    t.deepEqual(encoding, table.encoding);
    // Without each record's last field and the separator before it, the file is what it was.
    const cuts = [again.table?.headerRecord, ...rows].map(
      (record) => record?.fields.slice(-2).map(({ end }) => end) ?? [],
    );
    let [without, copied] = ["", 0];
    for (const [start = 0, end = 0] of cuts) {
      without += text.slice(copied, start);
      copied = end;
    }
    t.is(without + text.slice(copied), table.text);
  });
}
