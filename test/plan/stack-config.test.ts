import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readStackConfig } from "../../plan/stack-config.ts";

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-project-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

const program = { "Pulumi.yaml": "name: farm\nruntime: nodejs\n", "index.ts": "" };

test("values become text as the program reads them; keys get the project's namespace", async (t) => {
  const directory = await project({
    ...program,
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-1\n  size: 3\n  debug: true\n  farm:list: [a, 1]\n",
  });
  const { values, project: name, entry } = await readStackConfig(directory, "dev");
  t.is(name, "farm");
  t.is(entry, join(directory, "index.ts"));
  t.deepEqual(values, { "aws:region": "eu-west-1", "farm:size": "3", "farm:debug": "true", "farm:list": '["a",1]' });
});

test("an override replaces a value, encrypted ones too", async (t) => {
  const directory = await project({
    ...program,
    "Pulumi.dev.yaml": "config:\n  farm:key: { secure: AAAB }\n  farm:nested: { a: [{ secure: AAAB }] }\n",
  });
  t.deepEqual((await readStackConfig(directory, "dev")).encrypted, ["farm:key", "farm:nested"]);
  const overridden = await readStackConfig(directory, "dev", { key: "open", "aws:region": "us-west-2" });
  t.deepEqual(overridden.encrypted, ["farm:nested"]);
  t.deepEqual(overridden.values, { "farm:key": "open", "farm:nested": "[encrypted]", "aws:region": "us-west-2" });
});

test("a stack file may be empty", async (t) => {
  const directory = await project({ ...program, "Pulumi.dev.yaml": "" });
  t.deepEqual((await readStackConfig(directory, "dev")).values, {});
});

test("what is missing or malformed is named", async (t) => {
  const directory = await project({ ...program, "Pulumi.bad.yaml": "config: [\n", "Pulumi.odd.yaml": "config: 3\n" });
  await t.throwsAsync(readStackConfig(directory, "dev"), { message: /no stack dev in .*; there are bad, odd/ });
  await t.throwsAsync(readStackConfig(directory, "bad"), { message: /Pulumi\.bad\.yaml is not YAML/ });
  await t.throwsAsync(readStackConfig(directory, "odd"), { message: /Pulumi\.odd\.yaml: .*config/s });
  const withoutProgram = await project({ "Pulumi.yaml": "name: farm\nmain: src/main.ts\n", "Pulumi.dev.yaml": "" });
  await t.throwsAsync(readStackConfig(withoutProgram, "dev"), { message: /src\/main\.ts, which .*"main" names/ });
});
