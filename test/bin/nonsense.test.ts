// Every command with every option given nonsense: one line with the value and the fix, a failure, and no stack.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { type Argument, type Command, CommanderError, type Option } from "commander";
import { describeProgram, run } from "../../bin/annofarm.ts";
import { explain } from "../../bin/explain.ts";
import { outputFailure } from "../../bin/streams.ts";
import { allCommands, leafCommands } from "../support/leaf-commands.ts";

const about = { version: "0.0.0", description: "of a test" };
const directory = mkdtempSync(join(tmpdir(), "annofarm-nonsense-"));
const file = join(directory, "a-file");
writeFileSync(file, "not what was expected");
const input = join(directory, "input.vcf");
writeFileSync(input, "not what was expected");
writeFileSync(join(directory, "Pulumi.yaml"), "name: small\n");
for (const stack of ["local", "dev"]) writeFileSync(join(directory, `Pulumi.${stack}.yaml`), "config: {}\n");
writeFileSync(join(directory, "index.ts"), 'throw new Error("the program was run before the option was looked at");\n');
const recordedRun = fileURLToPath(new URL("../data/backtest/recommended", import.meta.url));
const course = join(directory, "course.yaml");
writeFileSync(course, `course: gas26\nroster: roster.csv\nregion: us-east-1\n`);
const marks = join(directory, "marks.json");
writeFileSync(
  marks,
  JSON.stringify({ course: "gas26", title: "Archive", gradedAt: "2026-10-01T12:00:00Z", stacks: [] }),
);
writeFileSync(join(directory, "roster.csv"), "id,name,email\nx,Ada,ada@example.org\n");
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

/** By the word in an option's brackets: nonsense that its form allows, and what the message must say. */
const nonsense: Readonly<Record<string, readonly [value: string, says: RegExp]>> = {
  name: ["nope", /nope/],
  "key=value": ["nonsense", /key=value/],
  directory: [join(file, "below"), /file|directory/],
  file: [join(directory, "missing", "file"), /missing/],
  path: [join(directory, "missing", "file"), /missing/],
  number: ["many", /number/],
  minutes: ["long", /number/],
  percent: ["most", /number/],
  version: ["newest", /number of a version/],
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
  "type=capacity": ["nonsense", /type=capacity/],
  "amount/month|run": ["cheap", /amount\/month/],
  "key=value|value": ["webMin=2", /key=value\|value/],
  levers: ["handle", /handle/],
  "state:size": ["Frozen:2", /Stopped or Running/],
  "min-max": ["10-2", /min-max/],
  objectives: ["p97 < 1 s", /p97 < 1 s/],
  "name|file": [join(directory, "missing", "load.log"), /missing/],
  what: [join(directory, "missing", "scenario.json"), /missing/],
  scenario: ["dance", /dance/],
  queue: ["nope", /.+/],
  names: ["nope", /nope/],
  stack: ["nope", /nope/],
  seconds: ["often", /number/],
  ids: ["nope", /nope/],
  pseudonyms: ["ada", /ada/],
  origin: ["gas", /gas/],
  region: ["mars", /mars/],
  regions: ["mars", /mars/],
  owner: ["Nobody", /Nobody/],
  domain: ["example", /example/],
  arn: ["role/grader", /role\/grader/],
  "file|directory": [join(file, "below"), /file|directory/],
  job: ["nope", /"nope" is no job id/],
  form: ["pdf", /vcf, bgzip, tabix/],
  key: ["two words", /no blanks/],
  assembly: ["two words", /no blanks/],
};

/** Where the word in the brackets would be in order for most commands. */
const nonsenseOf: typeof nonsense = {
  "course check --owner": ["Nobody", /Nobody/],
  "course check --only": ["nope", /nope/],
  "course empty --project": ["?", /"\?"/],
  "job submit --name": ["x".repeat(101), /101 characters; at most 100/],
  "job submit --note": ["x".repeat(2_001), /2,001 characters; at most 2,000/],
};

