/** The files that the repository keeps. A file that git ignores is on this machine only, so a document cannot count on it. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The text of a kept file; `file` is relative to the repository. */
export const readKept = (file: string): string => readFileSync(join(root, file), "utf8");

/** Files that are committed, or would be: what git ignores is not among them. */
export function keptFiles(...patterns: readonly string[]): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", ...patterns];
  return execFileSync("git", args, { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "" && existsSync(join(root, file)));
}

/** Kept files that are text. */
export const keptText = (): string[] => keptFiles().filter((file) => !/\.(?:gz|png|jpg|ico|woff2?)$/.test(file));

/** The folders of kept files, without a slash at the end. */
export function foldersOf(files: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    const parts = file.split("/").slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) folders.add(parts.slice(0, depth).join("/"));
  }
  return folders;
}
