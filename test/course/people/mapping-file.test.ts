import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { emptyMapping, joinPeople, type Mapping } from "../../../course/people/mapping.ts";
import { readMapping, updateMapping } from "../../../course/people/mapping-file.ts";

const made: string[] = [];
test.after.always(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "course-people-"));
  made.push(folder);
  return join(folder, "gas26", "people.json");
}

const modeOf = (file: string) => statSync(file).mode & 0o777;
const withPerson = (id: string) => (before: Mapping) => {
  const here = before.people.map((known) => ({ id: known.id, name: known.name, keys: known.keys, line: 1 }));
  return joinPeople(before, [...here, { id, name: id, keys: [`id:${id}`], line: 2 }]).mapping;
};

test("the file is for its owner alone before anything is in it, and stays so", async (t) => {
  const file = place();
  let before = -1;
  let size = -1;
  const mapping = await updateMapping(file, "gas26", (old) => {
    before = modeOf(`${file}.new`);
    size = statSync(`${file}.new`).size;
    return withPerson("ada")(old);
  });
  t.is(before, 0o600);
  t.is(size, 0);
  t.is(modeOf(file), 0o600);
  t.is(modeOf(join(file, "..")), 0o700);
  t.deepEqual(readMapping(file, "gas26"), mapping);
  t.deepEqual(readdirSync(join(file, "..")), ["people.json"]);
});

test("a file that others may use is refused with what mends it", async (t) => {
  const file = place();
  await updateMapping(file, "gas26", withPerson("ada"));
  for (const mode of [0o640, 0o604, 0o660, 0o610]) {
    chmodSync(file, mode);
    const error = t.throws(() => readMapping(file, "gas26"));
    t.is(
      error?.message,
      `${file} has mode 0${mode.toString(8)} and holds names: others than its owner may use it, at most 0600 is allowed; run chmod 600 ${file}`,
    );
    await t.throwsAsync(updateMapping(file, "gas26", withPerson("bob")), { message: /run chmod 600/ });
  }
  chmodSync(file, 0o400);
  t.is(readMapping(file, "gas26").people.length, 1);
});

test("no file is an empty mapping", (t) => {
  t.deepEqual(readMapping(place(), "gas26"), emptyMapping("gas26"));
});

test("a change that fails, or changes nothing, leaves the file as it was and nothing beside it", async (t) => {
  const file = place();
  await updateMapping(file, "gas26", withPerson("ada"));
  const bytes = readFileSync(file);
  const { mtimeMs } = statSync(file);
  const fails = () => {
    throw new Error("no");
  };
  await t.throwsAsync(updateMapping(file, "gas26", fails), { message: "no" });
  await updateMapping(file, "gas26", (before) => before);
  t.true(readFileSync(file).equals(bytes));
  t.is(statSync(file).mtimeMs, mtimeMs);
  t.deepEqual(readdirSync(join(file, "..")), ["people.json"]);
});

test("commands at the same time follow each other: nobody is lost", async (t) => {
  const file = place();
  const ids = Array.from({ length: 12 }, (_, at) => `u${at}`);
  await Promise.all(ids.map((id) => updateMapping(file, "gas26", withPerson(id))));
  t.deepEqual(
    readMapping(file, "gas26")
      .people.map(({ id }) => id)
      .sort(),
    [...ids].sort(),
  );
});

test("what a killed command left behind is taken over once it is old", async (t) => {
  const file = place();
  await updateMapping(file, "gas26", withPerson("ada"));
  writeFileSync(`${file}.new`, '{"half');
  const minuteAgo = new Date(Date.now() - 60_000);
  utimesSync(`${file}.new`, minuteAgo, minuteAgo);
  const mapping = await updateMapping(file, "gas26", withPerson("bob"));
  t.is(mapping.people.length, 2);
  t.false(existsSync(`${file}.new`));
});

test("a damaged file, and that of another course, are refused without telling what is in it", async (t) => {
  const file = place();
  await updateMapping(file, "gas26", withPerson("ada"));
  t.throws(() => readMapping(file, "gas27"), {
    message: `${file} is of course gas26, not of gas27; name the state of gas27`,
  });
  writeFileSync(file, readFileSync(file, "utf8").replace('"here": true', '"here": "ada@example.edu"'));
  const error = t.throws(() => readMapping(file, "gas26"));
  t.regex(error?.message ?? "", /is no mapping of a course \(wrong: people\[0\]\.here\); bring back a copy/);
  t.notRegex(error?.message ?? "", /ada@/);
  writeFileSync(file, "{");
  t.throws(() => readMapping(file, "gas26"), { message: /is not JSON; bring back a copy/ });
});
