import { existsSync, readFileSync } from "node:fs";
import test from "ava";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const readme = read("README.md");

test("README's example is the one that is compiled", (t) => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, ...compiled] = read("test/readme-example.ts").split("\n");
  t.is(shown, compiled.join("\n"));
});

test("README and the documents lead only to files that exist", (t) => {
  const documents = ["README.md", "docs/architecture.md", "docs/local.md", "docs/operations.md", "docs/annotation.md"];
  for (const document of documents) {
    for (const [, target = ""] of read(document).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      const url = new URL(target, new URL(`../${document}`, import.meta.url));
      t.true(existsSync(url), `${document} → ${target}`);
    }
  }
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
