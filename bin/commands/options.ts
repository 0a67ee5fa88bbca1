/** Options that several commands share. */
import { InvalidArgumentError, Option } from "commander";
import { parseVariant, type Variant } from "../../scaling/simulate/compare/variants.ts";

export interface ProgramOptions {
  readonly cwd: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
}

function addConfig(text: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("Use the form key=value, for example -c owner=team1.");
  return { ...previous, [text.slice(0, equals)]: text.slice(equals + 1) };
}

export function configOption(): Option {
  return new Option("-c, --config <key=value>", "replace a value of the stack's configuration; may be repeated")
    .default({}, "none")
    .argParser(addConfig);
}

/** Which program, under which configuration. */
export function programOptions(defaultStack: string): Option[] {
  return [
    new Option("-C, --cwd <directory>", "where Pulumi.yaml is").default(process.cwd(), "this directory"),
    new Option("-s, --stack <name>", "which Pulumi.<name>.yaml to read").default(defaultStack),
    configOption(),
  ];
}

/** Parses an option that is a whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** `--seed` of a command that draws by chance. @param of what it is the seed of, for the help. */
export const seedOption = (of: string): Option =>
  new Option("--seed <number>", of).default(1).argParser(wholeNumber(0, 2 ** 31 - 1));

/** Collects `--variant <name: key=value,…>`. */
export function addVariant(text: string, before: readonly Variant[]): Variant[] {
  try {
    return [...before, parseVariant(text)];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
