// Makes what `npm pack` ships: dist/ mirrors the repository, TypeScript as JavaScript and everything else as it is, the types of
// the public modules beside them. Node does not strip types below node_modules, so nothing there may be TypeScript.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["bin", "components", "runtime", "plan", "scaling", "local", "operate", "course", "loadtest"];

/** Paths of all files below a folder, relative to the repository. */
const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name));

process.chdir(root);
rmSync("dist", { recursive: true, force: true });
for (const project of [".ci/build.json", ".ci/declarations.json"]) {
  execFileSync(process.execPath, ["node_modules/typescript-native/bin/tsc", "-p", project], { stdio: "inherit" });
}
// bin/ has no data, and its launcher bears the name of what it launches once that is built.
for (const folder of folders.filter((each) => each !== "bin")) {
  for (const file of filesOf(folder)) if (!/\.tsx?$/.test(file)) cpSync(file, join("dist", file));
}
// What a class shares is an example that the command line runs.
cpSync("examples/course-shared", "dist/examples/course-shared", { recursive: true });
// The compiler rewrites the names of imported modules in code, not yet in declarations.
for (const file of filesOf("dist").filter((each) => each.endsWith(".d.ts"))) {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/((?:from |import\()"\.[^"]*)\.tsx?"/g, '$1.js"'));
}
