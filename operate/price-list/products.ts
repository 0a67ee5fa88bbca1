/** Reads prices out of the products that AWS's price list answers with. */
import * as z from "zod";
import type { PriceQuery } from "../../plan/cost/catalog.ts";

const productSchema = z.object({
  product: z.object({ sku: z.string(), attributes: z.record(z.string(), z.string()) }),
  terms: z.object({
    OnDemand: z
      .record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({ beginRange: z.string().optional(), pricePerUnit: z.record(z.string(), z.string()) }),
          ),
        }),
      )
      .optional(),
  }),
});
export type Product = z.output<typeof productSchema>;

/** One element of an answer's `PriceList`: JSON text. @throws {Error} when it is not a product as AWS describes one. */
export function parseProduct(text: string): Product {
  return productSchema.parse(JSON.parse(text));
}

/** Usage types begin with a region's code (`EUC1-`), its name (`us-east-1-`), or, in the oldest region, nothing. */
function isOf(usageType: string | undefined, wanted: string, region: string): boolean {
  if (usageType === wanted) return true;
  const begin = usageType?.endsWith(`-${wanted}`) ? usageType.slice(0, -wanted.length - 1) : undefined;
  return begin !== undefined && (begin === region || /^[A-Z]{2,4}\d?$/.test(begin));
}

/** Whether a product is what a query asks for. AWS's own filters have been applied; containing is not being equal. */
export function answers({ product }: Product, query: PriceQuery, region: string): boolean {
  const { attributes } = product;
  const where = Object.entries(query.where ?? {});
  return (
    isOf(attributes.usagetype, query.usageType, region) && where.every(([name, value]) => attributes[name] === value)
  );
}

/** The price of the first tier that has one: what comes before is a free allowance, what comes after a discount. */
export function firstPrice({ terms }: Product): number | undefined {
  const tiers = Object.values(terms.OnDemand ?? {})
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .map(({ beginRange, pricePerUnit }) => ({ from: Number(beginRange ?? 0), usd: Number(pricePerUnit.USD) }))
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => a.from - b.from);
  return tiers[0]?.usd;
}
