/** Alleles of a sequence in columns, found by binary search and compared byte by byte: a row becomes text when it is hit. */
import type { Allele } from "../allele.ts";
import { type Indel, indelOf, isTurned } from "../indel.ts";
import { type ColumnReader, joined } from "./columns.ts";

/**
 * Rows are sorted by position. Text of a row: REF, ALT and the values of its file, tab-separated; REF and ALT as `trimmed` writes
 * them, an insertion or deletion as far left as the sequence lets it be.
 */
export interface AlleleTable {
  readonly position: Int32Array;
  /** The rightmost position at which the row's indel may be written; its own where the sequence was not given. */
  readonly last: Int32Array;
  /** Row n's text lies from `textFrom[n]` to `textFrom[n + 1]`. */
  readonly textFrom: Uint32Array;
  readonly text: Buffer;
}

export const alleleBytes = ({ position, last, textFrom, text }: AlleleTable): Buffer =>
  Buffer.concat([joined([position, last, textFrom]), text]);

const readTable = (columns: ColumnReader, count: number): AlleleTable => ({
  position: columns.int32(count),
  last: columns.int32(count),
  textFrom: columns.uint32(count + 1),
  text: columns.rest(),
});

/** Highest `last` of all rows up to each: rows before one that falls below a position need not be looked at. */
function reachOf({ last }: AlleleTable): Int32Array {
  const reach = new Int32Array(last.length);
  let most = 0;
  for (let row = 0; row < last.length; row += 1) {
    most = Math.max(most, last[row] as number);
    reach[row] = most;
  }
  return reach;
}

export interface AlleleIndex {
  /** Values of the row that is this allele. @param allele trimmed. */
  find(allele: Allele): readonly string[] | undefined;
  /** First place at or behind a position at which a record may be one of the rows; infinite: there is none. */
  nextFrom(position: number): number;
}

export function createAlleleIndex(columns: ColumnReader, count: number): AlleleIndex {
  const table = readTable(columns, count);
  const { position, last, textFrom, text } = table;
  const reach = reachOf(table);

  /** First row at or behind a position. */
  function rowFrom(wanted: number): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((position[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const valuesOf = (row: number): string[] => text.toString("latin1", textFrom[row], textFrom[row + 1]).split("\t");

  function isAt(row: number, ref: string, alt: string): boolean {
    const from = textFrom[row] as number;
    const altAt = from + ref.length + 1;
    const end = altAt + alt.length;
    if (end >= (textFrom[row + 1] as number) || text[altAt - 1] !== 9 || text[end] !== 9) return false;
    return text.toString("latin1", from, altAt - 1) === ref && text.toString("latin1", altAt, end) === alt;
  }

  /** Whether the row's indel, moved to the right, is the wanted one. */
  function isMoved(row: number, wanted: Indel, at: number): boolean {
    if ((last[row] as number) < at) return false;
    const [ref = "", alt = ""] = valuesOf(row);
    const own = indelOf({ position: position[row] as number, ref, alt });
    if (own === undefined || own.inserted !== wanted.inserted) return false;
    return isTurned(own.bases, wanted.position - own.position, wanted.bases);
  }

  return {
    nextFrom(wanted) {
      const next = rowFrom(wanted);
      // A record may write a moved indel with the base behind it, one further right.
      if (next > 0 && (reach[next - 1] as number) >= wanted - 1) return wanted;
      return position[next] ?? Number.POSITIVE_INFINITY;
    },
    find(allele) {
      const from = rowFrom(allele.position);
      for (let row = from; position[row] === allele.position; row += 1) {
        if (isAt(row, allele.ref, allele.alt)) return valuesOf(row).slice(2);
      }
      const indel = indelOf(allele);
      if (indel === undefined) return undefined;
      // Written with a base before it, wherever the record has the one it keeps.
      const at = indel.position - 1;
      for (let row = rowFrom(at + 1) - 1; row >= 0 && (reach[row] as number) >= at; row -= 1) {
        if (isMoved(row, indel, at)) return valuesOf(row).slice(2);
      }
      return undefined;
    },
  };
}
