/** What the summary counts a record by, read from its bytes. */
import { type ColumnEnds, columnAt, eachField, wantedFields, wholeNumber } from "./record-bytes.ts";
import { qualityBounds, type VariantType, variantTypes } from "./summary.ts";

/** INFO fields of the annotator that are counted and searched. */
export const factFields = { gene: "GAS_GENE", consequence: "GAS_CSQ", significance: "GAS_CLNSIG" } as const;

const endFields = wantedFields(["END", "SVLEN"]);
const comma = 44;
const maximum = 2 ** 31 - 1;

/** Index in `variantTypes` of each kind. */
const typeIndex = Object.fromEntries(variantTypes.map((type, index) => [type, index])) as Record<VariantType, number>;

const isBase = (byte: number | undefined): boolean => byte !== undefined && byte >= 65 && byte !== 91 && byte !== 93;

/** Kind of the alternate allele from `from` to `to`, for a REF of so many bases. */
function typeOf(bytes: Uint8Array, from: number, to: number, refLength: number): number {
  const length = to - from;
  const first = bytes[from];
  if (length === 1 && first === 46) return typeIndex["no alternate"];
  if (length === 1 && first === 42) return typeIndex["spanning deletion"];
  if (first === 60) return typeIndex.structural;
  for (let at = from; at < to; at += 1) if (!isBase(bytes[at])) return typeIndex.breakend;
  if (length === refLength) return length === 1 ? typeIndex.SNV : typeIndex.MNV;
  return length > refLength ? typeIndex.insertion : typeIndex.deletion;
}

/** Tells of the kind of each alternate allele, as an index of `variantTypes`. */
export function eachType(bytes: Uint8Array, ends: ColumnEnds, found: (type: number) => void): void {
  const refLength = (ends[columnAt.ref] as number) - (ends[columnAt.id] as number) - 1;
  const end = ends[columnAt.alt] as number;
  for (let from = (ends[columnAt.ref] as number) + 1; from <= end; ) {
    let to = from;
    while (to < end && bytes[to] !== comma) to += 1;
    found(typeOf(bytes, from, to, refLength));
    from = to + 1;
  }
}

/** Bin of QUAL: 0 when it is missing or no number, else one more than the index of its bound. */
export function qualityBin(bytes: Buffer, ends: ColumnEnds): number {
  const from = (ends[columnAt.alt] as number) + 1;
  const to = ends[columnAt.qual] as number;
  const text = bytes.toString("latin1", from, to);
  const quality = text === "." || text === "" ? Number.NaN : Number(text);
  return Number.isNaN(quality) ? 0 : binOfQuality(quality);
}

/** Bin of a number; one below the first bound counts as at it. */
function binOfQuality(quality: number): number {
  let bin = 1;
  while (bin < qualityBounds.length && quality >= (qualityBounds[bin] as number)) bin += 1;
  return bin;
}

/**
 * First and last base that the record covers, 1-based: by REF, by END, and for a symbolic allele by SVLEN. Undefined: POS is no
 * position.
 */
export function extentOf(bytes: Uint8Array, ends: ColumnEnds): { first: number; last: number } | undefined {
  const position = wholeNumber(bytes, (ends[columnAt.chrom] as number) + 1, ends[columnAt.pos] as number);
  if (position < 0 || position > maximum) return undefined;
  const refLength = (ends[columnAt.ref] as number) - (ends[columnAt.id] as number) - 1;
  const first = Math.max(1, position);
  let last = Math.max(first, position + refLength - 1);
  const symbolic = bytes[(ends[columnAt.ref] as number) + 1] === 60;
  eachField(
    bytes,
    (ends[columnAt.filter] as number) + 1,
    ends[columnAt.info] as number,
    endFields,
    (name, from, to) => {
      if (name === "END") last = Math.max(last, wholeNumber(bytes, from, to));
      else if (symbolic) last = Math.max(last, position + svLength(bytes, from, to));
    },
  );
  return { first, last: Math.min(last, maximum) };
}

/** Length of the first allele's change, without its sign; 0 when it is no number. */
function svLength(bytes: Uint8Array, from: number, to: number): number {
  const start = bytes[from] === 45 ? from + 1 : from;
  let end = start;
  while (end < to && bytes[end] !== comma) end += 1;
  return Math.max(0, wholeNumber(bytes, start, end));
}
