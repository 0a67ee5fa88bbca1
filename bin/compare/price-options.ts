/** Options by which variants are compared by price: what instance types get through, bounds, objectives. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { PoolChoice } from "../../scaling/simulate/compare/levers.ts";
import { type Objective, parseSlo } from "../../scaling/simulate/slo.ts";

export interface PriceOptions {
  /** By instance type: requests a second, or the duration of a job, as given. */
  readonly capacity: Readonly<Record<string, string>>;
  readonly bounds: readonly (readonly [min: number, max: number])[];
  readonly slo?: readonly Objective[];
}

function addCapacity(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, type, value] = /^\s*([a-z0-9-]+\.[a-z0-9-]+)\s*=\s*(\S.*?)\s*$/.exec(text) ?? [];
  if (type === undefined || value === undefined) {
    throw new InvalidArgumentError(
      "Use the form type=capacity, for example t4g.small=40/s, or t4g.small='60 s' of a job.",
    );
  }
  if (before[type] !== undefined) throw new InvalidArgumentError(`${type} has two capacities; give one.`);
  return { ...before, [type]: value };
}

const sizeMost = 1000;

function addBounds(text: string, before: PriceOptions["bounds"]): PriceOptions["bounds"] {
  const [, first, second] = /^(\d+)-(\d+)$/.exec(text.trim()) ?? [];
  const [min, max] = [Number(first), Number(second)];
  if (min <= max && max >= 1 && max <= sizeMost) return [...before, [min, max]];
  throw new InvalidArgumentError(`Use the form min-max with sizes from 0 to ${sizeMost}, for example 2-10.`);
}

function addPool(text: string, before: readonly (PoolChoice | "none")[]): (PoolChoice | "none")[] {
  if (text.trim() === "none") return [...before, "none"];
  const [, state, size] = /^(Stopped|Running)(?::(\d+))?$/.exec(text.trim()) ?? [];
  const maxPrepared = size === undefined ? undefined : Number(size);
  if (state === undefined || maxPrepared === 0 || (maxPrepared ?? 1) > sizeMost) {
    throw new InvalidArgumentError(
      `Use none, Stopped or Running, with a size up to ${sizeMost} if you like, for example Stopped:6.`,
    );
  }
  return [...before, { state: state as PoolChoice["state"], ...(maxPrepared === undefined ? {} : { maxPrepared }) }];
}

/** `--warm-pool` of a comparison: each is a variant. */
export const poolOption = (): Option =>
  new Option(
    "--warm-pool <state:size>",
    "compare this warm pool: none, Stopped or Running, such as Stopped:6 (farm and pool together); may be repeated",
  )
    .default([], "as declared")
    .argParser(addPool);

function sloOf(text: string): Objective[] {
  try {
    return parseSlo(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

export function addPriceOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--capacity <type=capacity>",
        "compare this instance type, which gets through so much, such as t4g.small=40/s; may be repeated",
      )
        .default({}, "none")
        .argParser(addCapacity),
    )
    .addOption(
      new Option("--bounds <min-max>", "compare these bounds, such as 2-10; may be repeated")
        .default([], "none")
        .argParser(addBounds),
    )
    .addOption(
      new Option("--slo <objectives>", "what a variant must meet, such as 'p95 < 300 ms, failed < 0.1 %'").argParser(
        sloOf,
      ),
    );
}
