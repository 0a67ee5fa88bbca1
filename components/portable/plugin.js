// What the engine starts, by PulumiPlugin.yaml and `main` of package.json. In the repository everything else is TypeScript, which
// tsx loads as it is; the package has it built. It is loaded by `require`, so nothing here may wait at the top level.
import { existsSync, readFileSync } from "node:fs";

async function start() {
  const source = new URL("provider.ts", import.meta.url);
  const inRepository = existsSync(source);
  if (inRepository) (await import("tsx/esm/api")).register();
  const built = new URL("../../dist/components/portable/provider.js", import.meta.url);
  const { serve } = await import(inRepository ? source.href : built.href);
  await serve(readFileSync(new URL("schema.json", import.meta.url), "utf8"), process.argv.slice(2));
}

start().catch((error) => {
  console.error(error);
  process.exit(1);
});
