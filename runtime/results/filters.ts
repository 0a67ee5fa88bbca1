/** What records are looked for: which zones may hold them, and which records are they. */
import { infoFieldOf, type ListName, valuesOf } from "./facet-values.ts";
import { type GenotypeKind, genotypeKind } from "./genotype.ts";
import { type ColumnEnds, columnAt, eachField, type WantedField, wantedFields } from "./record-bytes.ts";
import { eachType, extentOf } from "./record-facts.ts";
import { qualityBounds, type Summary, type VariantType, variantTypes, type Zone } from "./summary.ts";

/** All that is given must hold; of several values of a facet, one. */
export interface Filters {
  /** 1-based, both ends included. */
  readonly region?: { readonly sequence: string; readonly first: number; readonly last: number };
  readonly gene?: string;
  /** One of the ids of the ID column, such as an rs number, or an rs number that ClinVar has for an allele. */
  readonly id?: string;
  /** Variation id of ClinVar. */
  readonly clinvar?: string;
  readonly type?: readonly VariantType[];
  readonly filter?: readonly string[];
  readonly consequence?: readonly string[];
  readonly significance?: readonly string[];
  /** Least QUAL. */
  readonly qualityMin?: number;
  readonly genotype?: { readonly sample: string; readonly is: GenotypeKind };
}

/** Where ClinVar's variation ids stand, and the rs numbers that it has. */
const clinvarField = "GAS_CLNID";
const clinvarRsField = "GAS_CLNRS";

/** Most records of the zone that all filters can let through; 0: the zone need not be read. */
export type ZoneBound = (zone: Zone) => number;
export type RecordTest = (bytes: Buffer, start: number, end: number, ends: ColumnEnds) => boolean;

const facetFilters = ["type", "filter", "consequence", "significance"] as const;

export function zoneBound(filters: Filters, summary: Summary): ZoneBound {
  const bounds: ZoneBound[] = [({ records }) => records];
  const { region, gene, qualityMin } = filters;
  if (region !== undefined) {
    const index = summary.sequences.findIndex(({ name }) => name === region.sequence);
    bounds.push(({ spans }) => {
      const span = spans.find(([sequence]) => sequence === index);
      return span === undefined || span[1] > region.last || span[2] < region.first ? 0 : span[3];
    });
  }
  if (gene !== undefined) {
    const index = summary.genes.indexOf(gene);
    bounds.push(({ genes, records }) => (genes.includes(index) ? records : 0));
  }
  for (const name of facetFilters) {
    const values = filters[name];
    if (values === undefined) continue;
    const indexes = new Set(values.map((value) => summary.facets[name].values.indexOf(value)));
    bounds.push(({ facets }) => sumOf(facets[name], (value) => indexes.has(value)));
  }
  if (qualityMin !== undefined) {
    // A bin's upper end is the next one's bound; bin 0 has no QUAL.
    const reaches = (bin: number) => bin > 0 && (qualityBounds[bin] ?? Number.POSITIVE_INFINITY) > qualityMin;
    bounds.push(({ facets }) => sumOf(facets.quality, reaches));
  }
  return (zone) => Math.min(...bounds.map((bound) => bound(zone)));
}

const sumOf = (counts: readonly (readonly [number, number])[], counted: (value: number) => boolean): number =>
  counts.reduce((sum, [value, records]) => sum + (counted(value) ? records : 0), 0);

export function recordTest(filters: Filters, summary: Summary): RecordTest {
  const { region, gene, id, clinvar, qualityMin, genotype, type, filter, consequence, significance } = filters;
  const tests: RecordTest[] = [];
  if (region !== undefined) tests.push(inRegion(region));
  if (id !== undefined) {
    const wanted = id.toLowerCase();
    const inClinvar = infoTest(clinvarRsField, (text) => text.split(",").includes(wanted));
    tests.push(
      (bytes, start, end, ends) =>
        column(bytes, ends, "id").toLowerCase().split(";").includes(wanted) || inClinvar(bytes, start, end, ends),
    );
  }
  if (qualityMin !== undefined) {
    tests.push((bytes, _start, _end, ends) => {
      const text = column(bytes, ends, "qual");
      return text !== "." && Number(text) >= qualityMin;
    });
  }
  if (type !== undefined) tests.push(ofType(type));
  if (filter !== undefined) {
    tests.push((bytes, _start, _end, ends) => hasOne("filter", column(bytes, ends, "filter"), filter));
  }
  if (gene !== undefined) tests.push(inInfo("gene", [gene]));
  if (consequence !== undefined) tests.push(inInfo("consequence", consequence));
  if (significance !== undefined) tests.push(inInfo("significance", significance));
  if (clinvar !== undefined) tests.push(infoTest(clinvarField, (text) => text.split(",").includes(clinvar)));
  if (genotype !== undefined) tests.push(withGenotype(genotype, summary.columns.indexOf(genotype.sample, 9)));
  return (...record) => tests.every((each) => each(...record));
}

function column(bytes: Buffer, ends: ColumnEnds, name: Exclude<keyof typeof columnAt, "chrom">): string {
  const at = columnAt[name];
  return bytes.toString("utf8", (ends[at - 1] as number) + 1, ends[at]);
}

const hasOne = (name: ListName, text: string, wanted: readonly string[]): boolean =>
  valuesOf(name, text).some((value) => wanted.includes(value));

function inRegion({ sequence, first, last }: NonNullable<Filters["region"]>): RecordTest {
  const name = Buffer.from(sequence);
  return (bytes, start, _end, ends) => {
    if (name.compare(bytes, start, ends[columnAt.chrom]) !== 0) return false;
    const extent = extentOf(bytes, ends);
    return extent !== undefined && extent.first <= last && extent.last >= first;
  };
}

function ofType(types: readonly VariantType[]): RecordTest {
  return (bytes, _start, _end, ends) => {
    let found = false;
    eachType(bytes, ends, (type) => {
      if (types.includes(variantTypes[type] as VariantType)) found = true;
    });
    return found;
  };
}

const inInfo = (name: Exclude<ListName, "filter">, wanted: readonly string[]): RecordTest =>
  infoTest(infoFieldOf[name], (text) => hasOne(name, text, wanted));

function infoTest(field: string, test: (text: string) => boolean): RecordTest {
  const wanted: readonly WantedField<string>[] = wantedFields([field]);
  return (bytes, _start, _end, ends) => {
    let found = false;
    const [filterEnd, infoEnd] = [ends[columnAt.filter], ends[columnAt.info]] as [number, number];
    eachField(bytes, filterEnd + 1, infoEnd, wanted, (_name, from, to) => {
      if (test(bytes.toString("utf8", from, to))) found = true;
    });
    return found;
  };
}

/** @param index of the sample's column, from 0. */
function withGenotype({ is }: NonNullable<Filters["genotype"]>, index: number): RecordTest {
  return (bytes, start, end) => {
    const columns = bytes.toString("utf8", start, end).split("\t", index + 1);
    const kind = genotypeKind(columns[8] ?? "", columns[index] ?? "");
    return is === "carries" ? kind === "het" || kind === "hom" : kind === is;
  };
}
