/** ClinVar records by exact allele. The table is kept as text; a row is taken apart when it is hit. */
import type { Allele } from "./allele.ts";

export interface ClinvarEntry {
  /** Variation id. */
  readonly id: string;
  readonly significance: string;
  readonly reviewStatus: string;
  /** Names of the conditions; empty when ClinVar names none. */
  readonly conditions: readonly string[];
  /** Molecular consequences, Sequence Ontology terms. */
  readonly consequences: readonly string[];
}

/** What the codes in the rows stand for, each a list indexed by the code. */
export interface ClinvarKeys {
  readonly significances: readonly string[];
  readonly reviewStatuses: readonly string[];
  readonly conditions: readonly string[];
  readonly consequences: readonly string[];
}

export interface ClinvarIndex {
  /** @param allele trimmed (see `trimmed`). */
  find(allele: Allele): ClinvarEntry | undefined;
}

const named = (codes: string | undefined, names: readonly string[]): string[] =>
  codes === undefined || codes === "" ? [] : codes.split(",").map((code) => names[Number(code)] ?? code);

/**
 * @param rows of one chromosome, sorted by position: `position, ref, alt, id, significance, review status, conditions,
 *   consequences`, tab-separated, the last four as codes (lists separated by commas).
 */
export function createClinvarIndex(rows: readonly string[], keys: ClinvarKeys): ClinvarIndex {
  const positions = Int32Array.from(rows, (row) => Number.parseInt(row, 10));
  // A longer allele is in no row: it need not be compared, however many alleles share a long REF.
  const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return {
    find({ position, ref, alt }) {
      if (ref.length + alt.length > longest) return undefined;
      let low = 0;
      let high = positions.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((positions[middle] as number) < position) low = middle + 1;
        else high = middle;
      }
      if (positions[low] !== position) return undefined;
      const wanted = `${position}\t${ref}\t${alt}\t`;
      for (; positions[low] === position; low += 1) {
        const row = rows[low] as string;
        if (!row.startsWith(wanted)) continue;
        const [, , , id = "", significance, reviewStatus, conditions, consequences] = row.split("\t");
        return {
          id,
          significance: keys.significances[Number(significance)] ?? "not_provided",
          reviewStatus: keys.reviewStatuses[Number(reviewStatus)] ?? "not_provided",
          conditions: named(conditions, keys.conditions),
          consequences: named(consequences, keys.consequences),
        };
      }
      return undefined;
    },
  };
}
