/** Counts records by the values that pages filter by: of the whole result, and of the zone in work. */
import { infoFieldOf, type ListName, valuesOf } from "./facet-values.ts";
import { type ColumnEnds, columnAt, eachField, wantedFields } from "./record-bytes.ts";
import { eachType, qualityBin } from "./record-facts.ts";
import { type FacetName, facetNames, qualityBounds, type Summary, variantTypes, type Zone } from "./summary.ts";
import { createTally, type Tally } from "./tally.ts";

const genesMax = 200_000;
/** Texts of values whose meaning is remembered: they come again and again. */
const rememberedMax = 20_000;

const wanted = wantedFields(["gene", "consequence", "significance"], infoFieldOf);

export interface FacetCounts {
  /** @param record number of the record, from 0. */
  count(bytes: Buffer, ends: ColumnEnds, record: number): void;
  /** What has been counted since the last call. */
  takeZone(): Pick<Zone, "facets" | "genes">;
  contents(): Pick<Summary, "facets" | "genes">;
}

export function createFacetCounts(): FacetCounts {
  const tallies: Record<FacetName, Tally> = {
    type: createTally({ known: variantTypes }),
    filter: createTally(),
    consequence: createTally(),
    significance: createTally(),
    quality: createTally({ known: [".", ...qualityBounds.map(String)] }),
  };
  const genes = createTally({ valuesMax: genesMax });
  const filters = createListReader("filter", tallies.filter);
  const lists = {
    gene: createListReader("gene", genes),
    consequence: createListReader("consequence", tallies.consequence),
    significance: createListReader("significance", tallies.significance),
  };
  const byFacet = <Value>(make: (tally: Tally) => Value) =>
    Object.fromEntries(facetNames.map((name) => [name, make(tallies[name])])) as Record<FacetName, Value>;

  return {
    count(bytes, ends, record) {
      eachType(bytes, ends, (type) => tallies.type.count(type, record));
      tallies.quality.count(qualityBin(bytes, ends), record);
      const filterEnd = ends[columnAt.filter] as number;
      filters(bytes.toString("utf8", (ends[columnAt.qual] as number) + 1, filterEnd), record);
      eachField(bytes, filterEnd + 1, ends[columnAt.info] as number, wanted, (name, from, to) =>
        lists[name](bytes.toString("utf8", from, to), record),
      );
    },
    takeZone: () => ({ facets: byFacet((tally) => tally.takeZone()), genes: genes.takeZone().map(([gene]) => gene) }),
    contents: () => ({
      facets: byFacet(({ values, records }) => ({ values: [...values], records: [...records] })),
      genes: [...genes.values],
    }),
  };
}

/** Counts a record by the values in a text, which is a list. */
function createListReader(name: ListName, tally: Tally) {
  const known = new Map<string, readonly number[]>();
  return (text: string, record: number): void => {
    let indexes = known.get(text);
    if (indexes === undefined) {
      indexes = valuesOf(name, text).map(tally.indexOf);
      if (known.size >= rememberedMax) known.clear();
      known.set(text, indexes);
    }
    for (const index of indexes) tally.count(index, record);
  };
}
