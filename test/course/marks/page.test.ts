import test from "ava";
import fc from "fast-check";
import { parse } from "node-html-parser";
import { classPage, studentPage } from "../../../course/marks/page.tsx";
import { classItems, marksOf, someMarks } from "../../support/course/some-marks.ts";

const stacks = [
  { name: "gas26-taaaaaa", members: ["saaaaaa", "sbbbbbb"] },
  { name: "gas26-scccccc", members: ["scccccc"] },
];
const marks = marksOf(stacks, classItems, {});
const [team] = marks.stacks;

const elements = new Set([
  "html",
  "head",
  "meta",
  "title",
  "style",
  "body",
  "main",
  "h1",
  "p",
  "strong",
  "time",
  "div",
  "table",
  "thead",
  "tbody",
  "tr",
  "th",
  "td",
  "pre",
  "a",
]);

test("whatever submissions print, a page has only its own elements and no handler", (t) => {
  fc.assert(
    fc.property(someMarks, (drawn) => {
      const pages = drawn.stacks.map((stack) => studentPage(drawn, stack, stack.members[0] ?? ""));
      for (const html of [...pages, classPage(drawn, { nameOf: () => "<img src=x onerror=alert(1)>" })]) {
        for (const element of parse(html).querySelectorAll("*")) {
          t.true(elements.has(element.rawTagName), element.rawTagName);
          t.deepEqual(
            Object.keys(element.attributes).filter((name) => /^on|^src$/.test(name)),
            [],
          );
        }
      }
    }),
    { numRuns: 50 },
  );
  t.pass();
});

test("a student's page has the student's points and messages, hidden items as one sum, and nobody else", (t) => {
  if (team === undefined) return t.fail();
  const own = { ...team, adjustments: [{ member: "saaaaaa", points: 1.5, reason: "wrote the report" }] };
  const html = studentPage(marks, own, "saaaaaa");
  const text = parse(html).querySelector("main")?.structuredText ?? "";
  t.regex(text, /9 of 20 points/);
  t.regex(text, /413 after 31 MiB/);
  t.regex(text, /Hidden checks\s+passed\s+5 of 5/);
  t.regex(text, /wrote the report\s+\+1\.5/);
  t.notRegex(html, /secret trick|without the browser|bypass|sbbbbbb|scccccc/);
  t.notRegex(studentPage(marks, own, "sbbbbbb"), /wrote the report/);
});

test("the class's page has everybody, hidden items too, and names only when they are asked for", (t) => {
  const html = classPage(marks, {});
  const rows = parse(html).querySelectorAll("tbody tr");
  t.deepEqual(
    rows.map((row) => row.querySelector("a")?.getAttribute("href")),
    ["saaaaaa.html", "sbbbbbb.html", "scccccc.html"],
  );
  t.regex(html, /Limit holds without the browser/);
  t.regex(html, /3 people in 2 stacks/);
  t.regex(html, /points from 6 to 7\.5, median 7\.5/);
  const named = classPage(marks, { nameOf: (member) => (member === "scccccc" ? "Zofia" : undefined) });
  t.regex(named, /Zofia/);
  t.is(parse(named).querySelectorAll("tbody tr")[0]?.childNodes.length, 7);
});
