/** Which files a path means: one, those below a directory, or those that a pattern matches. */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";

const isPattern = (path: string) => /[*?]/.test(path);

/** `*` and `?` within a name, `**` for any number of folders. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("?", "[^/]")
    .replace(/\*\*\/|\*+/g, (stars) => (stars === "**/" ? "(?:.*/)?" : stars.length > 1 ? ".*" : "[^/]*"));
  return new RegExp(`^${source}$`);
}

/** Files below a directory, sorted; hidden ones are left out. */
function below(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The part of a pattern before the first folder that is one. */
function fixedPart(pattern: string): string {
  let place = pattern;
  while (isPattern(place)) place = dirname(place);
  return place;
}

/** What Elastic Load Balancing puts beside its logs when they are switched on. */
const testFile = "ELBAccessLogTestFile";

/** @throws {Error} when there is none. */
export function filesOf(path: string): string[] {
  const found = all(path).filter((file) => basename(file) !== testFile);
  if (found.length > 0) return found;
  throw new RangeError(
    `${path} ${isPattern(path) ? "matches no file" : "has no file in it"}; name a file, a directory or a pattern`,
  );
}

function all(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return below(path);
  if (stat !== undefined) return [path];
  if (!isPattern(path))
    throw new RangeError(`there is no file ${path}; name a file, a directory or a pattern such as logs/*.gz`);
  const pattern = resolve(path);
  const root = fixedPart(pattern);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return [];
  const matches = patternOf(pattern.split(sep).join("/"));
  return below(root).filter((file) => matches.test(file.split(sep).join("/")));
}
