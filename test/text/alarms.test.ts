// The table of alarms in docs/operations.md is what the program declares.
import test from "ava";
import { alarmDocument, tableOf, toldAlarms, withAlarms } from "../support/alarm-table.ts";
import { readKept } from "../support/text/kept-files.ts";

test("the document's table is made from the program", async (t) => {
  const written = readKept(alarmDocument);
  t.is(written, withAlarms(written, tableOf(await toldAlarms())), "run npm run docs:alarms");
});

test("every alarm that tells people says what to do", async (t) => {
  const alarms = await toldAlarms();
  t.true(alarms.length >= 15, `${alarms.length} alarms`);
  // A finding, then what is to be done about it.
  for (const { name, runbook } of alarms) t.regex(runbook, /^.+: .+\.$/s, name);
});

test("alarms that say the same share a row", (t) => {
  const rows = tableOf([
    { name: "b", runbook: "Down: look." },
    { name: "a", runbook: "Down: look." },
  ]).split("\n");
  t.deepEqual(rows.slice(2), ["| `a`, `b` | Down: look. |"]);
});

test("a document without the markers is an error that names them", (t) => {
  t.throws(() => withAlarms("# Page\n", "| |"), { message: /has no line "<!-- generated: npm run docs:alarms -->"/ });
});
