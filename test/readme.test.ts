// What README and the decisions promise of themselves. Links, commands and paths of all documents: text/documents.test.ts.
import test from "ava";
import { readKept as read } from "./support/text/kept-files.ts";

const readme = read("README.md");

test("README's example is the one that is compiled", (t) => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, ...compiled] = read("test/readme-example.ts").split("\n");
  t.is(shown, compiled.join("\n"));
});

test("the decisions are numbered without a gap", (t) => {
  const names = readme.includes("docs/decisions/") ? decisions() : [];
  t.deepEqual(
    names.map((name) => Number(name.slice(0, 4))),
    names.map((_, index) => index + 1),
  );
});

function decisions(): string[] {
  const listed = read("docs/decisions/README.md").matchAll(/\((\d{4}-[a-z0-9-]+\.md)\)/g);
  return [...listed].map(([, name]) => name as string).filter((name) => read(`docs/decisions/${name}`) !== "");
}
