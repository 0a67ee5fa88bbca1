// Pictures of pages are as old as the pages: their sources have the digest that was recorded when the picture was made. The
// architecture's pictures are drawn anew by plan/draw/svg.test.ts.
import { posix } from "node:path";
import test from "ava";
import { digestOf, outdated, type Picture, pictures, readRecord } from "../support/images/pictures.ts";
import { documents } from "../support/text/documents.ts";
import { keptFiles } from "../support/text/kept-files.ts";

test("no picture is older than what it shows", (t) => {
  t.deepEqual(outdated(readRecord()), []);
});

test("every kept picture can be made, and is shown in a document", (t) => {
  const kept = keptFiles("docs/images/*.png", "docs/images/*.svg").map((file) => posix.basename(file));
  t.deepEqual(kept.sort(), pictures.map(({ name }) => name).sort());
  const shown = documents.flatMap(({ file, links }) => links.map(({ text }) => posix.join(posix.dirname(file), text)));
  for (const name of kept) t.true(shown.includes(`docs/images/${name}`), `no document shows docs/images/${name}`);
});

test("a picture whose sources have changed is named with the command that makes it anew", (t) => {
  const now = (picture: Picture) => `digest of ${picture.name}`;
  const recorded = Object.fromEntries(pictures.map((picture) => [picture.name, now(picture)]));
  t.deepEqual(outdated(recorded, now), []);
  const [found = "", ...others] = outdated({ ...recorded, "console.png": "of yesterday" }, now);
  t.deepEqual(others, []);
  t.regex(
    found,
    /^docs\/images\/console\.png is older than what it shows \(local\/console\/ui, .*Mend: npm run docs:images -- console\.png$/,
  );
});

test("the digest changes with every source, and a source that is gone is an error", (t) => {
  const files: Record<string, string> = { "ui/a.tsx": "a", "ui/b.tsx": "b" };
  const list = (...[folder = ""]: readonly string[]) => Object.keys(files).filter((file) => file.startsWith(folder));
  const digest = () => digestOf(["ui"], (file) => files[file] ?? "", list);
  const before = digest();
  files["ui/b.tsx"] = "b\r\n";
  const changed = digest();
  t.not(changed, before);
  files["ui/b.tsx"] = "b\n";
  t.is(digest(), changed);
  delete files["ui/a.tsx"];
  t.not(digest(), changed);
  t.throws(() => digestOf(["ux"], () => "", list), { message: /^ux is not kept/ });
});
