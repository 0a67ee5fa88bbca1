/** Counts of records by value: of the whole file, and of the zone in work. */

const valuesMaxUsual = 2_000;
const valueBytesMax = 200;
const otherValues = "(others)";

export interface Tally {
  readonly values: readonly string[];
  /** Of the whole file, one for each value. */
  readonly records: readonly number[];
  /** Index of a value, made on first sight. */
  indexOf(value: string): number;
  /** The record has the value; told again of the same record, it changes nothing. */
  count(index: number, record: number): void;
  /** What has been counted since the last call: value and records. */
  takeZone(): [number, number][];
}

interface TallyOptions {
  /** Values that have these indexes from the start. */
  readonly known?: readonly string[];
  /** Different values that are told apart, the rest is counted together; omitted: 2,000. */
  readonly valuesMax?: number;
}

export function createTally({ known = [], valuesMax = valuesMaxUsual }: TallyOptions = {}): Tally {
  const values = [...known];
  const indexes = new Map(values.map((value, index) => [value, index]));
  const records = values.map(() => 0);
  const lastRecord = values.map(() => -1);
  let zone = new Map<number, number>();

  function indexOf(value: string): number {
    const index = indexes.get(value);
    if (index !== undefined) return index;
    if (value !== otherValues && (values.length >= valuesMax || value.length > valueBytesMax))
      return indexOf(otherValues);
    indexes.set(value, values.length);
    values.push(value);
    records.push(0);
    lastRecord.push(-1);
    return values.length - 1;
  }

  return {
    values,
    records,
    indexOf,
    count(index, record) {
      if (lastRecord[index] === record) return;
      lastRecord[index] = record;
      records[index] = (records[index] as number) + 1;
      zone.set(index, (zone.get(index) ?? 0) + 1);
    },
    takeZone() {
      const taken = [...zone];
      zone = new Map();
      return taken;
    },
  };
}
