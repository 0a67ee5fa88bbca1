/** A record's columns and INFO fields, found in bytes: nothing is decoded but what is asked for. */

/** Where the eight fixed columns of a line end: offsets of the tabs, and the end of INFO. */
export type ColumnEnds = Int32Array<ArrayBuffer>;
export const createColumnEnds = (): ColumnEnds => new Int32Array(8);
export const columnAt = { chrom: 0, pos: 1, id: 2, ref: 3, alt: 4, qual: 5, filter: 6, info: 7 } as const;

const tab = 9;
const semicolon = 59;
const equals = 61;

/** False: the line from `start` to `end` has fewer than eight columns. */
export function findColumns(bytes: Uint8Array, start: number, end: number, ends: ColumnEnds): boolean {
  let column = 0;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== tab) continue;
    ends[column] = at;
    column += 1;
    if (column === 8) return true;
  }
  if (column !== 7) return false;
  ends[7] = end;
  return true;
}

/** Whether the bytes from `at` on are those of `text`, and `at + text.length` is not beyond `end`. */
function hasText(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let index = 0; index < text.length; index += 1) if (bytes[at + index] !== text[index]) return false;
  return true;
}

/** An INFO field that is looked for. */
export interface WantedField<Name extends string> {
  readonly name: Name;
  readonly key: Uint8Array;
}

/** @param keys of the names; omitted: the names themselves. */
export const wantedFields = <const Name extends string>(
  names: readonly Name[],
  keys?: Readonly<Record<Name, string>>,
): readonly WantedField<Name>[] => names.map((name) => ({ name, key: Buffer.from(keys?.[name] ?? name) }));

/** Tells of each wanted field of INFO with a value: where the value begins and ends. */
export function eachField<Name extends string>(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: readonly WantedField<Name>[],
  found: (name: Name, from: number, to: number) => void,
): void {
  for (let at = start; at < end; ) {
    let stop = at;
    while (stop < end && bytes[stop] !== semicolon) stop += 1;
    for (const { name, key } of wanted) {
      if (bytes[at] !== key[0] || bytes[at + key.length] !== equals || !hasText(bytes, at, stop, key)) continue;
      found(name, at + key.length + 1, stop);
      break;
    }
    at = stop + 1;
  }
}

/** The whole number written from `from` to `to`, or −1. At most ten digits. */
export function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from || to - from > 10) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
