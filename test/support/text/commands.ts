/** Commands, options, scripts and settings that a document names and that do not exist. */
import { posix } from "node:path";
import type { Finding } from "./finding.ts";
import { foldersOf } from "./kept-files.ts";
import type { Document } from "./markdown.ts";
import { askProgram, type Chosen, commandWords } from "./program.ts";
import { knownSettings, objectionTo, stackValues } from "./settings.ts";
import { commandsOfBlock, commandsOfInline, isPlaceholder, type ShownCommand } from "./shell.ts";

/** What the commands of documents are held against. */
export interface CommandWorld {
  /** Scripts of package.json. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly benchmarks: readonly string[];
  /** Kept files and folders. */
  readonly places: ReadonlySet<string>;
  /** Text of a kept file. */
  readonly read: (file: string) => string;
  /** Whether `npx` finds a program of this name. */
  readonly installed: (name: string) => boolean;
}

type Objection = Pick<Finding, "what" | "mend">;

interface Place {
  readonly world: CommandWorld;
  /** Folder that the commands run in, relative to the repository; empty: the repository. */
  readonly directory: string;
  /** True: the command is only spoken of. */
  readonly spokenOf: boolean;
}

const none: readonly Objection[] = [];
const objection = (what: string, mend: string): readonly Objection[] => [{ what, mend }];

function settingsObjections({ configs, stack, cwd }: Chosen, { world, directory }: Place): readonly Objection[] {
  const folder = posix.join(directory, cwd).replace(/^\.$/, "");
  if (folder !== "" && !world.places.has(folder)) {
    return objection(`there is no folder ${folder}`, "name one that is kept");
  }
  if (stack === undefined || isPlaceholder(stack)) return none;
  const file = posix.join(folder, `Pulumi.${stack}.yaml`);
  if (!world.places.has(file)) return objection(`there is no stack file ${file}`, "name a stack that has one");
  if (folder !== "") return none; // settings of another program
  return configs.flatMap((config) => {
    // `key=value` is how the option is described.
    const given = Object.fromEntries(Object.entries(config).filter(([key]) => key !== "key"));
    const known = Object.fromEntries(Object.entries(given).filter(([key]) => !world.places.has(`annofarm:${key}`)));
    const found = objectionTo(stackValues(world.read(file)), known);
    return found === undefined
      ? none
      : objection(found, "give a setting and a value that components/settings/settings.ts reads");
  });
}

function programObjections(words: readonly string[], place: Place): readonly Objection[] {
  const meant = words.filter((word) => word !== "…" && word !== "...");
  const { objection: found, chosen } = askProgram(meant, place.spokenOf);
  if (found !== undefined) {
    return objection(`annofarm ${words.join(" ")}: ${found}`, "write what `annofarm <command> --help` lists");
  }
  return chosen === undefined ? none : settingsObjections(chosen, place);
}

/** Options alone belong to some command of the program, whichever; or to the words of a benchmark. */
function optionObjections(words: readonly string[], place: Place): readonly Objection[] {
  const answers = commandWords.map((command) =>
    programObjections([...command, ...words], { ...place, spokenOf: true }),
  );
  if (answers.some((each) => each.length === 0)) return none;
  const closest = answers.flat().find(({ what }) => !what.includes("unknown option"));
  return closest === undefined
    ? objection(
        `no command of annofarm has the option ${words[0]}`,
        "name the program that it belongs to, or an option that exists",
      )
    : [closest];
}

function scriptObjections(name: string, words: readonly string[], place: Place): readonly Objection[] {
  const { scripts, benchmarks } = place.world;
  const script = scripts[name];
  if (script === undefined) {
    return objection(`package.json has no script ${name}`, `name one of ${Object.keys(scripts).join(", ")}`);
  }
  const given = words[0] === "--" ? words.slice(1) : words;
  if (name === "bench") {
    const strange = given.filter((word) => !word.startsWith("-") && !isPlaceholder(word) && !benchmarks.includes(word));
    return strange
      .slice(0, 1)
      .flatMap((word) => objection(`there is no benchmark ${word}`, `name one of ${benchmarks.join(", ")}`));
  }
  const [, own] = /^node (?:\S+ )*bin\/annofarm\.js (.*)$/.exec(script) ?? [];
  return own === undefined ? none : programObjections([...own.split(" "), ...given], place);
}

