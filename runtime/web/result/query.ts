/** What of a result is asked for, as the address says it: the whole state of a view is in its address. Pure. */
import type { Filters } from "../../results/filters.ts";
import { genotypeKinds } from "../../results/genotype.ts";
import { type Summary, variantTypes } from "../../results/summary.ts";
import { HttpError } from "../http/errors.ts";
import { searchOf } from "./search.ts";

/** Query parameters by name; those that may come more than once are lists. */
const listNames = ["type", "filter", "consequence", "significance"] as const;
export type ListParameter = (typeof listNames)[number];

export interface ResultQuery {
  readonly filters: Filters;
  /** As it was typed; empty: nothing. */
  readonly search: string;
  /** Number of the first record that is looked at, from 0; of a sorted view, its index in that order. */
  readonly from: number;
  /** Undefined: in the order of the result. */
  readonly sort: "quality" | undefined;
  /** Parameters that are set and filter, as the address has them. */
  readonly parameters: readonly (readonly [string, string])[];
}

export type QueryValues = Readonly<Record<string, unknown>>;

/** All values of a parameter, without empty ones: forms send those for what was not chosen. */
export function valuesOfParameter(query: QueryValues, name: string): string[] {
  const given = query[name];
  const all = Array.isArray(given) ? given : given === undefined ? [] : [given];
  return [...new Set(all.filter((value): value is string => typeof value === "string" && value !== ""))];
}

function single(query: QueryValues, name: string): string | undefined {
  const values = valuesOfParameter(query, name);
  if (values.length > 1) throw bad(name, values.join(", "), "one value; it was given more than once");
  return values[0];
}

/** @param expected in words, after "must be". */
const bad = (name: string, value: string, expected: string): HttpError =>
  new HttpError(400, "bad-filter", `${name} is "${shortened(value)}"; it must be ${expected}.`);

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

function oneOf(values: readonly string[]): string {
  const shown = values.slice(0, 12).join(", ");
  if (values.length === 0) return "left out: this result has none";
  return values.length > 12 ? `one of the ${values.length} of this result, such as ${shown}` : `one of ${shown}`;
}

/** A whole number from `min` to `max`. @throws {HttpError} 400 */
export function wholeNumber(query: QueryValues, name: string, { min, max }: { min: number; max: number }) {
  const text = single(query, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
  throw bad(name, text, `a whole number from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`);
}

/** @throws {HttpError} 400 that names parameter, value and what it may be. */
export function readResultQuery(query: QueryValues, summary: Summary): ResultQuery {
  const search = single(query, "q")?.trim() ?? "";
  const parameters: [string, string][] = search === "" ? [] : [["q", search]];
  const lists = listNames.flatMap((name) => {
    const values = valuesOfParameter(query, name);
    parameters.push(...values.map((value): [string, string] => [name, value]));
    return values.length === 0 ? [] : [[name, known(name, values, summary)] as const];
  });
  const quality = qualityOf(query);
  if (quality !== undefined) parameters.push(["quality", String(quality)]);
  const genotype = genotypeOf(query, summary);
  if (genotype !== undefined) parameters.push(["sample", genotype.sample], ["genotype", genotype.is]);
  const filters: Filters = {
    ...(search === "" ? {} : searchOf(search, summary)),
    ...Object.fromEntries(lists),
    ...(quality === undefined ? {} : { qualityMin: quality }),
    ...(genotype === undefined ? {} : { genotype }),
  };
  const max = Math.max(0, summary.records - 1);
  const sort = single(query, "sort");
  if (sort !== undefined && sort !== "quality")
    throw bad("sort", sort, "quality, or left out for the result's own order");
  return { filters, search, parameters, sort, from: wholeNumber(query, "from", { min: 0, max }) ?? 0 };
}

function known(name: ListParameter, values: readonly string[], summary: Summary): readonly string[] {
  const all: readonly string[] = name === "type" ? variantTypes : summary.facets[name].values;
  const strange = values.find((value) => !all.includes(value));
  if (strange !== undefined) throw bad(name, strange, oneOf(all));
  return values;
}

function qualityOf(query: QueryValues): number | undefined {
  const text = single(query, "quality");
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || text.trim() === "") throw bad("quality", text, "a number, the least QUAL, such as 30");
  return value;
}

function genotypeOf(query: QueryValues, summary: Summary): Filters["genotype"] {
  const sample = single(query, "sample");
  const is = single(query, "genotype");
  if (is === undefined) return undefined;
  const kind = genotypeKinds.find((each) => each === is);
  if (kind === undefined) throw bad("genotype", is, `one of ${genotypeKinds.join(", ")}`);
  const samples = summary.columns.slice(9);
  const chosen = sample ?? (samples.length === 1 ? samples[0] : undefined);
  if (chosen === undefined || !samples.includes(chosen)) throw bad("sample", chosen ?? "", oneOf(samples));
  return { sample: chosen, is: kind };
}

/** An address with these parameters; those that are undefined are left out. */
export function addressOf(
  path: string,
  parameters: readonly (readonly [string, string])[],
  more: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const search = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]));
  for (const [name, value] of Object.entries(more)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}
