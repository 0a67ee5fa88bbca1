/**
 * The summary of a result: what is in it, and where. A JSON document, gzip-compressed, that its writer makes in one pass.
 *
 * It has the counts of the whole file and a zone map. A zone is a run of records, 4,096 or 1 MiB of text at most (twice that after
 * each 4,096 zones, so that the summary of a large file stays small). For each zone the map says where it begins in the bgzip
 * file, which stretches of which sequences its records cover, and how many of them have each value. A reader skips zones that
 * cannot hold what it looks for, whatever the order of the records.
 */
import * as z from "zod";

/** Raised when readers of an older version would misread a newer summary. */
export const summaryVersion = 1;

/** What records are counted by, beside sequence and genes. */
export const facetNames = ["type", "filter", "consequence", "significance", "quality"] as const;
export type FacetName = (typeof facetNames)[number];

/** Kinds of change; a record with several alternate alleles may be of several. */
export const variantTypes = [
  "SNV",
  "MNV",
  "insertion",
  "deletion",
  "structural",
  "breakend",
  "spanning deletion",
  "no alternate",
] as const;
export type VariantType = (typeof variantTypes)[number];

/** Lower bounds of the bins of QUAL; the value of a bin is its index here plus one, that of a missing QUAL is 0. */
export const qualityBounds = [0, 10, 20, 30, 50, 100, 200, 500, 1000] as const;

/** Bases of one bin of `density`. */
export const densityBases = 1_000_000;

const count = z.number().int().nonnegative();
/** Value (an index of the facet's `values`) and number of records, for those that occur. */
const counts = z.array(z.tuple([count, count]));

const zone = z.object({
  /** Virtual offset of its first record in the bgzip file. */
  at: count,
  records: count,
  /** Sequence (an index of `sequences`), first and last base (1-based) that its records cover, records. */
  spans: z.array(z.tuple([count, count, count, count])),
  facets: z.object({ type: counts, filter: counts, consequence: counts, significance: counts, quality: counts }),
  /** Indexes of `genes`. */
  genes: z.array(count),
});
export type Zone = z.output<typeof zone>;

const facet = z.object({
  values: z.array(z.string()),
  /** Records that have each of `values`. */
  records: z.array(count),
});

export const summarySchema = z.object({
  version: z.literal(summaryVersion),
  /** Of the result that it belongs to: uncompressed. */
  result: z.object({ bytes: count, sha256: z.string() }),
  bgzip: z.object({
    bytes: count,
    /** Virtual offsets of the first record, and of the end of the last. */
    records: count,
    end: count,
  }),
  /** Whether there is a tabix index; else why not, as a sentence. */
  tabix: z.union([z.object({ exists: z.literal(true) }), z.object({ exists: z.literal(false), reason: z.string() })]),
  /** Why records from some point on are not in it (the bgzip file has them), as a sentence; absent: it knows the whole result. */
  stopped: z.string().optional(),
  records: count,
  /** Names of the columns, those of samples after FORMAT; empty when the file is not VCF. */
  columns: z.array(z.string()),
  sequences: z.array(
    z.object({
      name: z.string(),
      records: count,
      /** Last base that a record covers. */
      end: count,
      /** Records that begin in each `densityBases`. */
      density: z.array(count),
    }),
  ),
  facets: z.object({ type: facet, filter: facet, consequence: facet, significance: facet, quality: facet }),
  genes: z.array(z.string()),
  zones: z.array(zone),
});
export type Summary = z.output<typeof summarySchema>;