function npmObjections([verb = "", ...words]: readonly string[], place: Place): readonly Objection[] {
  if (verb === "run" || verb === "run-script") return scriptObjections(words[0] ?? "", words.slice(1), place);
  return verb === "start" || verb === "test" ? scriptObjections(verb, words, place) : none;
}

/** Programs that are given a file of the repository, and before it perhaps modules to load: what comes after is the file's to read. */
function fileObjections(words: readonly string[], { world, directory }: Place): readonly Objection[] {
  const isFile = (word: string) => /^[\w./-]+\/[\w.-]+\.(?:ts|tsx|js)$/.test(word);
  const program = words.findIndex((word, index) => isFile(word) && words[index - 1] !== "--import");
  const files = words.slice(0, program < 0 ? words.length : program + 1).filter(isFile);
  const file = files.find((each) => !world.places.has(posix.join(directory, each)));
  if (file === undefined) return none;
  return objection(`there is no file ${posix.join(directory, file)}`, "name one that is kept");
}

function pulumiObjections(words: readonly string[], { directory }: Place): readonly Objection[] {
  const [verb, action, key = ""] = words;
  if (directory !== "" || verb !== "config" || action !== "set" || key.startsWith("aws:") || isPlaceholder(key))
    return none;
  return knownSettings.has(key.replace(/^annofarm:/, ""))
    ? none
    : objection(`there is no setting ${key}`, `name one of ${[...knownSettings].join(", ")}`);
}

function objections([name = "", ...words]: readonly string[], place: Place): readonly Objection[] {
  if (name === "annofarm") return programObjections(words, place);
  if (name === "npm") return npmObjections(words, place);
  if (name === "pulumi") return pulumiObjections(words, place);
  if (name === "npx") {
    const [program = "", ...rest] = words.filter((word, index) => index > 0 || !word.startsWith("-"));
    if (program === "annofarm") return programObjections(rest, place);
    if (!place.world.installed(program)) return objection(`npx finds no ${program}`, "name a program of a dependency");
    return fileObjections(rest, place);
  }
  if (name === "node" && words[0] === "bin/annofarm.js") return programObjections(words.slice(1), place);
  if (["node", "tsx", "k6"].includes(name)) return fileObjections(words, place);
  return name.startsWith("-") ? optionObjections([name, ...words], place) : none;
}

/** The commands of one block, of which `cd` changes where the later ones run. */
function blockFindings(file: string, commands: readonly ShownCommand[], world: CommandWorld): Finding[] {
  let directory = "";
  return commands.flatMap(({ words, line }): Finding[] => {
    if (words[0] !== "cd") {
      return objections(words, { world, directory, spokenOf: false }).map((found) => ({ file, line, ...found }));
    }
    const target = posix.join(directory, words[1] ?? "");
    if (!world.places.has(target)) {
      return [{ file, line, what: `there is no folder ${target}`, mend: "name one that is kept" }];
    }
    directory = target;
    return [];
  });
}

export function unknownCommands(document: Document, kept: CommandWorld): Finding[] {
  const { file, inlineCode, blocks, madeByReader } = document;
  const world = { ...kept, places: new Set([...kept.places, ...madeByReader, ...foldersOf(madeByReader)]) };
  const inline = inlineCode.flatMap((piece) =>
    commandsOfInline(piece).flatMap(({ words, line }) =>
      objections(words, { world, directory: "", spokenOf: true }).map((found) => ({ file, line, ...found })),
    ),
  );
  const settings = inlineCode.flatMap(({ text, line }) => {
    const [, key] = /^annofarm:([a-z]\w*)$/.exec(text) ?? [];
    if (key === undefined || knownSettings.has(key) || madeByReader.includes(text)) return [];
    return [{ file, line, what: `there is no setting ${key}`, mend: `name one of ${[...knownSettings].join(", ")}` }];
  });
  return [...inline, ...settings, ...blocks.flatMap((block) => blockFindings(file, commandsOfBlock(block), world))];
}
