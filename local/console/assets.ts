import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Asset {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** TypeScript in the repository, JavaScript once the package is built. */
const main = extname(fileURLToPath(import.meta.url)) === ".ts" ? "ui/main.tsx" : "ui/main.js";

let script: Promise<Uint8Array> | undefined;

/** The page's script, built from `ui/` once, at the first request. */
async function consoleScript(): Promise<Uint8Array> {
  script ??= build({
    entryPoints: [fileURLToPath(new URL(main, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
  }).then((result) => result.outputFiles[0]?.contents ?? new Uint8Array());
  return script;
}

/** What stands below `/_local/assets/`. */
export async function readAsset(name: string): Promise<Asset | undefined> {
  if (name === "console.js") return { type: "text/javascript; charset=utf-8", body: await consoleScript() };
  if (name === "console.css") {
    return { type: "text/css; charset=utf-8", body: readFileSync(new URL("console.css", import.meta.url)) };
  }
  return undefined;
}
