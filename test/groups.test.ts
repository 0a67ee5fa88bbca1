// Test files that share workers: none is lost, none runs twice, and each that must run alone does.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { aloneBecause, divide } from "./support/groups/divide.js";
import { prefixIn, titled } from "./support/groups/titled.js";
import { fileOf, filesFor, groups } from "./support/groups/write.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const grouped = groups.map(fileOf);

/** Test files that a run of AVA reaches: those that it is given, and what files of groups import. */
function reachedFrom(given: readonly string[], read = (file: string) => readFileSync(join(root, file), "utf8")) {
  return given.flatMap((file) => {
    if (!grouped.includes(file)) return [file];
    return [...read(file).matchAll(/^import "(.+)";$/gm)].map(([, path = ""]) => normalize(join(dirname(file), path)));
  });
}

const kept = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "test/*.test.ts", "test/*.test.tsx"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter(Boolean)
  .sort();

test("npm test runs every test file once", (t) => {
  t.true(kept.length > 200, `${kept.length} files`);
  const given = filesFor(false, []);
  t.deepEqual(reachedFrom(given).sort(), kept);
  const [lost, ...rest] = given.filter((file) => !grouped.includes(file));
  t.deepEqual(
    reachedFrom([...grouped, ...rest]).sort(),
    kept.filter((file) => file !== lost),
  );
  const halved = (file: string) => readFileSync(join(root, file), "utf8").split("\n").slice(1).join("\n");
  t.is(reachedFrom(given, halved).length, kept.length - groups.length);
});

test("npm run test:fast runs the same files together as one by one", (t) => {
  const together = reachedFrom(filesFor(true, [])).sort();
  t.deepEqual(together, filesFor(true, ["--match", "*"]).sort());
  t.true(together.length < kept.length);
  t.true(grouped.every((file) => filesFor(true, []).includes(file)));
});

test("a file of a group has nothing that would reach the others' tests", (t) => {
  for (const file of groups.flatMap(({ files }) => files)) {
    t.is(aloneBecause(readFileSync(join(root, file), "utf8")), undefined, file);
  }
  t.deepEqual(
    [
      "test.before(() => {});",
      "test.serial.afterEach.always(close);",
      "  t.timeout(1000);",
      'process.env.HOME = "/";',
      'process.env["HOME"] = "/";',
      "delete process.env.HOME;",
      "Object.assign(process.env, quiet);",
      "process.chdir(folder);",
      'process.once("exit", close);',
      "globalThis.fetch = mine;",
      "Date.now = () => 0;",
      'const world = await load("x");',
    ].filter((line) => aloneBecause(`import test from "ava";\n${line}\n`) === undefined),
    [],
  );
  const harmless = [
    "  const world = await load();",
    "if (process.env.HOME === home) t.pass();",
    't.is(Date.now(), then); // "process.once"',
    "  let at = Date.UTC(2026, 0, 1);",
  ];
  t.is(aloneBecause(`${harmless.join("\n")}\n`), undefined);
});

test("a group is a folder; a large one is divided by its folders, and a file that would be alone in one runs alone", (t) => {
  const files = (folder: string, count: number) =>
    Array.from({ length: count }, (_, i) => `test/${folder}/${i}.test.ts`);
  const sizes = (...given: string[][]) =>
    Object.fromEntries(divide(given.flat()).map((group) => [group.folder, group.files.length]));
  t.deepEqual(sizes(files("a", 2), files("a/deep/er", 3), files("b", 1), ["test/root.test.ts"]), { "test/a": 5 });
  t.deepEqual(sizes(files("a", 20), files("a/x", 9), files("a/y", 11)), { "test/a": 29, "test/a/y": 11 });
  t.deepEqual(sizes(files("a/x", 40)), { "test/a/x": 40 });
});

test("in a group a title says whose it is, tests run one at a time, and hooks are refused", async (t) => {
  const above = new URL("./", import.meta.url).href;
  const place = (group: string, file: string) => prefixIn(`${above}__tests__/${group}.js`, `${above}${file}`);
  t.is(place("scaling", "scaling/engine/alarm.test.ts"), "engine › alarm › ");
  t.is(place("runtime/web", "runtime/web/pages.test.tsx"), "pages › ");

  const registered: string[] = [];
  const chain = (name: string) => (title: string, run: unknown) => void registered.push(`${name} ${title} ${run}`);
  const serial = Object.assign(chain("serial"), { skip: chain("serial skip"), before: chain("serial before") });
  const fake = Object.assign(chain("concurrent"), { serial, skip: chain("skip"), before: chain("before"), meta: 1 });
  const own = titled(fake, "alarm › ");
  own("rings", 1);
  own.skip("rests", 2);
  own.serial("rings again", 3);
  t.deepEqual(registered, ["serial alarm › rings 1", "serial skip alarm › rests 2", "serial alarm › rings again 3"]);
  t.is(own.meta, 1);
  type Run = (at: string) => unknown;
  const kept: Run[] = [];
  const keeping = (_: string, run: Run) => void kept.push(run);
  titled(Object.assign(keeping, { serial: keeping }), "alarm › ")("rings", (at) => {
    throw new Error(`not at ${at}`);
  });
  await t.throwsAsync(async () => kept[0]?.("noon"), { message: "not at noon" });
  t.throws(() => own.before("all", 4), { message: /^alarm › a hook would run for every test of the group/ });
  t.throws(() => (own as unknown as (run: unknown) => void)(() => {}), { message: /without a title of its own/ });
});
