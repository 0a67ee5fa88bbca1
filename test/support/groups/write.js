/**
 * What AVA is given: in a run of everything, one file for each group of test files, which imports them, and the other files. With any
 * argument (a file, `--match`, `--watch`) every file has a worker of its own. Plain JavaScript: ava.config.js imports it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { fastFiles, placeOf, testFiles } from "../kinds.js";
import { aloneBecause, divide } from "./divide.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** AVA leaves folders of this name out of the titles that it prints. */
const place = "test/__tests__";

const canShare = (/** @type {string} */ file) => aloneBecause(readFileSync(join(root, file), "utf8")) === undefined;

/** Fast files that share workers, as their folders' groups. */
export const groups = divide(fastFiles.filter(canShare));

/** @returns {string} the file that AVA is given for a group, relative to the repository */
export const fileOf = (/** @type {{ folder: string }} */ { folder }) => `${folder.replace("test", place)}.js`;

/** Each file whole, since another run may be reading it. */
function writeGroups() {
  const wanted = new Map(groups.map((group) => [fileOf(group), group.files]));
  for (const [file, members] of wanted) {
    const text = members.map((each) => `import ${JSON.stringify(relative(dirname(file), each))};\n`).join("");
    const target = join(root, file);
    if (existsSync(target) && readFileSync(target, "utf8") === text) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.${process.pid}`, text);
    renameSync(`${target}.${process.pid}`, target);
  }
  for (const name of readdirSync(join(root, place), { recursive: true, encoding: "utf8" })) {
    const file = join(place, name);
    if (file.endsWith(".js") && !wanted.has(file)) rmSync(join(root, file), { force: true });
  }
}

/**
 * @param {boolean} fast whether only fast files are wanted
 * @param {readonly string[]} given AVA's arguments
 * @returns {string[]} relative to the repository; patterns, so that a watched run sees a new file
 */
export function filesFor(fast, given) {
  if (given.length > 0) return fast ? fastFiles : ["test/**/*.test.ts", "test/**/*.test.tsx"];
  writeGroups();
  const grouped = new Set(groups.flatMap((group) => group.files));
  return [...groups.map(fileOf), ...(fast ? fastFiles : testFiles).filter((file) => !grouped.has(file))];
}

const sizes = new Map(groups.map((group) => [fileOf(group), group.files.length]));

/** For AVA, by whole paths: the slowest first, then the largest groups, so that none is what all others wait for at the end. */
export function slowestFirst(/** @type {string} */ a, /** @type {string} */ b) {
  const [one, other] = [a, b].map((file) => file.slice(root.length));
  return placeOf(one) - placeOf(other) || (sizes.get(other) ?? 1) - (sizes.get(one) ?? 1) || a.localeCompare(b);
}
