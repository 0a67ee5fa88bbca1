/** `annofarm cost --refresh`: reads a region's prices anew from AWS's price list and writes its table. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Filter, PricingClient, paginateGetProducts } from "@aws-sdk/client-pricing";
import {
  catalog,
  entryOf,
  instanceKey,
  instanceTypeOf,
  type PriceQuery,
  pricingPages,
} from "../../plan/cost/catalog.ts";
import {
  knownRegions,
  type PriceTable,
  parseTable,
  readTable,
  tablesDirectory,
  vouchesFor,
} from "../../plan/cost/prices.ts";
import { answers, firstPrice, parseProduct } from "./products.ts";

export interface RefreshOptions {
  readonly region: string;
  /** Where the tables are. @default those of plan/cost/prices */
  readonly directory?: string | undefined;
  readonly write: (line: string) => void;
  /** `YYYY-MM-DD`. @default today */
  readonly today?: string;
  /** @default one for us-east-1, where AWS answers for all regions; `AWS_ENDPOINT_URL_PRICING` names another place */
  readonly client?: Pick<PricingClient, "send" | "destroy" | "config">;
}

const regionPattern = /^[a-z]{2}(-[a-z]+)+-\d$/;
/** Asked for where no earlier table says which; the default of the components among them. */
const usualTypes = ["nano", "micro", "small", "medium", "large"].flatMap((size) => [`t4g.${size}`, `t3.${size}`]);

function filtersOf(query: PriceQuery, region: string): Filter[] {
  const { usageType, where = {}, regionField = "regionCode" } = query;
  const equal = (Field: string, Value: string): Filter => ({ Type: "TERM_MATCH", Field, Value });
  return [
    { Type: "CONTAINS", Field: "usagetype", Value: usageType },
    ...Object.entries(where).map(([field, value]) => equal(field, value)),
    ...(regionField === null ? [] : [equal(regionField, region)]),
  ];
}

async function readPrice(client: PricingClient, query: PriceQuery, region: string): Promise<number | undefined> {
  const pages = paginateGetProducts({ client }, { ServiceCode: query.service, Filters: filtersOf(query, region) });
  const prices = new Set<number>();
  for await (const { PriceList = [] } of pages) {
    for (const text of PriceList) {
      const product = parseProduct(String(text));
      const usd = answers(product, query, region) ? firstPrice(product) : undefined;
      if (usd !== undefined) prices.add(Number((usd * (query.scale ?? 1)).toPrecision(10)));
    }
  }
  // Two prices for one thing: the query does not tell them apart, and to choose would be to guess.
  const [only, another] = prices;
  return another === undefined ? only : undefined;
}

const filterText = (query: PriceQuery, region: string) =>
  filtersOf(query, region)
    .map(({ Field, Value }) => `${Field}=${Value}`)
    .join(", ");

/** The earlier table with what has been read in its place; what could not be read keeps its price, source and date. */
function mergeTable(
  region: string,
  earlier: PriceTable | undefined,
  read: ReadonlyMap<string, number>,
  today: string,
): PriceTable {
  const prices = { ...earlier?.prices, ...Object.fromEntries(read) };
  const keptKeys = Object.keys(earlier?.prices ?? {}).filter((key) => !read.has(key));
  const kept = (earlier?.sources ?? []).flatMap((source) => {
    const keys = keptKeys.filter((key) => vouchesFor(source, key));
    return keys.length === 0 ? [] : [{ ...source, keys }];
  });
  const anew = [...read.keys()].flatMap((key) => {
    const query = entryOf(key)?.query;
    if (query === undefined || query === null) return [];
    const source = {
      keys: [key],
      service: query.service,
      filter: filterText(query, region),
      page: pricingPages[query.service] ?? "https://aws.amazon.com/pricing/",
      asOf: today,
      evidence: "AWS Price List API, GetProducts: the first tier that has a price.",
    };
    return [source];
  });
  const sources = [...anew, ...kept];
  const date = sources.map(({ asOf }) => asOf).sort()[0] ?? today;
  const sorted = Object.fromEntries(Object.entries(prices).sort(([a], [b]) => (a < b ? -1 : 1)));
  return parseTable({ region, date, currency: "USD", sources, prices: sorted }, `the new table of ${region}`);
}

/** @throws {Error} when AWS cannot be asked; nothing has been written then. */
export async function refreshPrices(options: RefreshOptions): Promise<PriceTable> {
  const { region, directory = tablesDirectory, write, today = new Date().toISOString().slice(0, 10) } = options;
  if (!regionPattern.test(region)) throw new Error(`--region ${region}: give a region such as eu-west-1`);
  const client = (options.client ?? new PricingClient({ region: "us-east-1" })) as PricingClient;
  const known = await knownRegions(directory);
  const earlier = known.includes(region) ? await readTable(region, directory) : undefined;
  const earlierTypes = Object.keys(earlier?.prices ?? {}).filter((key) => instanceTypeOf(key) !== undefined);
  const types = earlierTypes.length > 0 ? earlierTypes : usualTypes.map(instanceKey);

  const read = new Map<string, number>();
  const missed: string[] = [];
  try {
    for (const key of [...Object.keys(catalog), ...types]) {
      const query = entryOf(key)?.query ?? undefined;
      const usd = query === undefined ? undefined : await readPrice(client, query, region);
      if (usd === undefined) missed.push(key);
      else read.set(key, usd);
    }
  } catch (cause) {
    throw new Error(`AWS's price list could not be read: ${(cause as Error).message}`, { cause });
  } finally {
    client.destroy();
  }
  if (read.size === 0) throw new Error(`AWS's price list has no prices for ${region}; nothing is changed`);

  const table = mergeTable(region, earlier, read, today);
  await writeFile(join(directory, `${region}.json`), `${JSON.stringify(table, undefined, 2)}\n`);
  const changed = [...read].filter(([key, usd]) => earlier?.prices[key as keyof PriceTable["prices"]] !== usd);
  write(`${region}: ${read.size} prices read, ${changed.length} of them new or changed`);
  for (const [key, usd] of changed) {
    write(`  ${key}: ${earlier?.prices[key as keyof PriceTable["prices"]] ?? "none"} → ${usd}`);
  }
  for (const key of missed) {
    write(
      `  ${key}: not found, ${earlier?.prices[key as keyof PriceTable["prices"]] === undefined ? "left out" : "kept as it was"}`,
    );
  }
  return table;
}
