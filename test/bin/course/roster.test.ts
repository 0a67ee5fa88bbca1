import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import test from "ava";
import { flawedRosters } from "../../support/course/flawed-rosters.ts";
import { makeWorld } from "./world.ts";

const [classroom50] = flawedRosters;
if (classroom50 === undefined) throw new Error("there is no roster");
const { bytes, mended, flaws, secrets } = classroom50;

test("a roster in order is a table of 80 columns, by pseudonym only, and the same the next time", async (t) => {
  const world = makeWorld(t, mended);
  const { code, stdout, stderr } = await world.course(["roster"]);
  t.is(stderr, "");
  t.is(code, 0);
  t.regex(stdout, /^gas26: Classroom 50, 100 people, 2 sections, 4 teams, 84 stacks\n/);
  t.regex(stdout, /\nSection +People +Teams +Stacks\n/);
  t.regex(stdout, /\nLeft out: 1 row of staff \(role\)\.\n/);
  t.true(stdout.split("\n").every((line) => line.length <= 80));
  t.deepEqual(
    secrets.filter((secret) => stdout.includes(secret)),
    [],
  );
  t.is((await world.course(["roster"])).stdout, stdout);
  t.is(statSync(world.at(".annofarm/course/gas26/people.json")).mode & 0o777, 0o600);
});

test("names stand beside the pseudonyms when staff ask for them", async (t) => {
  const world = makeWorld(t, mended);
  const { stdout } = await world.course(["roster", "--names"]);
  t.regex(stdout, /\ngas26-s\w{6} +Thursday, late +s\w{6} Xiomara Wojciechowski\n/);
  t.true(stdout.split("\n").every((line) => line.length <= 80));
});

test("whatever a cell has in it, a person is one line", async (t) => {
  const world = makeWorld(t, 'id,name,email,section\nada,"Ada\n\u001b[31mLovelace",,"A\n1"\nbob,Bob,"no\nwhere",\n');
  const { stderr } = await world.course(["roster"]);
  t.regex(stderr, /^annofarm: .*roster\.csv: line 5: no where is no mail address[^\n]*\n$/);
  writeFileSync(world.at("roster.csv"), 'id,name,email,section\nada,"Ada\n\u001b[31mLovelace",,"A\n1"\n');
  const { stdout } = await world.course(["roster", "--names"]);
  t.regex(stdout, /\ngas26-s\w{6} {2}A 1 +s\w{6} Ada \[31mLovelace\n$/);
});

test("all mistakes are told together with their lines, exit code 1, and nothing is written", async (t) => {
  const world = makeWorld(t, bytes);
  const { code, stdout, stderr } = await world.course(["roster"]);
  t.is(code, 1);
  t.is(stdout, "");
  const lines = stderr.trimEnd().split("\n");
  t.regex(lines[0] ?? "", /^annofarm: .*roster\.csv has 10 mistakes:$/);
  t.deepEqual(
    lines.slice(1).map((line) => Number(/^ {2}line (\d+): /.exec(line)?.[1])),
    flaws.map(({ line }) => line),
  );
  t.false(existsSync(world.at(".annofarm")));
});

test("as JSON: people, stacks and mistakes", async (t) => {
  const world = makeWorld(t, mended);
  const { stdout, code } = await world.course(["roster", "--json"]);
  const view = JSON.parse(stdout);
  t.is(code, 0);
  t.is(view.people.length, 100);
  t.is(view.stacks.length, 84);
  t.deepEqual(view.mistakes, []);
  t.deepEqual(Object.keys(view.people[0]).sort(), ["pseudonym", "section", "team"].sort());
  writeFileSync(world.at("roster.csv"), bytes);
  const broken = await world.course(["roster", "--json"]);
  t.is(broken.code, 1);
  t.is(JSON.parse(broken.stdout).mistakes.length, 10);
  t.is(broken.stderr, "");
});

test("a course file with mistakes, one that is not there, and a mapping that others may read are told with what mends them", async (t) => {
  const world = makeWorld(t, "id,name,email\nada,Ada,\n", "parallel: 0\nrgion: x\n");
  const wrong = await world.course(["roster"]);
  t.is(wrong.code, 1);
  t.regex(
    wrong.stderr,
    /^annofarm: course\.yaml has 2 mistakes:\n {2}line 4, parallel: 0 is not.*\n {2}line 5, rgion: is not a setting/,
  );
  const absent = await world.course(["roster", "--course", "other.yaml"]);
  t.regex(absent.stderr, /^annofarm: --course other\.yaml: there is no other\.yaml; name one that is there\n$/);
  const open = makeWorld(t, "id,name,email\nada,Ada,\n");
  await open.course(["roster"]);
  const file = open.at(".annofarm/course/gas26/people.json");
  const text = readFileSync(file);
  const { chmodSync } = await import("node:fs");
  chmodSync(file, 0o644);
  const refused = await open.course(["roster"]);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /has mode 0644 and holds names: .*; run chmod 600 .*people\.json\n$/);
  t.true(readFileSync(file).equals(text));
});
