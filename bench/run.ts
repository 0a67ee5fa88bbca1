/** `npm run bench -- [--publish] <name>…`: runs benchmarks one after the other; without a name, lists them. */
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { publication } from "./support/report.ts";

// Says on every start that SDK versions of 2027 will need Node 22; the lock file keeps the ones that do not.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

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
