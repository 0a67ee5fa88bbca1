// The figures of the documents are those of the published records in bench/results/.
import test from "ava";
import { withFigures } from "../../bench/figures/blocks.ts";
import { benchmarkNames, readPublished } from "../../bench/figures/records.ts";
import { unknownCommands } from "../support/text/commands.ts";
import { commandWorld, documents } from "../support/text/documents.ts";
import { readKept } from "../support/text/kept-files.ts";
import { readDocument } from "../support/text/markdown.ts";

const mend = "run npm run docs:figures, or measure anew: npm run docs:figures -- NAME";

/** The first line in which both texts differ, in words; nothing: they are the same. */
function firstDifference(file: string, written: string, made: string): string[] {
  const expected = made.split("\n");
  const index = written.split("\n").findIndex((line, number) => line !== expected[number]);
  if (written === made) return [];
  return [`${file}:${index + 1}: the record says "${expected[index]}". Mend: ${mend}.`];
}

test("every figure between markers is its record's", (t) => {
  const differences = documents.flatMap(({ file }) => {
    const written = readKept(file);
    return firstDifference(file, written, withFigures(written, file));
  });
  t.deepEqual(differences, []);
});

test("every benchmark has a published record with its command and its machine, and a place in the documents", (t) => {
  const shown = documents.map(({ file }) => readKept(file)).join("\n");
  t.deepEqual([...benchmarkNames].sort(), [...commandWorld.benchmarks].sort());
  for (const name of benchmarkNames) {
    const { benchmark, command, machine, date } = readPublished(name);
    t.is(benchmark, name);
    t.regex(machine.node, /^v\d+/);
    t.false(Number.isNaN(Date.parse(date)), date);
    t.deepEqual(unknownCommands(readDocument(`bench/results/${name}.json`, `\`${command}\``), commandWorld), []);
    t.true(shown.includes(`<!-- figures: ${name} -->`), `no document shows ${name}`);
  }
});

test("a figure that was changed by hand is found with its line", (t) => {
  const document = ["# Figures", "", "<!-- figures: simulator -->", "<!-- end of figures -->", ""].join("\n");
  const written = withFigures(document, "page.md");
  t.deepEqual(firstDifference("page.md", written, withFigures(written, "page.md")), []);
  const changed = written.replace("ms of processor time", "ms of time");
  const [found = ""] = firstDifference("page.md", changed, withFigures(changed, "page.md"));
  t.regex(
    found,
    /^page\.md:8: the record says "\| the course's evening.* ms of processor time .*Mend: run npm run docs:figures/,
  );
});

test("a marker of no figures, or without an end, is an error with its line", (t) => {
  t.throws(() => withFigures("\n<!-- figures: simulators -->\n<!-- end of figures -->\n", "page.md"), {
    message: /^page\.md:2: there are no figures "simulators"; there are start, /,
  });
  t.throws(() => withFigures("<!-- figures: simulator -->\n", "page.md"), { message: /^page\.md:1: .*have no end/ });
});
