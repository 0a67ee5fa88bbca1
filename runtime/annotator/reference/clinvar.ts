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

const tab = 9;

const named = (codes: string | undefined, names: readonly string[]): string[] =>
  codes === undefined || codes === "" ? [] : codes.split(",").map((code) => names[Number(code)] ?? code);

/**
 * @param rows of one chromosome, sorted by position: `position, ref, alt, id, significance, review status, conditions,
 *   consequences`, tab-separated, the last four as codes (lists separated by commas).
 */
export function createClinvarIndex(rows: readonly string[], keys: ClinvarKeys): ClinvarIndex {
  const positions = Int32Array.from(rows, (row) => Number.parseInt(row, 10));
  return {
    find({ position, ref, alt }) {
      let low = 0;
      let high = positions.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((positions[middle] as number) < position) low = middle + 1;
        else high = middle;
      }
      if (positions[low] !== position) return undefined;
      const refAt = String(position).length + 1;
      const altAt = refAt + ref.length + 1;
      const altEnd = altAt + alt.length;
      for (; positions[low] === position; low += 1) {
        const row = rows[low] as string;
        // Compared in place: nothing is put together, however long the alleles are.
        if (row.charCodeAt(altAt - 1) !== tab || row.charCodeAt(altEnd) !== tab) continue;
        if (!row.startsWith(ref, refAt) || !row.startsWith(alt, altAt)) continue;
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
