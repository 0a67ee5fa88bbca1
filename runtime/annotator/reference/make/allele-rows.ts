/** Collects alleles of one sequence in columns that grow, and sorts them: a shifted indel may come before its neighbours. */
import type { AlleleTable } from "../index/alleles.ts";

export interface AlleleRows {
  readonly count: number;
  /** @param text REF, ALT and values, tab-separated. */
  add(position: number, last: number, text: string): void;
  /** By position; rows of one position in the order in which they were added. */
  table(): AlleleTable;
}

function grown<Columns extends Int32Array | Uint32Array>(before: Columns, make: (length: number) => Columns): Columns {
  const after = make(2 * before.length);
  after.set(before);
  return after;
}

export function createAlleleRows(): AlleleRows {
  let count = 0;
  let position = new Int32Array(1024);
  let last = new Int32Array(1024);
  let textFrom = new Uint32Array(1025);
  let text = Buffer.alloc(64 * 1024);
  let sorted = true;

  function grow(bytes: number): void {
    if (count === position.length) {
      position = grown(position, (length) => new Int32Array(length));
      last = grown(last, (length) => new Int32Array(length));
      textFrom = grown(textFrom, (length) => new Uint32Array(length));
    }
    if (bytes > text.length) {
      const larger = Buffer.alloc(Math.max(2 * text.length, bytes));
      text.copy(larger);
      text = larger;
    }
  }

  const asIs = (): AlleleTable => ({
    position: position.slice(0, count),
    last: last.slice(0, count),
    textFrom: textFrom.slice(0, count + 1),
    text: text.subarray(0, textFrom[count]),
  });

  return {
    get count() {
      return count;
    },
    add(at, to, values) {
      const from = textFrom[count] as number;
      grow(from + values.length);
      text.write(values, from, "latin1");
      if (count > 0 && at < (position[count - 1] as number)) sorted = false;
      position[count] = at;
      last[count] = to;
      count += 1;
      textFrom[count] = from + values.length;
    },
    table() {
      const table = asIs();
      if (sorted) return table;
      const order = Uint32Array.from({ length: count }, (_, row) => row).sort(
        (a, b) => (position[a] as number) - (position[b] as number) || a - b,
      );
      const rows = createAlleleRows();
      for (const row of order) {
        const words = text.toString("latin1", textFrom[row], textFrom[row + 1]);
        rows.add(position[row] as number, last[row] as number, words);
      }
      return rows.table();
    },
  };
}
