/** ClinVar records by exact allele. The table is kept as text; a row is taken apart when it is hit. */
import type { Allele } from "./allele.ts";

/** What ClinVar says of an allele. Lists are joined by `|`; what it does not say is empty. */
export interface ClinvarEntry {
  /** Variation id. */
  readonly id: string;
  readonly significance: string;
  readonly reviewStatus: string;
  /** Names of the conditions. */
  readonly conditions: string;
  /** `MONDO:0014502`, one for each of `conditions`. */
  readonly mondoIds: string;
  /** Molecular consequences, Sequence Ontology terms. */
  readonly consequences: string;
  /** Kind of the variant, such as `Deletion`. */
  readonly type: string;
  /** In which cells it was seen, such as `germline`. */
  readonly origins: string;
  /** Of the allele in ExAC, as written there. */
  readonly exacFrequency: string;
  /** Number of its rs id in dbSNP. */
  readonly rs: string;
}

/** What the codes in the rows stand for, each a list indexed by the code. */
export interface ClinvarKeys {
  readonly significances: readonly string[];
  readonly reviewStatuses: readonly string[];
  readonly conditions: readonly string[];
  readonly mondoIds: readonly string[];
  readonly consequences: readonly string[];
  readonly types: readonly string[];
}

export interface ClinvarIndex {
  /** @param allele trimmed (see `trimmed`). */
  find(allele: Allele): ClinvarEntry | undefined;
  /** First position of a row at or after this one; infinite: there is none. */
  nextFrom(position: number): number;
}

const tab = 9;

/** Bits of ORIGIN, as the header of ClinVar's VCF file describes them. */
const originBits: readonly (readonly [number, string])[] = [
  [1, "germline"],
  [2, "somatic"],
  [4, "inherited"],
  [8, "paternal"],
  [16, "maternal"],
  [32, "de-novo"],
  [64, "biparental"],
  [128, "uniparental"],
  [256, "not-tested"],
  [512, "tested-inconclusive"],
  [1_073_741_824, "other"],
];

/** Names of the origins whose bits are in the sum, joined by `|`. */
export const originsOf = (sum: number): string =>
  originBits
    .filter(([bit]) => Math.floor(sum / bit) % 2 === 1)
    .map(([, name]) => name)
    .join("|");

/** Texts of lists of codes; the same lists come again and again. */
function createNames(names: readonly string[]): (codes: string | undefined) => string {
  const known = new Map<string, string>([["", ""]]);
  return (codes = "") => {
    let text = known.get(codes);
    if (text === undefined) {
      const list = codes.split(",").map((code) => names[Number(code)] ?? code);
      text = list.join("|");
      known.set(codes, text);
    }
    return text;
  };
}

/** Makes entries of rows; one for all chromosomes, since they share names. */
export function createClinvarReader(keys: ClinvarKeys): (values: readonly string[]) => ClinvarEntry {
  const [conditionsOf, mondoIdsOf] = [createNames(keys.conditions), createNames(keys.mondoIds)];
  const [consequencesOf, typeOf] = [createNames(keys.consequences), createNames(keys.types)];
  return (values) => {
    const [id = "", significance, review, conditions, consequences, type, origin, exacFrequency = "", rs = ""] = values;
    return {
      id,
      significance: keys.significances[Number(significance)] ?? "not_provided",
      reviewStatus: keys.reviewStatuses[Number(review)] ?? "not_provided",
      conditions: conditionsOf(conditions),
      mondoIds: mondoIdsOf(conditions),
      consequences: consequencesOf(consequences),
      type: typeOf(type),
      origins: originsOf(Number(origin)),
      exacFrequency,
      rs,
    };
  };
}

/**
 * @param rows of one chromosome, sorted by position: `position, ref, alt, id, significance, review status, conditions,
 *   consequences, type, origin, frequency, rs number`, tab-separated; from significance to type as codes (lists separated by
 *   commas), origin as a sum of bits.
 */
export function createClinvarIndex(
  rows: readonly string[],
  entryOf: ReturnType<typeof createClinvarReader>,
): ClinvarIndex {
  let positions = new Int32Array(0);

  /** First row at or after the position. */
  function rowFrom(position: number): number {
    // Read when they are first asked for: a file may be of one chromosome.
    if (positions.length !== rows.length) positions = Int32Array.from(rows, (row) => Number.parseInt(row, 10));
    let low = 0;
    let high = positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((positions[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    nextFrom: (position) => positions[rowFrom(position)] ?? Number.POSITIVE_INFINITY,
    find({ position, ref, alt }) {
      let low = rowFrom(position);
      if (positions[low] !== position) return undefined;
      const refAt = String(position).length + 1;
      const altAt = refAt + ref.length + 1;
      const altEnd = altAt + alt.length;
      for (; positions[low] === position; low += 1) {
        const row = rows[low] as string;
        // Compared in place: nothing is put together, however long the alleles are.
        if (row.charCodeAt(altAt - 1) !== tab || row.charCodeAt(altEnd) !== tab) continue;
        if (!row.startsWith(ref, refAt) || !row.startsWith(alt, altAt)) continue;
        return entryOf(row.slice(altEnd + 1).split("\t"));
      }
      return undefined;
    },
  };
}
