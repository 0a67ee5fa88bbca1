/** `npm run bench -- [--publish] <name>…`: runs benchmarks one after the other; without a name, lists them. */
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { quietSdk } from "../plan/process/quiet-sdk.ts";
import { publication } from "./support/report.ts";

Object.assign(process.env, quietSdk);

const self = fileURLToPath(import.meta.url);
const known = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".ts") && file !== basename(self))
  .map((file) => basename(file, ".ts"))
  .sort();
const given = process.argv.splice(2); // taken out: a benchmark that runs alone reads its own arguments there
const asked = given.filter((word) => word !== "--publish");
publication.wanted = asked.length < given.length;
const strange = asked.filter((name) => !known.includes(name));

if (asked.length === 0 || strange.length > 0) {
  if (strange.length > 0) console.error(`there is no benchmark ${strange.join(", ")}`);
  console.log(`usage: npm run bench -- [--publish] <name>…\nbenchmarks: ${known.join(", ")}; see docs/benchmarks.md`);
  process.exitCode = strange.length > 0 ? 1 : 0;
} else {
  for (const name of asked) await import(`./${name}.ts`);
}
