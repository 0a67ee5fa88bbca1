/** Options of a search that need a form of their own. */
import { InvalidArgumentError, Option } from "commander";
import { hoursPerMonth } from "../../plan/cost/usage.ts";
import { leverNames } from "../../scaling/simulate/tune/declared-space.ts";
import type { Listed } from "../../scaling/simulate/tune/space.ts";

/** USD at most, as given; `hourly`: of an hour of the load, else of a run. */
export interface Budget {
  readonly text: string;
  readonly usd: number;
  readonly hourly: boolean;
}

function budgetOf(text: string): Budget {
  const [, amount, per] = /^\s*(?:USD\s*)?(\d+(?:\.\d+)?)\s*(?:USD)?\s*(?:\/|per)\s*(month|run)\s*$/i.exec(text) ?? [];
  const usd = Number(amount);
  if (per === undefined || !(usd > 0)) {
    throw new InvalidArgumentError("Use the form amount/month or amount/run above 0, for example '40 USD/month'.");
  }
  const hourly = per.toLowerCase() === "month";
  return { text: `USD ${usd} a ${per.toLowerCase()}`, usd: hourly ? usd / hoursPerMonth : usd, hourly };
}

/** USD of a run of so many seconds. */
export const budgetOfRun = ({ usd, hourly }: Budget, seconds: number): number =>
  hourly ? (usd * seconds) / 3600 : usd;

const settingsMost = 200;

function addVary(text: string, before: readonly Listed[]): Listed[] {
  const [, key, list] = /^\s*([\w:-]+)\s*=\s*(.+)$/.exec(text) ?? [];
  const values = (list ?? "").split("|").map((value) => value.trim());
  if (key === undefined || values.length < 2 || values.includes("") || values.length > settingsMost) {
    throw new InvalidArgumentError("Use the form key=value|value|…, for example 'webMin=2|3|4'.");
  }
  if (before.some((each) => each.key === key)) throw new InvalidArgumentError(`${key} is varied twice; give it once.`);
  return [...before, { key, values: [...new Set(values)] }];
}

function addKeep(text: string, before: readonly string[]): string[] {
  const names = text.split(",").map((name) => name.trim());
  const known: readonly string[] = leverNames;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${leverNames.join(", ")}.`);
  }
  return [...before, ...names];
}

export const budgetOption = (): Option =>
  new Option("--budget <amount/month|run>", "what a setting may cost, such as '40 USD/month' or 0.35/run").argParser(
    budgetOf,
  );

export const varyOption = (): Option =>
  new Option("--vary <key=value|value>", "search this setting instead of the usual ones; may be repeated")
    .default([], "the usual ones")
    .argParser(addVary);

export const keepOption = (): Option =>
  new Option("--keep <levers>", `leave as declared, of ${leverNames.join(", ")}`)
    .default([], "none")
    .argParser(addKeep);
