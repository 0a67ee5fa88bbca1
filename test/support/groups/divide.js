/**
 * Which fast test files share a worker of AVA, and which run alone. A worker costs more than most of the files that it would run, and a
 * file that imports test files registers the tests of them all. Plain JavaScript: ava.config.js imports it.
 */

/** More files than this are divided by their folders, so that no group is what all processors but one wait for at the end. */
const mostFiles = 30;

/** What keeps a file from sharing a process with others, by how its source shows it. */
const aloneFor = [
  ["its hooks would run for the tests of all files", /\btest(?:\.serial)?\.(?:before|after)/],
  ["others would use up its time", /\bt\.timeout\(/],
  [
    "it changes the environment",
    /\bprocess\.env(?:\.\w+|\[[^\]]+\])?\s*=[^=]|\bdelete process\.env|\bassign\(process\b/,
  ],
  ["it changes the process", /\bprocess\.(?:chdir|umask|on|once)\(|\bprocess\.(?:argv|exitCode)\s*=[^=]/],
  [
    "it changes what is global",
    /\bglobalThis[.[][^=;]*=[^=]|\b(?:Date|Math|console|performance)\.\w+\s*=[^=]|\bmock\.|\.prototype\.\w+\s*=[^=]/,
  ],
  ["AVA starts before it has registered its tests", /^(?:(?:export )?(?:const|let) [^\n=]+= )?await\b/m],
];
/**
 * @param {string} source of the test file
 * @returns {string | undefined} why it cannot share a worker
 */
export function aloneBecause(source) {
  return aloneFor.find(([, pattern]) => pattern.test(source))?.[0];
}

/** Files by the folder right below `folder` that they are in. */
function bySubfolder(/** @type {string} */ folder, /** @type {readonly string[]} */ files) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const file of files) {
    const [sub, ...rest] = file.slice(folder.length + 1).split("/");
    if (rest.length === 0) continue;
    const name = `${folder}/${sub}`;
    found.set(name, [...(found.get(name) ?? []), file]);
  }
  return found;
}

/** A folder's group, and those of its largest subfolders when it would have too many files. */
function divided(/** @type {string} */ folder, /** @type {readonly string[]} */ files) {
  const apart = [...bySubfolder(folder, files)].sort(
    ([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1),
  );
  const groups = [];
  let own = files;
  for (const [subfolder, its] of apart) {
    if (own.length <= mostFiles) break;
    groups.push(...divided(subfolder, its));
    own = own.filter((file) => !its.includes(file));
  }
  return [{ folder, files: own }, ...groups];
}

/**
 * Files that may share a worker, as groups: each is a folder of test/, so that titles can begin with the names that AVA gives them.
 *
 * @param {readonly string[]} files relative to the repository
 * @returns {{ folder: string; files: readonly string[] }[]} no group of a single file
 */
export function divide(files) {
  return [...bySubfolder("test", [...files].sort())]
    .flatMap(([folder, its]) => divided(folder, its))
    .filter(({ files: { length } }) => length > 1);
}
