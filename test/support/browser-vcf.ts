/** The rules of a VCF file as a module for browsers, which cannot read TypeScript. */
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where pages have it from. */
export const browserVcfFile = fileURLToPath(new URL("../../runtime/web/browser/vcf.js", import.meta.url));

export function browserVcf(): string {
  const [built] = buildSync({
    entryPoints: ["runtime/vcf/browser.ts"],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "ascii",
    banner: { js: "// Made from runtime/vcf by `npm run browser`: change it there." },
  }).outputFiles;
  return built?.text ?? "";
}
