/**
 * The provider as one bundle: the engine starts it anew for each operation, three times over, and to load it from its sources
 * would take longer than what it does. Made again when the sources have changed.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const entry = fileURLToPath(new URL("main.ts", import.meta.url));

const dayMilliseconds = 86_400_000;

/** Everything that it could be made of, and the packages beside it. */
function digestOfSources(): string {
  const hash = createHash("sha256");
  for (const folder of ["local", "plan"]) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort()) {
      if (file.endsWith(".ts")) hash.update(file).update(readFileSync(join(root, folder, file)));
    }
  }
  const packages = join(root, "node_modules", ".package-lock.json");
  if (existsSync(packages)) hash.update(readFileSync(packages));
  return hash.digest("hex").slice(0, 16);
}

/** @returns the module with which the provider starts. */
export async function bundleProvider(): Promise<string> {
  const folder = join(root, ".annofarm", "provider");
  const whole = join(folder, digestOfSources());
  const main = join(whole, "main.mjs");
  if (existsSync(main)) return main;
  await mkdir(folder, { recursive: true });
  const making = await mkdtemp(join(folder, "making-"));
  try {
    await build({
      entryPoints: [entry],
      outdir: making,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true, // a service's client is loaded when the first of its resources comes
      platform: "node",
      target: "node20",
      format: "esm",
      mainFields: ["module", "main"], // of a package in both forms only what is used is taken
      legalComments: "none",
      logLevel: "silent",
      // Packages in CommonJS form call require for Node's own modules; an ES module has none unless it makes one.
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
    });
    await rename(making, whole).catch((error: unknown) => {
      if (!existsSync(main)) throw error; // somebody else has just made the same
    });
    // One that was made today may still be some stack's.
    for (const old of readdirSync(folder)) {
      const { mtimeMs } = statSync(join(folder, old));
      if (Date.now() - mtimeMs > dayMilliseconds) await rm(join(folder, old), { recursive: true, force: true });
    }
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return main;
}
