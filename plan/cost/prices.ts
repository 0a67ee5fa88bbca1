/** Price tables: what AWS lists, by region, with a date and where it is from. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { entryOf, type PriceKey } from "./catalog.ts";

const isoDate = z.iso.date();

const sourceSchema = z.strictObject({
  /** Begins of the keys it vouches for: `ec2.instance.`, `sqs.`. */
  keys: z.array(z.string().min(1)).min(1),
  /** Service code of AWS's price list. */
  service: z.string().min(1),
  /** How the products were chosen from it. */
  filter: z.string().min(1),
  /** AWS's public page that says the same. */
  page: z.url({ protocol: /^https$/ }),
  /** On this day the prices were known to hold. */
  asOf: isoDate,
  /** Where this table has them from, and how sure that is. */
  evidence: z.string().min(1),
});
export type PriceSource = z.output<typeof sourceSchema>;

const tableSchema = z
  .strictObject({
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
    /** The oldest `asOf` of its sources. */
    date: isoDate,
    currency: z.literal("USD"),
    sources: z.array(sourceSchema).min(1),
    prices: z.record(z.string(), z.number().nonnegative()),
  })
  .superRefine(({ date, sources, prices }, context) => {
    const note = (message: string) => context.addIssue({ code: "custom", message });
    const oldest = sources.map(({ asOf }) => asOf).sort()[0];
    if (date !== oldest) note(`date is ${date}, and its oldest source is of ${oldest}`);
    for (const key of Object.keys(prices)) {
      if (entryOf(key) === undefined) note(`${key} is no key of plan/cost/catalog.ts`);
      if (sources.every((source) => !vouchesFor(source, key))) note(`no source vouches for ${key}`);
    }
  });

type Table = z.output<typeof tableSchema>;
export interface PriceTable extends Omit<Table, "prices"> {
  readonly prices: Readonly<Partial<Record<PriceKey, number>>>;
}

/** Between which days its prices were known to hold: `2025-06-01 to 2026-08-17`. */
export function datesOf({ date, sources }: Pick<PriceTable, "date" | "sources">): string {
  const newest = sources
    .map(({ asOf }) => asOf)
    .sort()
    .at(-1);
  return newest === undefined || newest === date ? date : `${date} to ${newest}`;
}

/** Whether a source speaks for a key. */
export function vouchesFor(source: Pick<PriceSource, "keys">, key: string): boolean {
  return source.keys.some((begin) => key.startsWith(begin));
}

/** @throws {Error} naming everything that is wrong with it. */
export function parseTable(document: unknown, name: string): PriceTable {
  const parsed = tableSchema.safeParse(document);
  if (!parsed.success) throw new Error(`${name} is no price table:\n${z.prettifyError(parsed.error)}`);
  return parsed.data as PriceTable;
}

export const tablesDirectory = fileURLToPath(new URL("prices", import.meta.url));

/** Regions with a table, sorted. */
export async function knownRegions(directory = tablesDirectory): Promise<string[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is no JSON: ${(cause as Error).message}; annofarm cost --refresh writes it anew`, {
      cause,
    });
  }
}

/** @throws {Error} for a region without a table, listing those that have one. */
export async function readTable(region: string, directory = tablesDirectory): Promise<PriceTable> {
  const known = await knownRegions(directory);
  if (!known.includes(region)) {
    throw new Error(
      `there is no price table for ${JSON.stringify(region)}; ${known.length === 0 ? `${directory} has none` : `there is one for ${known.join(", ")}`}. ` +
        `With AWS credentials, annofarm cost --refresh --region ${region} makes one`,
    );
  }
  const file = `${directory}/${region}.json`;
  const table = parseTable(parseJson(await readFile(file, "utf8"), file), file);
  if (table.region !== region) throw new Error(`${file} is of ${table.region}`);
  return table;
}

const yearMilliseconds = 365 * 86_400_000;

/** Says how much of a table is more than a year old; undefined when nothing is. `today` is `YYYY-MM-DD`. */
export function ageWarning(table: Pick<PriceTable, "region" | "sources">, today: string): string | undefined {
  const old = table.sources.filter(({ asOf }) => Date.parse(today) - Date.parse(asOf) > yearMilliseconds);
  if (old.length === 0) return undefined;
  const oldest = old.map(({ asOf }) => asOf).sort()[0];
  return (
    `${old.length} of the ${table.sources.length} sources of ${table.region}'s prices are older than a year, ` +
    `the oldest of ${oldest}; annofarm cost --refresh reads them anew`
  );
}
