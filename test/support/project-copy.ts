/** This project in a directory of its own, where a test may change the code that it deploys. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePython } from "../../local/process/python/environment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a deployment reads. */
const parts = [
  "Pulumi.yaml",
  "Pulumi.local.yaml",
  "index.ts",
  "package.json",
  "tsconfig.json",
  "components",
  "runtime",
];

/** Packages and the emulator's Python, which are installed once. */
const shared = ["node_modules", ".annofarm/venv"];

export type ProjectCopy = Awaited<ReturnType<typeof copyProject>>;

export async function copyProject() {
  await ensurePython({ directory: join(root, ".annofarm") });
  const directory = mkdtempSync(join(tmpdir(), "annofarm-copy-"));
  for (const part of parts) cpSync(join(root, part), join(directory, part), { recursive: true });
  mkdirSync(join(directory, ".annofarm"));
  for (const part of shared) symlinkSync(join(root, part), join(directory, part));
  return {
    directory,
    /** @throws {Error} when `text` does not stand in the file. */
    change(file: string, text: string, by: string): void {
      const before = readFileSync(join(directory, file), "utf8");
      if (!before.includes(text)) throw new Error(`${file} does not say ${text}`);
      writeFileSync(
        join(directory, file),
        before.replace(text, () => by),
      );
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
