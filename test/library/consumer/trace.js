// `node --import ./trace.js …`: writes the address of every module that is loaded, one a line, to the file named by TRACE.
import { appendFileSync, writeFileSync } from "node:fs";
import { createRequire, register } from "node:module";

writeFileSync(process.env.TRACE, "");
register(
  `data:text/javascript,import { appendFileSync } from "node:fs";
  export async function load(url, context, next) {
    appendFileSync(${JSON.stringify(process.env.TRACE)}, url + "\\n");
    return next(url, context);
  }`.replaceAll("\n", " "),
);
// What CommonJS modules load among themselves passes no hook.
const { cache } = createRequire(import.meta.url);
process.once("exit", () => {
  for (const file of Object.keys(cache)) appendFileSync(process.env.TRACE, `${file}\n`);
});
