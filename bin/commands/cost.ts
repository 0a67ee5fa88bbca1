import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { type UsageKey, usageFields } from "../../plan/cost/usage.ts";
import { type ProgramOptions, programOptions } from "./options.ts";

export interface CostOptions extends ProgramOptions, Partial<Record<UsageKey, number>> {
  readonly json?: true;
  readonly all?: true;
  readonly levers: boolean;
  readonly at: "min" | "max" | "expected";
  readonly stacks: number;
  readonly months: number;
  readonly region?: string;
  readonly prices?: string;
  readonly refresh?: true;
}

const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

function parseNumber(text: string): number {
  const value = Number(text.replace(/(?<=\d)_(?=\d)/g, ""));
  if (text.trim() === "" || !Number.isFinite(value))
    throw new InvalidArgumentError("Give a number, for example 10000.");
  return value;
}

function parseSize(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = sizeUnits[unit.toUpperCase()];
  if (number === undefined || factor === undefined)
    throw new InvalidArgumentError("Give a size, for example 5MB or 150KB.");
  return Math.round(Number(number) * factor);
}

const parseCount =
  (max: number) =>
  (text: string): number => {
    const value = parseNumber(text);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${max.toLocaleString("en")}.`);
  };

/** `--input-size` → `inputSize`, as commander names it. */
const attributeOf = (flag: string) => flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

export function usageOptions(): Option[] {
  return Object.values(usageFields).map(({ flag, otherwise, unit, what }) =>
    new Option(
      `${flag} <${unit === "bytes" ? "size" : "number"}>`,
      `${what} (default: ${otherwise.toLocaleString("en")})`,
    ).argParser(unit === "bytes" ? parseSize : parseNumber),
  );
}

/** What was given of the usage, under the names the rules know it by. */
export function givenUsage(options: Readonly<Record<string, unknown>>): Partial<Record<UsageKey, number>> {
  const found = (Object.keys(usageFields) as UsageKey[]).flatMap((key) => {
    const value = options[attributeOf(usageFields[key].flag)];
    return typeof value === "number" ? [[key, value] as const] : [];
  });
  return Object.fromEntries(found);
}

/** What the report is made from. */
export function reportOptions(options: CostOptions) {
  return { ...options, directory: resolve(options.cwd), usage: givenUsage({ ...options }) };
}

async function showCost(options: CostOptions): Promise<void> {
  const wanted = reportOptions(options);
  const { reportCost, stackRegion } = await import("../cost/report.ts");
  if (options.refresh) {
    const { refreshPrices } = await import("../../operate/price-list/refresh.ts");
    const region = options.region ?? (await stackRegion(wanted));
    await refreshPrices({ region, directory: options.prices, write: (line) => process.stdout.write(`${line}\n`) });
    return;
  }
  const report = await reportCost(wanted);
  if (report.warning !== undefined) process.stderr.write(`annofarm: ${report.warning}\n`);
  if (options.json) {
    const { costJson } = await import("../cost/json.ts");
    process.stdout.write(costJson(report));
    return;
  }
  const { costText } = await import("../../plan/views/cost.ts");
  const width = Math.min(process.stdout.columns ?? 80, 80);
  process.stdout.write(costText(report, { width, all: options.all ?? false }));
}

export function costCommand(): Command {
  const command = new Command("cost")
    .summary("price what the program declares; needs no AWS")
    .description(
      "Prices the declaration at AWS's list prices: by component and in total, a month and an hour. Costs that depend on use " +
        "come from the numbers below, per stack.",
    )
    .option("--json", "everything as JSON: lines, assumptions, sizes of groups, what is free and why")
    .option("--all", "include small and free items")
    .addOption(
      new Option(
        "--at <size>",
        "size of the groups: a bound, or the size that the scaling policies reach under the load",
      )
        .choices(["min", "max", "expected"])
        .default("expected"),
    )
    .addOption(new Option("--stacks <number>", "number of equal stacks").default(1).argParser(parseCount(100_000)))
    .addOption(new Option("--months <number>", "number of months").default(1).argParser(parseCount(1200)))
    .option("--no-levers", "leave out the changes that would lower the cost (the program runs again for each)")
    .option("--region <name>", "region of the prices (default: the stack's region)")
    .option("--prices <directory>", "price tables (default: those that come with annofarm)")
    .option("--refresh", "read the prices anew from AWS's price list; needs AWS credentials with pricing:GetProducts")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm cost --stack dev\n  annofarm cost --stack dev --at max --jobs 10000 --input-size 5MB\n" +
        "  annofarm cost --stack dev --stacks 100 --months 3 --up-hours 365\n  annofarm cost --refresh --region eu-west-1\n\n" +
        "docs/cost.md says how it is counted.",
    )
    .action(showCost);
  for (const option of [...usageOptions(), ...programOptions("local")]) command.addOption(option);
  return command;
}