/** What a command needs before it looks at any option: without it, the message would be about that. */
const besides: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  backtest: { "": [recordedRun], "--rate": ["2/s"] },
  "course check": { "": [directory] },
  "course extend": { "--all": [], "--by": ["7d"] },
  "reference build": { "--genes": [input], "--output": [join(directory, "reference")] },
  tune: { "--slo": ["p95 < 1 s"] },
  "course marks": { "--from": [marks], "--format": ["html"], "--output": [join(directory, "pages")], "--names": [] },
};
/** Options that rule each other out. */
const insteadOf: Readonly<Record<string, string>> = {
  "--only": "--all",
  "--format": "--names",
  "--owner": "",
  "--scenario": "--rate",
};

const besidesOf = (name: string, tried: string | undefined) =>
  Object.entries(besides[name] ?? {}).flatMap(([option, values]) =>
    option === tried || (tried !== undefined && insteadOf[tried] === option)
      ? []
      : [...(option === "" ? [] : [option]), ...values],
  );

/** `--html <file>` → `file`; `undefined` for a flag. */
const wordOf = ({ flags }: Pick<Option, "flags">) => /[<[](.+)[>\]]/.exec(flags)?.[1];

/** Writes and ends by itself, since its exit status tells a refused file from any other failure: it has a test of its own. */
const tellsItself = "annotate";
const commands = leafCommands(describeProgram(about)).filter(({ words: [first] }) => first !== tellsItself);

/** Runs in this process; what the command line would print is returned. */
async function failureOf(argv: readonly string[]): Promise<string> {
  const program = describeProgram(about);
  const written: string[] = [];
  for (const command of allCommands(program)) {
    command.exitOverride().configureOutput({ writeErr: (text) => void written.push(text), writeOut: () => {} });
  }
  try {
    return (await run(program, ["node", "annofarm", ...argv]))?.message ?? "";
  } catch (error) {
    if (error instanceof CommanderError) return written.join("");
    throw error;
  }
}

/** Arguments that a command needs besides what is tried. */
function needed(command: Command): string[] {
  const usual: Readonly<Record<string, string>> = {
    what: "web",
    scenario: "web",
    file: input,
    job: "00000000-0000-4000-8000-000000000000",
  };
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
const reached = new Set(["roll --group", "loadtest --rate", "loadtest --job", "loadtest --boot", "simulate --png"]);

/** Where a command finds what it works on, unless that is what is tried. */
function placeFor({ options }: Command, tried: string | undefined): string[] {
  const takes = (name: string) => tried !== name && options.some(({ long }) => long === name);
  return [...(takes("--cwd") ? ["-C", directory] : []), ...(takes("--course") ? ["--course", course] : [])];
}

for (const { words, command } of commands) {
  const name = words.join(" ");
  for (const option of command.options) {
    const word = wordOf(option);
    if (word === undefined || reached.has(`${name} ${option.long}`)) continue;
    test(`annofarm ${name} ${option.flags}`, async (t) => {
      const [value = "", says = /^$/] = nonsenseOf[`${name} ${option.long}`] ?? nonsense[word] ?? [];
      t.not(value, "", `nonsense for <${word}> is missing in this test`);
      const place = [...placeFor(command, option.long), ...besidesOf(name, option.long)];
      judge(t, await failureOf([...words, ...needed(command), ...place, option.long ?? "", value]), says);
    });
  }
  for (const argument of command.registeredArguments) {
    if (!argument.required) continue;
    test(`annofarm ${name} <${argument.name()}>`, async (t) => {
      const [value = "", says = /^$/] = nonsense[argument.name()] ?? [];
      judge(t, await failureOf([...words, value, ...placeFor(command, undefined), ...besidesOf(name, "")]), says);
    });
  }
  test(`annofarm ${name} --nonsense`, async (t) => {
    judge(
      t,
      await failureOf([...words, ...needed(command), ...besidesOf(name, undefined), "--nonsense"]),
      /--nonsense/,
    );
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
