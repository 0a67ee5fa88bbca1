// Every command with every option given nonsense: one line with the value and the fix, a failure, and no stack.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type Argument, type Command, CommanderError, type Option } from "commander";
import { describeProgram, run } from "../../bin/annofarm.ts";
import { explain } from "../../bin/explain.ts";
import { outputFailure } from "../../bin/streams.ts";

const about = { version: "0.0.0", description: "of a test" };
const directory = mkdtempSync(join(tmpdir(), "annofarm-nonsense-"));
const file = join(directory, "a-file");
writeFileSync(file, "not what was expected");
writeFileSync(join(directory, "Pulumi.yaml"), "name: small\n");
for (const stack of ["local", "dev"]) writeFileSync(join(directory, `Pulumi.${stack}.yaml`), "config: {}\n");
writeFileSync(join(directory, "index.ts"), 'throw new Error("the program was run before the option was looked at");\n');
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

/** By the word in an option's brackets: nonsense that its form allows, and what the message must say. */
const nonsense: Readonly<Record<string, readonly [value: string, says: RegExp]>> = {
  name: ["nope", /nope/],
  "key=value": ["nonsense", /key=value/],
  directory: [join(file, "below"), /file|directory/],
  file: [join(directory, "missing", "file"), /missing/],
  path: [join(directory, "missing", "file"), /missing/],
  number: ["many", /number/],
  size: ["huge", /size|min, max, expected/],
  factor: ["fast", /number/],
  kind: ["attic", /vault, s3/],
  level: ["deep", /overview, full/],
  id: ["XYZ.99", /XYZ\.99/],
  time: ["soon", /soon/],
  rate: ["fast", /fast|rate/],
  text: ["it is nice", /it is nice/],
  where: ["nowhere", /nowhere/],
  "name=value": ["web=never", /web=never|web/],
  "NAME=value": ["users", /NAME=value/],
  "name: key=value,…": ["nothing", /nothing/],
  what: [join(directory, "missing", "scenario.json"), /missing/],
  scenario: ["dance", /dance/],
  queue: ["nope", /.+/],
};

/** `--html <file>` → `file`; `undefined` for a flag. */
const wordOf = ({ flags }: Pick<Option, "flags">) => /[<[](.+)[>\]]/.exec(flags)?.[1];

/** Writes and ends by itself, since its exit status tells a refused file from any other failure: it has a test of its own. */
const tellsItself = "annotate";
const commands = describeProgram(about)
  .commands.map((each) => each.name())
  .filter((name) => name !== tellsItself);

/** Runs in this process; what the command line would print is returned. */
async function failureOf(argv: readonly string[]): Promise<string> {
  const program = describeProgram(about);
  const written: string[] = [];
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: (text) => void written.push(text), writeOut: () => {} });
  }
  try {
    return (await run(program, ["node", "annofarm", ...argv])) ?? "";
  } catch (error) {
    if (error instanceof CommanderError) return written.join("");
    throw error;
  }
}

/** Arguments that a command needs besides what is tried. */
function needed(command: Command): string[] {
  const usual: Readonly<Record<string, string>> = { what: "web", scenario: "web" };
  return command.registeredArguments
    .filter(({ required }) => required)
    .map((each: Argument) => usual[each.name()] ?? "x");
}

function judge(t: ExecutionContext, said: string, says: RegExp): void {
  const lines = said
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("(annofarm --help"));
  t.is(lines.length, 1, said);
  t.regex(said, says);
  t.false(/^\s+at |node:internal|\bE[A-Z]{4,}:/m.test(said), said);
}

/** Options whose nonsense is found only by what they reach: a program, a service, an account. */
const reached = new Set(["loadtest --rate", "loadtest --job", "loadtest --boot", "simulate --png"]);

for (const name of commands) {
  const command = describeProgram(about).commands.find((each) => each.name() === name) as Command;
  for (const option of command.options) {
    const word = wordOf(option);
    if (word === undefined || reached.has(`${name} ${option.long}`)) continue;
    test(`annofarm ${name} ${option.flags}`, async (t) => {
      const [value = "", says = /^$/] = nonsense[word] ?? [];
      t.not(value, "", `nonsense for <${word}> is missing in this test`);
      const place =
        option.long === "--cwd" || command.options.every(({ long }) => long !== "--cwd") ? [] : ["-C", directory];
      judge(t, await failureOf([name, ...needed(command), ...place, option.long ?? "", value]), says);
    });
  }
  for (const argument of command.registeredArguments) {
    if (!argument.required) continue;
    test(`annofarm ${name} <${argument.name()}>`, async (t) => {
      const [value = "", says = /^$/] = nonsense[argument.name()] ?? [];
      judge(t, await failureOf([name, value]), says);
    });
  }
  test(`annofarm ${name} --nonsense`, async (t) => {
    judge(t, await failureOf([name, ...needed(command), "--nonsense"]), /--nonsense/);
  });
  test(`the help of annofarm ${name} fits 80 columns`, (t) => {
    const help: string[] = [];
    command.configureOutput({ getOutHelpWidth: () => 80, writeOut: (text) => void help.push(text) });
    command.outputHelp();
    t.deepEqual(
      help
        .join("")
        .split("\n")
        .filter((line) => line.length > 80),
      [],
    );
  });
}

test("a command that there is not", async (t) => judge(t, await failureOf(["dance"]), /dance/));

test("a stack that there is not lists those that there are", async (t) => {
  t.regex(await failureOf(["plan", "-C", directory, "-s", "nope"]), /no stack nope in .*; there are dev, local/);
});

test("Node's own errors become a line with the option, the cause and the fix", (t) => {
  const system = (code: string, path: string) =>
    Object.assign(new Error(`${code}: no such file or directory, open '${path}'`), { code, syscall: "open", path });
  const missing = join(directory, "missing", "x.html");
  const given = [{ name: "--html", value: missing }];
  t.is(
    explain(system("ENOENT", missing), given),
    `--html ${missing}: there is no directory ${join(directory, "missing")}; make it, or name another place`,
  );
  t.is(
    explain(system("EISDIR", directory), [{ name: "-o", value: directory }]),
    `-o ${directory}: ${directory} is a directory; name a file`,
  );
  t.regex(explain(system("EACCES", "/root/x"), []), /no permission for \/root\/x; grant it/);
  const wrapped = new Error(`cannot start: ${system("EEXIST", file).message}`, { cause: system("EEXIST", file) });
  t.regex(explain(wrapped, []), /is there already and is no directory/);
  t.is(explain(new Error("a message of ours"), []), "a message of ours");
  const nobody = Object.assign(new Error("Could not load credentials from any providers"), {
    name: "CredentialsProviderError",
  });
  t.regex(explain(nobody, []), /^no AWS credentials were found; set AWS_PROFILE/);
});

test("a reader that has gone is no failure worth a word; a full disk is one line", (t) => {
  t.deepEqual(outputFailure(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }), 1), { code: 141 });
  const full = outputFailure(Object.assign(new Error("write ENOSPC"), { code: "ENOSPC" }), 2);
  t.is(full.code, 2);
  t.regex(full.message ?? "", /no space is left on the device; make room/);
});
