/**
 * `npm run docs:figures`: writes the figures of all documents anew from the published records in bench/results/. With names of
 * benchmarks it measures and publishes those first.
 *
 *     npm run docs:figures
 *     npm run docs:figures -- simulator permissions
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withFigures } from "./blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const names = process.argv.slice(2);
if (names.length > 0) {
  execFileSync("npm", ["run", "--silent", "bench", "--", "--publish", ...names], { cwd: root, stdio: "inherit" });
}

const documents = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
});
for (const file of documents.split("\n").filter(Boolean)) {
  const path = `${root}/${file}`;
  const before = readFileSync(path, "utf8");
  const after = withFigures(before, file);
  if (after === before) continue;
  writeFileSync(path, after);
  console.log(`${file}: figures written`);
}
